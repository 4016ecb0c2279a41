from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reason import Reason


T = TypeVar("T", bound="RingTold")


@_attrs_define
class RingTold:
    """A ring in a few figures.

    Attributes:
        amount_cents (int):
        applications (int):
        at_risk_cents (int): Asked for, neither refused nor known as lost.
        born_run (int):
        dissolved_run (int | None):
        first_at (datetime.datetime | None):
        key (str):
        last_at (datetime.datetime | None):
        listed (bool): Whether its score is high enough to call it a ring.
        reasons (list[Reason]):
        run (int): The last run that changed it.
        score (float): Probability that most of its members work together.
        shared (str): The type of what most of them share.
        users (int):
    """

    amount_cents: int
    applications: int
    at_risk_cents: int
    born_run: int
    dissolved_run: int | None
    first_at: datetime.datetime | None
    key: str
    last_at: datetime.datetime | None
    listed: bool
    reasons: list[Reason]
    run: int
    score: float
    shared: str
    users: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount_cents = self.amount_cents

        applications = self.applications

        at_risk_cents = self.at_risk_cents

        born_run = self.born_run

        dissolved_run: int | None
        dissolved_run = self.dissolved_run

        first_at: None | str
        if isinstance(self.first_at, datetime.datetime):
            first_at = self.first_at.isoformat()
        else:
            first_at = self.first_at

        key = self.key

        last_at: None | str
        if isinstance(self.last_at, datetime.datetime):
            last_at = self.last_at.isoformat()
        else:
            last_at = self.last_at

        listed = self.listed

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        run = self.run

        score = self.score

        shared = self.shared

        users = self.users

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount_cents": amount_cents,
                "applications": applications,
                "at_risk_cents": at_risk_cents,
                "born_run": born_run,
                "dissolved_run": dissolved_run,
                "first_at": first_at,
                "key": key,
                "last_at": last_at,
                "listed": listed,
                "reasons": reasons,
                "run": run,
                "score": score,
                "shared": shared,
                "users": users,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.reason import Reason

        d = dict(src_dict)
        amount_cents = d.pop("amount_cents")

        applications = d.pop("applications")

        at_risk_cents = d.pop("at_risk_cents")

        born_run = d.pop("born_run")

        def _parse_dissolved_run(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        dissolved_run = _parse_dissolved_run(d.pop("dissolved_run"))

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

        listed = d.pop("listed")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = Reason.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        run = d.pop("run")

        score = d.pop("score")

        shared = d.pop("shared")

        users = d.pop("users")

        ring_told = cls(
            amount_cents=amount_cents,
            applications=applications,
            at_risk_cents=at_risk_cents,
            born_run=born_run,
            dissolved_run=dissolved_run,
            first_at=first_at,
            key=key,
            last_at=last_at,
            listed=listed,
            reasons=reasons,
            run=run,
            score=score,
            shared=shared,
            users=users,
        )

        ring_told.additional_properties = d
        return ring_told

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
