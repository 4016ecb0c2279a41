from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.column_told import ColumnTold
    from ..models.param_told import ParamTold


T = TypeVar("T", bound="QuestionTold")


@_attrs_define
class QuestionTold:
    """A question that can be asked.

    Attributes:
        about (str):
        columns (list[ColumnTold]):
        name (str):
        params (list[ParamTold]):
        picturable (bool):
        rows (int): Rows of one answer, at most.
        title (str):
    """

    about: str
    columns: list[ColumnTold]
    name: str
    params: list[ParamTold]
    picturable: bool
    rows: int
    title: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        about = self.about

        columns = []
        for columns_item_data in self.columns:
            columns_item = columns_item_data.to_dict()
            columns.append(columns_item)

        name = self.name

        params = []
        for params_item_data in self.params:
            params_item = params_item_data.to_dict()
            params.append(params_item)

        picturable = self.picturable

        rows = self.rows

        title = self.title

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "about": about,
                "columns": columns,
                "name": name,
                "params": params,
                "picturable": picturable,
                "rows": rows,
                "title": title,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.column_told import ColumnTold
        from ..models.param_told import ParamTold

        d = dict(src_dict)
        about = d.pop("about")

        columns = []
        _columns = d.pop("columns")
        for columns_item_data in _columns:
            columns_item = ColumnTold.from_dict(columns_item_data)

            columns.append(columns_item)

        name = d.pop("name")

        params = []
        _params = d.pop("params")
        for params_item_data in _params:
            params_item = ParamTold.from_dict(params_item_data)

            params.append(params_item)

        picturable = d.pop("picturable")

        rows = d.pop("rows")

        title = d.pop("title")

        question_told = cls(
            about=about,
            columns=columns,
            name=name,
            params=params,
            picturable=picturable,
            rows=rows,
            title=title,
        )

        question_told.additional_properties = d
        return question_told

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
