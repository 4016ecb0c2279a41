from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.kind import Kind

T = TypeVar("T", bound="ColumnTold")


@_attrs_define
class ColumnTold:
    """A column of an answer.

    Attributes:
        about (str):
        kind (Kind | None):
        name (str):
        optional (bool): Whether it may be null.
    """

    about: str
    kind: Kind | None
    name: str
    optional: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        about = self.about

        kind: None | str
        if isinstance(self.kind, Kind):
            kind = self.kind.value
        else:
            kind = self.kind

        name = self.name

        optional = self.optional

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "about": about,
                "kind": kind,
                "name": name,
                "optional": optional,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        about = d.pop("about")

        def _parse_kind(data: object) -> Kind | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                kind_type_0 = Kind(data)

                return kind_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Kind | None, data)

        kind = _parse_kind(d.pop("kind"))

        name = d.pop("name")

        optional = d.pop("optional")

        column_told = cls(
            about=about,
            kind=kind,
            name=name,
            optional=optional,
        )

        column_told.additional_properties = d
        return column_told

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
