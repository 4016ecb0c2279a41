from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.evidence_page import EvidencePage
    from ..models.kin import Kin
    from ..models.members import Members
    from ..models.outcomes import Outcomes
    from ..models.ring_told import RingTold


T = TypeVar("T", bound="RingDetail")


@_attrs_define
class RingDetail:
    """A ring with the first pages of its members and of what they share.

    Attributes:
        as_of (datetime.datetime):
        evidence (EvidencePage): A page of what members share, most users first.
        evolved_from (list[Kin]):
        evolved_into (list[Kin]):
        members (Members): A page of members, in the order of facts.
        outcomes (Outcomes): Of the members with a known outcome, how many have it so.
        ring (RingTold): A ring in a few figures.
        run (int): The run that was the last one known by then.
    """

    as_of: datetime.datetime
    evidence: EvidencePage
    evolved_from: list[Kin]
    evolved_into: list[Kin]
    members: Members
    outcomes: Outcomes
    ring: RingTold
    run: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        as_of = self.as_of.isoformat()

        evidence = self.evidence.to_dict()

        evolved_from = []
        for evolved_from_item_data in self.evolved_from:
            evolved_from_item = evolved_from_item_data.to_dict()
            evolved_from.append(evolved_from_item)

        evolved_into = []
        for evolved_into_item_data in self.evolved_into:
            evolved_into_item = evolved_into_item_data.to_dict()
            evolved_into.append(evolved_into_item)

        members = self.members.to_dict()

        outcomes = self.outcomes.to_dict()

        ring = self.ring.to_dict()

        run = self.run

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
                "evidence": evidence,
                "evolved_from": evolved_from,
                "evolved_into": evolved_into,
                "members": members,
                "outcomes": outcomes,
                "ring": ring,
                "run": run,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.evidence_page import EvidencePage
        from ..models.kin import Kin
        from ..models.members import Members
        from ..models.outcomes import Outcomes
        from ..models.ring_told import RingTold

        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        evidence = EvidencePage.from_dict(d.pop("evidence"))

        evolved_from = []
        _evolved_from = d.pop("evolved_from")
        for evolved_from_item_data in _evolved_from:
            evolved_from_item = Kin.from_dict(evolved_from_item_data)

            evolved_from.append(evolved_from_item)

        evolved_into = []
        _evolved_into = d.pop("evolved_into")
        for evolved_into_item_data in _evolved_into:
            evolved_into_item = Kin.from_dict(evolved_into_item_data)

            evolved_into.append(evolved_into_item)

        members = Members.from_dict(d.pop("members"))

        outcomes = Outcomes.from_dict(d.pop("outcomes"))

        ring = RingTold.from_dict(d.pop("ring"))

        run = d.pop("run")

        ring_detail = cls(
            as_of=as_of,
            evidence=evidence,
            evolved_from=evolved_from,
            evolved_into=evolved_into,
            members=members,
            outcomes=outcomes,
            ring=ring,
            run=run,
        )

        ring_detail.additional_properties = d
        return ring_detail

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
