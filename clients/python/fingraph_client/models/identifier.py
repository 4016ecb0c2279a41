from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.identifier_properties import IdentifierProperties
    from ..models.outcome_count import OutcomeCount
    from ..models.ring_of import RingOf


T = TypeVar("T", bound="Identifier")


@_attrs_define
class Identifier:
    """An identifier. Of a hub nothing is told but that it is one.

    Attributes:
        applications (int | None):
        as_of (datetime.datetime):
        cut (list[str]):
        events (int | None):
        first_at (datetime.datetime | None):
        hub (bool):
        hub_since (datetime.datetime | None):
        key (str):
        last_at (datetime.datetime | None):
        links (int | None):
        masked (None | str):
        outcomes (list[OutcomeCount]):
        properties (IdentifierProperties):
        rings (list[RingOf]):
        run (int):
        type_ (str):
        users (int | None):
    """

    applications: int | None
    as_of: datetime.datetime
    cut: list[str]
    events: int | None
    first_at: datetime.datetime | None
    hub: bool
    hub_since: datetime.datetime | None
    key: str
    last_at: datetime.datetime | None
    links: int | None
    masked: None | str
    outcomes: list[OutcomeCount]
    properties: IdentifierProperties
    rings: list[RingOf]
    run: int
    type_: str
    users: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        applications: int | None
        applications = self.applications

        as_of = self.as_of.isoformat()

        cut = self.cut

        events: int | None
        events = self.events

        first_at: None | str
        if isinstance(self.first_at, datetime.datetime):
            first_at = self.first_at.isoformat()
        else:
            first_at = self.first_at

        hub = self.hub

        hub_since: None | str
        if isinstance(self.hub_since, datetime.datetime):
            hub_since = self.hub_since.isoformat()
        else:
            hub_since = self.hub_since

        key = self.key

        last_at: None | str
        if isinstance(self.last_at, datetime.datetime):
            last_at = self.last_at.isoformat()
        else:
            last_at = self.last_at

        links: int | None
        links = self.links

        masked: None | str
        masked = self.masked

        outcomes = []
        for outcomes_item_data in self.outcomes:
            outcomes_item = outcomes_item_data.to_dict()
            outcomes.append(outcomes_item)

        properties = self.properties.to_dict()

        rings = []
        for rings_item_data in self.rings:
            rings_item = rings_item_data.to_dict()
            rings.append(rings_item)

        run = self.run

        type_ = self.type_

        users: int | None
        users = self.users

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "applications": applications,
                "as_of": as_of,
                "cut": cut,
                "events": events,
                "first_at": first_at,
                "hub": hub,
                "hub_since": hub_since,
                "key": key,
                "last_at": last_at,
                "links": links,
                "masked": masked,
                "outcomes": outcomes,
                "properties": properties,
                "rings": rings,
                "run": run,
                "type": type_,
                "users": users,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.identifier_properties import IdentifierProperties
        from ..models.outcome_count import OutcomeCount
        from ..models.ring_of import RingOf

        d = dict(src_dict)

        def _parse_applications(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        applications = _parse_applications(d.pop("applications"))

        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        cut = cast(list[str], d.pop("cut"))

        def _parse_events(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        events = _parse_events(d.pop("events"))

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

        hub = d.pop("hub")

        def _parse_hub_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                hub_since_type_0 = datetime.datetime.fromisoformat(data)

                return hub_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        hub_since = _parse_hub_since(d.pop("hub_since"))

        key = d.pop("key")

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

        def _parse_links(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        links = _parse_links(d.pop("links"))

        def _parse_masked(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        masked = _parse_masked(d.pop("masked"))

        outcomes = []
        _outcomes = d.pop("outcomes")
        for outcomes_item_data in _outcomes:
            outcomes_item = OutcomeCount.from_dict(outcomes_item_data)

            outcomes.append(outcomes_item)

        properties = IdentifierProperties.from_dict(d.pop("properties"))

        rings = []
        _rings = d.pop("rings")
        for rings_item_data in _rings:
            rings_item = RingOf.from_dict(rings_item_data)

            rings.append(rings_item)

        run = d.pop("run")

        type_ = d.pop("type")

        def _parse_users(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        users = _parse_users(d.pop("users"))

        identifier = cls(
            applications=applications,
            as_of=as_of,
            cut=cut,
            events=events,
            first_at=first_at,
            hub=hub,
            hub_since=hub_since,
            key=key,
            last_at=last_at,
            links=links,
            masked=masked,
            outcomes=outcomes,
            properties=properties,
            rings=rings,
            run=run,
            type_=type_,
            users=users,
        )

        identifier.additional_properties = d
        return identifier

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
