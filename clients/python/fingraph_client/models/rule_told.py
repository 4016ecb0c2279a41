from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.rule_told_read import RuleToldRead


T = TypeVar("T", bound="RuleTold")


@_attrs_define
class RuleTold:
    """The rule that decided.

    Attributes:
        about (str):
        name (str): `otherwise` and `fallback` where none did.
        read (RuleToldRead): What it read.
    """

    about: str
    name: str
    read: RuleToldRead
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        about = self.about

        name = self.name

        read = self.read.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "about": about,
                "name": name,
                "read": read,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.rule_told_read import RuleToldRead

        d = dict(src_dict)
        about = d.pop("about")

        name = d.pop("name")

        read = RuleToldRead.from_dict(d.pop("read"))

        rule_told = cls(
            about=about,
            name=name,
            read=read,
        )

        rule_told.additional_properties = d
        return rule_told

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
