from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Found")


@_attrs_define
class Found:
    """What stands for the value in the graph.

    Attributes:
        as_of (datetime.datetime):
        key (str): The keyed hash: its id in /v1/identifiers.
        known (bool): Whether something had named it by `as_of`.
        masked (None | str): What a person may see of the value.
        type_ (str):
    """

    as_of: datetime.datetime
    key: str
    known: bool
    masked: None | str
    type_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        as_of = self.as_of.isoformat()

        key = self.key

        known = self.known

        masked: None | str
        masked = self.masked

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
                "key": key,
                "known": known,
                "masked": masked,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        key = d.pop("key")

        known = d.pop("known")

        def _parse_masked(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        masked = _parse_masked(d.pop("masked"))

        type_ = d.pop("type")

        found = cls(
            as_of=as_of,
            key=key,
            known=known,
            masked=masked,
            type_=type_,
        )

        found.additional_properties = d
        return found

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
