from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.application_properties import ApplicationProperties
    from ..models.link import Link
    from ..models.outcome import Outcome
    from ..models.ring_of import RingOf


T = TypeVar("T", bound="Application")


@_attrs_define
class Application:
    """An application with its links, outcomes and rings.

    Attributes:
        as_of (datetime.datetime):
        cut (list[str]): The lists that are not whole.
        id (None | str):
        key (str):
        known_at (datetime.datetime | None):
        links (list[Link]):
        outcomes (list[Outcome]):
        properties (ApplicationProperties):
        rings (list[RingOf]):
        run (int): Run of the ring finder that the rings are of; 0: none was known.
        source (None | str):
        users (list[str]):
    """

    as_of: datetime.datetime
    cut: list[str]
    id: None | str
    key: str
    known_at: datetime.datetime | None
    links: list[Link]
    outcomes: list[Outcome]
    properties: ApplicationProperties
    rings: list[RingOf]
    run: int
    source: None | str
    users: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        as_of = self.as_of.isoformat()

        cut = self.cut

        id: None | str
        id = self.id

        key = self.key

        known_at: None | str
        if isinstance(self.known_at, datetime.datetime):
            known_at = self.known_at.isoformat()
        else:
            known_at = self.known_at

        links = []
        for links_item_data in self.links:
            links_item = links_item_data.to_dict()
            links.append(links_item)

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

        source: None | str
        source = self.source

        users = self.users

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
                "cut": cut,
                "id": id,
                "key": key,
                "known_at": known_at,
                "links": links,
                "outcomes": outcomes,
                "properties": properties,
                "rings": rings,
                "run": run,
                "source": source,
                "users": users,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.application_properties import ApplicationProperties
        from ..models.link import Link
        from ..models.outcome import Outcome
        from ..models.ring_of import RingOf

        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        cut = cast(list[str], d.pop("cut"))

        def _parse_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        id = _parse_id(d.pop("id"))

        key = d.pop("key")

        def _parse_known_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                known_at_type_0 = datetime.datetime.fromisoformat(data)

                return known_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        known_at = _parse_known_at(d.pop("known_at"))

        links = []
        _links = d.pop("links")
        for links_item_data in _links:
            links_item = Link.from_dict(links_item_data)

            links.append(links_item)

        outcomes = []
        _outcomes = d.pop("outcomes")
        for outcomes_item_data in _outcomes:
            outcomes_item = Outcome.from_dict(outcomes_item_data)

            outcomes.append(outcomes_item)

        properties = ApplicationProperties.from_dict(d.pop("properties"))

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

        users = cast(list[str], d.pop("users"))

        application = cls(
            as_of=as_of,
            cut=cut,
            id=id,
            key=key,
            known_at=known_at,
            links=links,
            outcomes=outcomes,
            properties=properties,
            rings=rings,
            run=run,
            source=source,
            users=users,
        )

        application.additional_properties = d
        return application

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
