from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reason import Reason


T = TypeVar("T", bound="HistoryEntry")


@_attrs_define
class HistoryEntry:
    """What a run made of the ring.

    Attributes:
        applications (int):
        as_of (datetime.datetime | None): The run saw what was known before this moment.
        at_risk_cents (int):
        changes (list[Reason]):
        joined (int):
        known_at (datetime.datetime | None): From when on the run's rings are known.
        left (int):
        listed (bool):
        run (int):
        score (float):
        users (int):
    """

    applications: int
    as_of: datetime.datetime | None
    at_risk_cents: int
    changes: list[Reason]
    joined: int
    known_at: datetime.datetime | None
    left: int
    listed: bool
    run: int
    score: float
    users: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        applications = self.applications

        as_of: None | str
        if isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        at_risk_cents = self.at_risk_cents

        changes = []
        for changes_item_data in self.changes:
            changes_item = changes_item_data.to_dict()
            changes.append(changes_item)

        joined = self.joined

        known_at: None | str
        if isinstance(self.known_at, datetime.datetime):
            known_at = self.known_at.isoformat()
        else:
            known_at = self.known_at

        left = self.left

        listed = self.listed

        run = self.run

        score = self.score

        users = self.users

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "applications": applications,
                "as_of": as_of,
                "at_risk_cents": at_risk_cents,
                "changes": changes,
                "joined": joined,
                "known_at": known_at,
                "left": left,
                "listed": listed,
                "run": run,
                "score": score,
                "users": users,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.reason import Reason

        d = dict(src_dict)
        applications = d.pop("applications")

        def _parse_as_of(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                as_of_type_0 = datetime.datetime.fromisoformat(data)

                return as_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        as_of = _parse_as_of(d.pop("as_of"))

        at_risk_cents = d.pop("at_risk_cents")

        changes = []
        _changes = d.pop("changes")
        for changes_item_data in _changes:
            changes_item = Reason.from_dict(changes_item_data)

            changes.append(changes_item)

        joined = d.pop("joined")

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

        left = d.pop("left")

        listed = d.pop("listed")

        run = d.pop("run")

        score = d.pop("score")

        users = d.pop("users")

        history_entry = cls(
            applications=applications,
            as_of=as_of,
            at_risk_cents=at_risk_cents,
            changes=changes,
            joined=joined,
            known_at=known_at,
            left=left,
            listed=listed,
            run=run,
            score=score,
            users=users,
        )

        history_entry.additional_properties = d
        return history_entry

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
