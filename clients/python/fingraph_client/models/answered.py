from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.answered_items_item import AnsweredItemsItem
    from ..models.column_told import ColumnTold


T = TypeVar("T", bound="Answered")


@_attrs_define
class Answered:
    """An answer: `items` are objects by column name.

    Attributes:
        as_of (datetime.datetime | None):
        columns (list[ColumnTold]):
        cut (bool): Whether something is missing: go on with `next`, or see `cut_by`.
        cut_by (list[str]): `rows`, `hubs` (reported, not walked), `breadth`, `bytes`.
        items (list[AnsweredItemsItem]):
        next_ (None | str): Continues the list; null on the last page.
        seconds (float):
    """

    as_of: datetime.datetime | None
    columns: list[ColumnTold]
    cut: bool
    cut_by: list[str]
    items: list[AnsweredItemsItem]
    next_: None | str
    seconds: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        as_of: None | str
        if isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        columns = []
        for columns_item_data in self.columns:
            columns_item = columns_item_data.to_dict()
            columns.append(columns_item)

        cut = self.cut

        cut_by = self.cut_by

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        next_: None | str
        next_ = self.next_

        seconds = self.seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
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
        from ..models.answered_items_item import AnsweredItemsItem
        from ..models.column_told import ColumnTold

        d = dict(src_dict)

        def _parse_as_of(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                as_of_type_0 = datetime.datetime.fromisoformat(data)

                return as_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        as_of = _parse_as_of(d.pop("as_of"))

        columns = []
        _columns = d.pop("columns")
        for columns_item_data in _columns:
            columns_item = ColumnTold.from_dict(columns_item_data)

            columns.append(columns_item)

        cut = d.pop("cut")

        cut_by = cast(list[str], d.pop("cut_by"))

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = AnsweredItemsItem.from_dict(items_item_data)

            items.append(items_item)

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        seconds = d.pop("seconds")

        answered = cls(
            as_of=as_of,
            columns=columns,
            cut=cut,
            cut_by=cut_by,
            items=items,
            next_=next_,
            seconds=seconds,
        )

        answered.additional_properties = d
        return answered

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
