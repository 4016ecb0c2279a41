from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="EntryTold")


@_attrs_define
class EntryTold:
    """An entry of a list.

    Attributes:
        expires_at (datetime.datetime | None):
        id (str):
        key (str):
        known_at (datetime.datetime):
        label (str):
        list_ (str):
        owner (str):
        reason (str):
        removed_at (datetime.datetime | None):
    """

    expires_at: datetime.datetime | None
    id: str
    key: str
    known_at: datetime.datetime
    label: str
    list_: str
    owner: str
    reason: str
    removed_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        id = self.id

        key = self.key

        known_at = self.known_at.isoformat()

        label = self.label

        list_ = self.list_

        owner = self.owner

        reason = self.reason

        removed_at: None | str
        if isinstance(self.removed_at, datetime.datetime):
            removed_at = self.removed_at.isoformat()
        else:
            removed_at = self.removed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "expires_at": expires_at,
                "id": id,
                "key": key,
                "known_at": known_at,
                "label": label,
                "list": list_,
                "owner": owner,
                "reason": reason,
                "removed_at": removed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        id = d.pop("id")

        key = d.pop("key")

        known_at = datetime.datetime.fromisoformat(d.pop("known_at"))

        label = d.pop("label")

        list_ = d.pop("list")

        owner = d.pop("owner")

        reason = d.pop("reason")

        def _parse_removed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                removed_at_type_0 = datetime.datetime.fromisoformat(data)

                return removed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        removed_at = _parse_removed_at(d.pop("removed_at"))

        entry_told = cls(
            expires_at=expires_at,
            id=id,
            key=key,
            known_at=known_at,
            label=label,
            list_=list_,
            owner=owner,
            reason=reason,
            removed_at=removed_at,
        )

        entry_told.additional_properties = d
        return entry_told

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
