from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reason_told_params import ReasonToldParams
    from ..models.reason_told_staff import ReasonToldStaff


T = TypeVar("T", bound="ReasonTold")


@_attrs_define
class ReasonTold:
    """What weighs on a score.

    Attributes:
        adverse (str): Code that an applicant is told.
        code (str): Name of the feature; docs/features.md has it.
        evidence_ids (list[str]): Keys of the applications and events behind it, the newest first.
        params (ReasonToldParams):
        staff (ReasonToldStaff): In words, by language; for staff alone.
        weight (float): What it adds to the log odds.
    """

    adverse: str
    code: str
    evidence_ids: list[str]
    params: ReasonToldParams
    staff: ReasonToldStaff
    weight: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        adverse = self.adverse

        code = self.code

        evidence_ids = self.evidence_ids

        params = self.params.to_dict()

        staff = self.staff.to_dict()

        weight = self.weight

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "adverse": adverse,
                "code": code,
                "evidence_ids": evidence_ids,
                "params": params,
                "staff": staff,
                "weight": weight,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.reason_told_params import ReasonToldParams
        from ..models.reason_told_staff import ReasonToldStaff

        d = dict(src_dict)
        adverse = d.pop("adverse")

        code = d.pop("code")

        evidence_ids = cast(list[str], d.pop("evidence_ids"))

        params = ReasonToldParams.from_dict(d.pop("params"))

        staff = ReasonToldStaff.from_dict(d.pop("staff"))

        weight = d.pop("weight")

        reason_told = cls(
            adverse=adverse,
            code=code,
            evidence_ids=evidence_ids,
            params=params,
            staff=staff,
            weight=weight,
        )

        reason_told.additional_properties = d
        return reason_told

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
