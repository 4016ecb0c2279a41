from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.kind import Kind

T = TypeVar("T", bound="ParamTold")


@_attrs_define
class ParamTold:
    """A parameter of a question.

    Attributes:
        about (str):
        default (int | None | str):
        kind (Kind): What a value is.
        least (int | None):
        most (int | None):
        name (str):
        required (bool):
        types (list[str]): For a `type`: those that the question makes sense for; empty: all.
    """

    about: str
    default: int | None | str
    kind: Kind
    least: int | None
    most: int | None
    name: str
    required: bool
    types: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        about = self.about

        default: int | None | str
        default = self.default

        kind = self.kind.value

        least: int | None
        least = self.least

        most: int | None
        most = self.most

        name = self.name

        required = self.required

        types = self.types

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "about": about,
                "default": default,
                "kind": kind,
                "least": least,
                "most": most,
                "name": name,
                "required": required,
                "types": types,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        about = d.pop("about")

        def _parse_default(data: object) -> int | None | str:
            if data is None:
                return data
            return cast(int | None | str, data)

        default = _parse_default(d.pop("default"))

        kind = Kind(d.pop("kind"))

        def _parse_least(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        least = _parse_least(d.pop("least"))

        def _parse_most(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        most = _parse_most(d.pop("most"))

        name = d.pop("name")

        required = d.pop("required")

        types = cast(list[str], d.pop("types"))

        param_told = cls(
            about=about,
            default=default,
            kind=kind,
            least=least,
            most=most,
            name=name,
            required=required,
            types=types,
        )

        param_told.additional_properties = d
        return param_told

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
