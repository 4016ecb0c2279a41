from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.event_asked_properties import EventAskedProperties
    from ..models.given_asked import GivenAsked


T = TypeVar("T", bound="EventAsked")


@_attrs_define
class EventAsked:
    """Something else that a user did.

    Attributes:
        id (str):
        kind (str): signup, login, card_change, …
        source (str): Who gives the ids.
        event_at (datetime.datetime | None | Unset): When it happened; data, never a cut.
        identifiers (list[GivenAsked] | Unset):
        properties (EventAskedProperties | Unset): By the names of docs/schema.md; money in whole cents.
        user (None | str | Unset): Id of the user within the source.
    """

    id: str
    kind: str
    source: str
    event_at: datetime.datetime | None | Unset = UNSET
    identifiers: list[GivenAsked] | Unset = UNSET
    properties: EventAskedProperties | Unset = UNSET
    user: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind = self.kind

        source = self.source

        event_at: None | str | Unset
        if isinstance(self.event_at, Unset):
            event_at = UNSET
        elif isinstance(self.event_at, datetime.datetime):
            event_at = self.event_at.isoformat()
        else:
            event_at = self.event_at

        identifiers: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.identifiers, Unset):
            identifiers = []
            for identifiers_item_data in self.identifiers:
                identifiers_item = identifiers_item_data.to_dict()
                identifiers.append(identifiers_item)

        properties: dict[str, Any] | Unset = UNSET
        if not isinstance(self.properties, Unset):
            properties = self.properties.to_dict()

        user: None | str | Unset
        if isinstance(self.user, Unset):
            user = UNSET
        else:
            user = self.user

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "source": source,
            }
        )
        if event_at is not UNSET:
            field_dict["event_at"] = event_at
        if identifiers is not UNSET:
            field_dict["identifiers"] = identifiers
        if properties is not UNSET:
            field_dict["properties"] = properties
        if user is not UNSET:
            field_dict["user"] = user

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.event_asked_properties import EventAskedProperties
        from ..models.given_asked import GivenAsked

        d = dict(src_dict)
        id = d.pop("id")

        kind = d.pop("kind")

        source = d.pop("source")

        def _parse_event_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                event_at_type_0 = datetime.datetime.fromisoformat(data)

                return event_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        event_at = _parse_event_at(d.pop("event_at", UNSET))

        _identifiers = d.pop("identifiers", UNSET)
        identifiers: list[GivenAsked] | Unset = UNSET
        if _identifiers is not UNSET:
            identifiers = []
            for identifiers_item_data in _identifiers:
                identifiers_item = GivenAsked.from_dict(identifiers_item_data)

                identifiers.append(identifiers_item)

        _properties = d.pop("properties", UNSET)
        properties: EventAskedProperties | Unset
        if isinstance(_properties, Unset):
            properties = UNSET
        else:
            properties = EventAskedProperties.from_dict(_properties)

        def _parse_user(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user = _parse_user(d.pop("user", UNSET))

        event_asked = cls(
            id=id,
            kind=kind,
            source=source,
            event_at=event_at,
            identifiers=identifiers,
            properties=properties,
            user=user,
        )

        return event_asked
