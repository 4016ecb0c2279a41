from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.decision_told_record import DecisionToldRecord
    from ..models.scored import Scored


T = TypeVar("T", bound="DecisionTold")


@_attrs_define
class DecisionTold:
    """What was answered, and what it followed from.

    Attributes:
        application (str):
        decided_at (datetime.datetime):
        id (str):
        known_at (datetime.datetime):
        record (DecisionToldRecord): Arrival (hashed), features, lists, policy, shadow policy, breaker: what the reply
            was made of.
        reply (Scored): A decision.
        seq (int):
    """

    application: str
    decided_at: datetime.datetime
    id: str
    known_at: datetime.datetime
    record: DecisionToldRecord
    reply: Scored
    seq: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        application = self.application

        decided_at = self.decided_at.isoformat()

        id = self.id

        known_at = self.known_at.isoformat()

        record = self.record.to_dict()

        reply = self.reply.to_dict()

        seq = self.seq

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "application": application,
                "decided_at": decided_at,
                "id": id,
                "known_at": known_at,
                "record": record,
                "reply": reply,
                "seq": seq,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.decision_told_record import DecisionToldRecord
        from ..models.scored import Scored

        d = dict(src_dict)
        application = d.pop("application")

        decided_at = datetime.datetime.fromisoformat(d.pop("decided_at"))

        id = d.pop("id")

        known_at = datetime.datetime.fromisoformat(d.pop("known_at"))

        record = DecisionToldRecord.from_dict(d.pop("record"))

        reply = Scored.from_dict(d.pop("reply"))

        seq = d.pop("seq")

        decision_told = cls(
            application=application,
            decided_at=decided_at,
            id=id,
            known_at=known_at,
            record=record,
            reply=reply,
            seq=seq,
        )

        decision_told.additional_properties = d
        return decision_told

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
