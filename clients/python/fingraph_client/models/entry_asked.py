from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.given_asked import GivenAsked


T = TypeVar("T", bound="EntryAsked")


@_attrs_define
class EntryAsked:
    """What is put on a list: an identifier as somebody wrote it, or the key of one or of a user.

    Attributes:
        owner (str):
        reason (str):
        expires_at (datetime.datetime | None | Unset): Null: it stands until it is removed.
        identifier (GivenAsked | None | Unset):
        key (None | str | Unset):
        source (None | str | Unset): With `identifier`: who gave it, of types whose values count within a source.
        type_ (None | str | Unset): With `key`: its type, or User.
    """

    owner: str
    reason: str
    expires_at: datetime.datetime | None | Unset = UNSET
    identifier: GivenAsked | None | Unset = UNSET
    key: None | str | Unset = UNSET
    source: None | str | Unset = UNSET
    type_: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.given_asked import GivenAsked

        owner = self.owner

        reason = self.reason

        expires_at: None | str | Unset
        if isinstance(self.expires_at, Unset):
            expires_at = UNSET
        elif isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        identifier: dict[str, Any] | None | Unset
        if isinstance(self.identifier, Unset):
            identifier = UNSET
        elif isinstance(self.identifier, GivenAsked):
            identifier = self.identifier.to_dict()
        else:
            identifier = self.identifier

        key: None | str | Unset
        if isinstance(self.key, Unset):
            key = UNSET
        else:
            key = self.key

        source: None | str | Unset
        if isinstance(self.source, Unset):
            source = UNSET
        else:
            source = self.source

        type_: None | str | Unset
        if isinstance(self.type_, Unset):
            type_ = UNSET
        else:
            type_ = self.type_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "owner": owner,
                "reason": reason,
            }
        )
        if expires_at is not UNSET:
            field_dict["expires_at"] = expires_at
        if identifier is not UNSET:
            field_dict["identifier"] = identifier
        if key is not UNSET:
            field_dict["key"] = key
        if source is not UNSET:
            field_dict["source"] = source
        if type_ is not UNSET:
            field_dict["type"] = type_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.given_asked import GivenAsked

        d = dict(src_dict)
        owner = d.pop("owner")

        reason = d.pop("reason")

        def _parse_expires_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        expires_at = _parse_expires_at(d.pop("expires_at", UNSET))

        def _parse_identifier(data: object) -> GivenAsked | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                identifier_type_0 = GivenAsked.from_dict(data)

                return identifier_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(GivenAsked | None | Unset, data)

        identifier = _parse_identifier(d.pop("identifier", UNSET))

        def _parse_key(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        key = _parse_key(d.pop("key", UNSET))

        def _parse_source(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        source = _parse_source(d.pop("source", UNSET))

        def _parse_type_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        type_ = _parse_type_(d.pop("type", UNSET))

        entry_asked = cls(
            owner=owner,
            reason=reason,
            expires_at=expires_at,
            identifier=identifier,
            key=key,
            source=source,
            type_=type_,
        )

        return entry_asked
