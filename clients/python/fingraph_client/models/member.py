from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Member")


@_attrs_define
class Member:
    """A member application of a ring.

    Attributes:
        amount_cents (int | None):
        application (str):
        known_at (datetime.datetime | None):
        lender (None | str):
        outcome (float | None): Fraud: 1, 0, or null when nothing is known.
        since (int): Run that put it there.
        users (list[str]):
    """

    amount_cents: int | None
    application: str
    known_at: datetime.datetime | None
    lender: None | str
    outcome: float | None
    since: int
    users: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount_cents: int | None
        amount_cents = self.amount_cents

        application = self.application

        known_at: None | str
        if isinstance(self.known_at, datetime.datetime):
            known_at = self.known_at.isoformat()
        else:
            known_at = self.known_at

        lender: None | str
        lender = self.lender

        outcome: float | None
        outcome = self.outcome

        since = self.since

        users = self.users

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount_cents": amount_cents,
                "application": application,
                "known_at": known_at,
                "lender": lender,
                "outcome": outcome,
                "since": since,
                "users": users,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_amount_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        amount_cents = _parse_amount_cents(d.pop("amount_cents"))

        application = d.pop("application")

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

        def _parse_lender(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        lender = _parse_lender(d.pop("lender"))

        def _parse_outcome(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        outcome = _parse_outcome(d.pop("outcome"))

        since = d.pop("since")

        users = cast(list[str], d.pop("users"))

        member = cls(
            amount_cents=amount_cents,
            application=application,
            known_at=known_at,
            lender=lender,
            outcome=outcome,
            since=since,
            users=users,
        )

        member.additional_properties = d
        return member

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
