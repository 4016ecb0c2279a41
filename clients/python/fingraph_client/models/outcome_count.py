from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OutcomeCount")


@_attrs_define
class OutcomeCount:
    """Of the applications that name an identifier, how many have an outcome known, and so.

    Attributes:
        known (int):
        positive (int):
        target (str):
    """

    known: int
    positive: int
    target: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        known = self.known

        positive = self.positive

        target = self.target

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "known": known,
                "positive": positive,
                "target": target,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        known = d.pop("known")

        positive = d.pop("positive")

        target = d.pop("target")

        outcome_count = cls(
            known=known,
            positive=positive,
            target=target,
        )

        outcome_count.additional_properties = d
        return outcome_count

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
