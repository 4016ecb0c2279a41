from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="OutcomeAsked")


@_attrs_define
class OutcomeAsked:
    """What became of an application.

    Attributes:
        application (str): Its id within the source.
        source (str): Who gives the ids.
        target (str): fraud, approval, disbursement, overdue, amount, …
        value (float): 1 or 0; of an amount whole cents.
        event_at (datetime.datetime | None | Unset):
        id (None | str | Unset): Of the outcome (default: of the first one of this target); a correction has its own.
    """

    application: str
    source: str
    target: str
    value: float
    event_at: datetime.datetime | None | Unset = UNSET
    id: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        application = self.application

        source = self.source

        target = self.target

        value = self.value

        event_at: None | str | Unset
        if isinstance(self.event_at, Unset):
            event_at = UNSET
        elif isinstance(self.event_at, datetime.datetime):
            event_at = self.event_at.isoformat()
        else:
            event_at = self.event_at

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "application": application,
                "source": source,
                "target": target,
                "value": value,
            }
        )
        if event_at is not UNSET:
            field_dict["event_at"] = event_at
        if id is not UNSET:
            field_dict["id"] = id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        application = d.pop("application")

        source = d.pop("source")

        target = d.pop("target")

        value = d.pop("value")

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

        def _parse_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        id = _parse_id(d.pop("id", UNSET))

        outcome_asked = cls(
            application=application,
            source=source,
            target=target,
            value=value,
            event_at=event_at,
            id=id,
        )

        return outcome_asked
