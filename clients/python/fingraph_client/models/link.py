from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Link")


@_attrs_define
class Link:
    """A link from an application to an identifier.

    Attributes:
        hub (bool): Whether it was a hub by then: reported, never walked.
        key (str):
        known_at (datetime.datetime | None):
        links (int | None): Links that the identifier had by then; null: too many to count.
        masked (None | str): What a person may see of it.
        relation (str):
        role (None | str):
        type_ (str): Type of the identifier.
    """

    hub: bool
    key: str
    known_at: datetime.datetime | None
    links: int | None
    masked: None | str
    relation: str
    role: None | str
    type_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        hub = self.hub

        key = self.key

        known_at: None | str
        if isinstance(self.known_at, datetime.datetime):
            known_at = self.known_at.isoformat()
        else:
            known_at = self.known_at

        links: int | None
        links = self.links

        masked: None | str
        masked = self.masked

        relation = self.relation

        role: None | str
        role = self.role

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "hub": hub,
                "key": key,
                "known_at": known_at,
                "links": links,
                "masked": masked,
                "relation": relation,
                "role": role,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        hub = d.pop("hub")

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

        relation = d.pop("relation")

        def _parse_role(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        role = _parse_role(d.pop("role"))

        type_ = d.pop("type")

        link = cls(
            hub=hub,
            key=key,
            known_at=known_at,
            links=links,
            masked=masked,
            relation=relation,
            role=role,
            type_=type_,
        )

        link.additional_properties = d
        return link

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
