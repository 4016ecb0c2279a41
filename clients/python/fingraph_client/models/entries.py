from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.entry_told import EntryTold


T = TypeVar("T", bound="Entries")


@_attrs_define
class Entries:
    """A page of entries, the newest first.

    Attributes:
        cut (bool): Whether something is missing: go on with `next`, or see `cut_by`.
        items (list[EntryTold]):
        next_ (None | str): Continues the list; null on the last page.
    """

    cut: bool
    items: list[EntryTold]
    next_: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cut = self.cut

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        next_: None | str
        next_ = self.next_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cut": cut,
                "items": items,
                "next": next_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.entry_told import EntryTold

        d = dict(src_dict)
        cut = d.pop("cut")

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = EntryTold.from_dict(items_item_data)

            items.append(items_item)

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        entries = cls(
            cut=cut,
            items=items,
            next_=next_,
        )

        entries.additional_properties = d
        return entries

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
