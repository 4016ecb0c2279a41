from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="RingOf")


@_attrs_define
class RingOf:
    """A ring that something belongs to, in the last run known by then.

    Attributes:
        applications (int):
        key (str):
        listed (bool):
        members (int): How many of its applications are meant here.
        score (float):
        since (int): Run that put the first of them there.
        users (int):
    """

    applications: int
    key: str
    listed: bool
    members: int
    score: float
    since: int
    users: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        applications = self.applications

        key = self.key

        listed = self.listed

        members = self.members

        score = self.score

        since = self.since

        users = self.users

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "applications": applications,
                "key": key,
                "listed": listed,
                "members": members,
                "score": score,
                "since": since,
                "users": users,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        applications = d.pop("applications")

        key = d.pop("key")

        listed = d.pop("listed")

        members = d.pop("members")

        score = d.pop("score")

        since = d.pop("since")

        users = d.pop("users")

        ring_of = cls(
            applications=applications,
            key=key,
            listed=listed,
            members=members,
            score=score,
            since=since,
            users=users,
        )

        ring_of.additional_properties = d
        return ring_of

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
