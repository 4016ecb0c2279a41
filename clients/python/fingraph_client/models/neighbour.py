from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.neighbour_properties import NeighbourProperties


T = TypeVar("T", bound="Neighbour")


@_attrs_define
class Neighbour:
    """One link of the node and what it leads to.

    Attributes:
        caption (None | str): What a person may see of it.
        degree (int | None): Links it had by then, up to its limit; null: too many to count.
        hub (bool):
        key (str):
        known_at (datetime.datetime | None):
        outgoing (bool): Whether the link leads from the node to the neighbour.
        properties (NeighbourProperties):
        relation (str):
        type_ (str):
    """

    caption: None | str
    degree: int | None
    hub: bool
    key: str
    known_at: datetime.datetime | None
    outgoing: bool
    properties: NeighbourProperties
    relation: str
    type_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        caption: None | str
        caption = self.caption

        degree: int | None
        degree = self.degree

        hub = self.hub

        key = self.key

        known_at: None | str
        if isinstance(self.known_at, datetime.datetime):
            known_at = self.known_at.isoformat()
        else:
            known_at = self.known_at

        outgoing = self.outgoing

        properties = self.properties.to_dict()

        relation = self.relation

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "caption": caption,
                "degree": degree,
                "hub": hub,
                "key": key,
                "known_at": known_at,
                "outgoing": outgoing,
                "properties": properties,
                "relation": relation,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.neighbour_properties import NeighbourProperties

        d = dict(src_dict)

        def _parse_caption(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        caption = _parse_caption(d.pop("caption"))

        def _parse_degree(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        degree = _parse_degree(d.pop("degree"))

        hub = d.pop("hub")

        key = d.pop("key")

        def _parse_known_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                known_at_type_0 = datetime.datetime.fromisoformat(data)

                return known_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        known_at = _parse_known_at(d.pop("known_at"))

        outgoing = d.pop("outgoing")

        properties = NeighbourProperties.from_dict(d.pop("properties"))

        relation = d.pop("relation")

        type_ = d.pop("type")

        neighbour = cls(
            caption=caption,
            degree=degree,
            hub=hub,
            key=key,
            known_at=known_at,
            outgoing=outgoing,
            properties=properties,
            relation=relation,
            type_=type_,
        )

        neighbour.additional_properties = d
        return neighbour

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
