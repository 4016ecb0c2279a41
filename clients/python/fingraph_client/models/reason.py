from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reason_params import ReasonParams


T = TypeVar("T", bound="Reason")


@_attrs_define
class Reason:
    """Why: a code with its parameters; words come from a catalogue.

    Attributes:
        code (str):
        evidence_ids (list[str] | Unset):
        params (ReasonParams | Unset):
        weight (float | Unset):  Default: 0.0.
    """

    code: str
    evidence_ids: list[str] | Unset = UNSET
    params: ReasonParams | Unset = UNSET
    weight: float | Unset = 0.0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        evidence_ids: list[str] | Unset = UNSET
        if not isinstance(self.evidence_ids, Unset):
            evidence_ids = self.evidence_ids

        params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = self.params.to_dict()

        weight = self.weight

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
            }
        )
        if evidence_ids is not UNSET:
            field_dict["evidence_ids"] = evidence_ids
        if params is not UNSET:
            field_dict["params"] = params
        if weight is not UNSET:
            field_dict["weight"] = weight

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.reason_params import ReasonParams

        d = dict(src_dict)
        code = d.pop("code")

        evidence_ids = cast(list[str], d.pop("evidence_ids", UNSET))

        _params = d.pop("params", UNSET)
        params: ReasonParams | Unset
        if isinstance(_params, Unset):
            params = UNSET
        else:
            params = ReasonParams.from_dict(_params)

        weight = d.pop("weight", UNSET)

        reason = cls(
            code=code,
            evidence_ids=evidence_ids,
            params=params,
            weight=weight,
        )

        reason.additional_properties = d
        return reason

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
