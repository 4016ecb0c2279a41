from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.ring_of import RingOf
    from ..models.used_identifier import UsedIdentifier
    from ..models.user_applications import UserApplications
    from ..models.user_properties import UserProperties


T = TypeVar("T", bound="User")


@_attrs_define
class User:
    """A user with the first page of their applications.

    Attributes:
        applications (UserApplications): A page of a user's applications, newest first.
        as_of (datetime.datetime):
        cut (list[str]):
        events (int):
        id (None | str):
        identifiers (list[UsedIdentifier]):
        key (str):
        properties (UserProperties):
        relations (int):
        rings (list[RingOf]):
        run (int):
        source (None | str):
    """

    applications: UserApplications
    as_of: datetime.datetime
    cut: list[str]
    events: int
    id: None | str
    identifiers: list[UsedIdentifier]
    key: str
    properties: UserProperties
    relations: int
    rings: list[RingOf]
    run: int
    source: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        applications = self.applications.to_dict()

        as_of = self.as_of.isoformat()

        cut = self.cut

        events = self.events

        id: None | str
        id = self.id

        identifiers = []
        for identifiers_item_data in self.identifiers:
            identifiers_item = identifiers_item_data.to_dict()
            identifiers.append(identifiers_item)

        key = self.key

        properties = self.properties.to_dict()

        relations = self.relations

        rings = []
        for rings_item_data in self.rings:
            rings_item = rings_item_data.to_dict()
            rings.append(rings_item)

        run = self.run

        source: None | str
        source = self.source

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "applications": applications,
                "as_of": as_of,
                "cut": cut,
                "events": events,
                "id": id,
                "identifiers": identifiers,
                "key": key,
                "properties": properties,
                "relations": relations,
                "rings": rings,
                "run": run,
                "source": source,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.ring_of import RingOf
        from ..models.used_identifier import UsedIdentifier
        from ..models.user_applications import UserApplications
        from ..models.user_properties import UserProperties

        d = dict(src_dict)
        applications = UserApplications.from_dict(d.pop("applications"))

        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        cut = cast(list[str], d.pop("cut"))

        events = d.pop("events")

        def _parse_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        id = _parse_id(d.pop("id"))

        identifiers = []
        _identifiers = d.pop("identifiers")
        for identifiers_item_data in _identifiers:
            identifiers_item = UsedIdentifier.from_dict(identifiers_item_data)

            identifiers.append(identifiers_item)

        key = d.pop("key")

        properties = UserProperties.from_dict(d.pop("properties"))

        relations = d.pop("relations")

        rings = []
        _rings = d.pop("rings")
        for rings_item_data in _rings:
            rings_item = RingOf.from_dict(rings_item_data)

            rings.append(rings_item)

        run = d.pop("run")

        def _parse_source(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        source = _parse_source(d.pop("source"))

        user = cls(
            applications=applications,
            as_of=as_of,
            cut=cut,
            events=events,
            id=id,
            identifiers=identifiers,
            key=key,
            properties=properties,
            relations=relations,
            rings=rings,
            run=run,
            source=source,
        )

        user.additional_properties = d
        return user

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
