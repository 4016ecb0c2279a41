from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.order import Order

if TYPE_CHECKING:
    from ..models.neighbour import Neighbour


T = TypeVar("T", bound="Expanded")


@_attrs_define
class Expanded:
    """A page of neighbours.

    Attributes:
        as_of (datetime.datetime):
        cut (bool): Whether something is missing: go on with `next`, or see `cut_by`.
        cut_by (list[str]): `rows`: there are more; `order`: too many for the order asked for; `total`: counting
            stopped.
        hub (bool): Whether the node itself is a hub: a person may page through it.
        items (list[Neighbour]):
        key (str):
        next_ (None | str): Continues the list; null on the last page.
        order (Order): Which neighbours come first.
        run (int):
        total (int | None):
        total_cut (bool):
        type_ (str):
    """

    as_of: datetime.datetime
    cut: bool
    cut_by: list[str]
    hub: bool
    items: list[Neighbour]
    key: str
    next_: None | str
    order: Order
    run: int
    total: int | None
    total_cut: bool
    type_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        as_of = self.as_of.isoformat()

        cut = self.cut

        cut_by = self.cut_by

        hub = self.hub

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        key = self.key

        next_: None | str
        next_ = self.next_

        order = self.order.value

        run = self.run

        total: int | None
        total = self.total

        total_cut = self.total_cut

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
                "cut": cut,
                "cut_by": cut_by,
                "hub": hub,
                "items": items,
                "key": key,
                "next": next_,
                "order": order,
                "run": run,
                "total": total,
                "total_cut": total_cut,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.neighbour import Neighbour

        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        cut = d.pop("cut")

        cut_by = cast(list[str], d.pop("cut_by"))

        hub = d.pop("hub")

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = Neighbour.from_dict(items_item_data)

            items.append(items_item)

        key = d.pop("key")

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        order = Order(d.pop("order"))

        run = d.pop("run")

        def _parse_total(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        total = _parse_total(d.pop("total"))

        total_cut = d.pop("total_cut")

        type_ = d.pop("type")

        expanded = cls(
            as_of=as_of,
            cut=cut,
            cut_by=cut_by,
            hub=hub,
            items=items,
            key=key,
            next_=next_,
            order=order,
            run=run,
            total=total,
            total_cut=total_cut,
            type_=type_,
        )

        expanded.additional_properties = d
        return expanded

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
