from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="FoundPath")


@_attrs_define
class FoundPath:
    """One path.

    Attributes:
        first_at (datetime.datetime | None): When the first of its links became known.
        hops (int):
        last_at (datetime.datetime | None): When the last did: the path stands since then.
        path (int): Its number, the shortest first.
        steps (list[str]): What it goes over, from one end to the other.
        undated (bool):
    """

    first_at: datetime.datetime | None
    hops: int
    last_at: datetime.datetime | None
    path: int
    steps: list[str]
    undated: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        first_at: None | str
        if isinstance(self.first_at, datetime.datetime):
            first_at = self.first_at.isoformat()
        else:
            first_at = self.first_at

        hops = self.hops

        last_at: None | str
        if isinstance(self.last_at, datetime.datetime):
            last_at = self.last_at.isoformat()
        else:
            last_at = self.last_at

        path = self.path

        steps = self.steps

        undated = self.undated

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "first_at": first_at,
                "hops": hops,
                "last_at": last_at,
                "path": path,
                "steps": steps,
                "undated": undated,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_first_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                first_at_type_0 = datetime.datetime.fromisoformat(data)

                return first_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        first_at = _parse_first_at(d.pop("first_at"))

        hops = d.pop("hops")

        def _parse_last_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_at = _parse_last_at(d.pop("last_at"))

        path = d.pop("path")

        steps = cast(list[str], d.pop("steps"))

        undated = d.pop("undated")

        found_path = cls(
            first_at=first_at,
            hops=hops,
            last_at=last_at,
            path=path,
            steps=steps,
            undated=undated,
        )

        found_path.additional_properties = d
        return found_path

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
