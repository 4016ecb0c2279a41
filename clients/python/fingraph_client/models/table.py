from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Table")


@_attrs_define
class Table:
    """Rows of a statement. It sees the graph as it is now.

    Attributes:
        columns (list[str]):
        cut (bool):
        cut_by (list[str]): `rows` or `bytes`.
        items (list[list[Any]]): A list a row, in the order of `columns`.
        next_ (None): Always null: free Cypher has no next page.
        seconds (float):
    """

    columns: list[str]
    cut: bool
    cut_by: list[str]
    items: list[list[Any]]
    next_: None
    seconds: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        columns = self.columns

        cut = self.cut

        cut_by = self.cut_by

        items = []
        for items_item_data in self.items:
            items_item = items_item_data

            items.append(items_item)

        next_ = self.next_

        seconds = self.seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "columns": columns,
                "cut": cut,
                "cut_by": cut_by,
                "items": items,
                "next": next_,
                "seconds": seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        columns = cast(list[str], d.pop("columns"))

        cut = d.pop("cut")

        cut_by = cast(list[str], d.pop("cut_by"))

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = cast(list[Any], items_item_data)

            items.append(items_item)

        next_ = d.pop("next")

        seconds = d.pop("seconds")

        table = cls(
            columns=columns,
            cut=cut,
            cut_by=cut_by,
            items=items,
            next_=next_,
            seconds=seconds,
        )

        table.additional_properties = d
        return table

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
