from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.order import Order
from ..types import UNSET, Unset

T = TypeVar("T", bound="ExpandAsked")


@_attrs_define
class ExpandAsked:
    """What to expand, and how.

    Attributes:
        key (str): A key, as replies give it.
        type_ (str): Type of the node: Application, Event, User, Ring or a type of identifier.
        after (None | str | Unset):
        as_of (datetime.datetime | None | Unset):
        limit (int | Unset): Items of a page, at most. Default: 50.
        neighbour (None | str | Unset): Only neighbours of this type.
        order (Order | Unset): Which neighbours come first.
        relation (None | str | Unset): Only links of this type.
    """

    key: str
    type_: str
    after: None | str | Unset = UNSET
    as_of: datetime.datetime | None | Unset = UNSET
    limit: int | Unset = 50
    neighbour: None | str | Unset = UNSET
    order: Order | Unset = UNSET
    relation: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        type_ = self.type_

        after: None | str | Unset
        if isinstance(self.after, Unset):
            after = UNSET
        else:
            after = self.after

        as_of: None | str | Unset
        if isinstance(self.as_of, Unset):
            as_of = UNSET
        elif isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        limit = self.limit

        neighbour: None | str | Unset
        if isinstance(self.neighbour, Unset):
            neighbour = UNSET
        else:
            neighbour = self.neighbour

        order: str | Unset = UNSET
        if not isinstance(self.order, Unset):
            order = self.order.value

        relation: None | str | Unset
        if isinstance(self.relation, Unset):
            relation = UNSET
        else:
            relation = self.relation

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "key": key,
                "type": type_,
            }
        )
        if after is not UNSET:
            field_dict["after"] = after
        if as_of is not UNSET:
            field_dict["as_of"] = as_of
        if limit is not UNSET:
            field_dict["limit"] = limit
        if neighbour is not UNSET:
            field_dict["neighbour"] = neighbour
        if order is not UNSET:
            field_dict["order"] = order
        if relation is not UNSET:
            field_dict["relation"] = relation

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        key = d.pop("key")

        type_ = d.pop("type")

        def _parse_after(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        after = _parse_after(d.pop("after", UNSET))

        def _parse_as_of(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                as_of_type_0 = datetime.datetime.fromisoformat(data)

                return as_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        as_of = _parse_as_of(d.pop("as_of", UNSET))

        limit = d.pop("limit", UNSET)

        def _parse_neighbour(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        neighbour = _parse_neighbour(d.pop("neighbour", UNSET))

        _order = d.pop("order", UNSET)
        order: Order | Unset
        if isinstance(_order, Unset):
            order = UNSET
        else:
            order = Order(_order)

        def _parse_relation(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        relation = _parse_relation(d.pop("relation", UNSET))

        expand_asked = cls(
            key=key,
            type_=type_,
            after=after,
            as_of=as_of,
            limit=limit,
            neighbour=neighbour,
            order=order,
            relation=relation,
        )

        return expand_asked
