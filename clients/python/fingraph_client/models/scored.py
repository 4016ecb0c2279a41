from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.adverse_told import AdverseTold
    from ..models.list_told import ListTold
    from ..models.reason_told import ReasonTold
    from ..models.rule_told import RuleTold
    from ..models.scored_features_type_0 import ScoredFeaturesType0
    from ..models.scored_models import ScoredModels
    from ..models.scored_timings_ms import ScoredTimingsMs


T = TypeVar("T", bound="Scored")


@_attrs_define
class Scored:
    """A decision.

    Attributes:
        applicant (list[AdverseTold]):
        application (str): `source:id`
        as_of (str): The decision saw what was known before this moment, and nothing later.
        decision_id (str):
        degraded (list[str]): What was missing: `graph`, `behind`, `carried`, `models`, `features`. Empty: the decision
            is whole.
        dry_run (bool):
        held_back (bool): Whether the circuit breaker made a review of a decline.
        lists (list[ListTold]):
        models (ScoredModels): By name: version, and probability and score, or lower, median and upper (cents).
        outcome (str): approve, review or decline.
        policy (str):
        reasons (list[ReasonTold]): Of the deciding model, the heaviest first.
        rule (RuleTold): The rule that decided.
        timings_ms (ScoredTimingsMs): Of the first answer, by step; the whole until it was kept.
        features (None | ScoredFeaturesType0 | Unset): With `explain`.
    """

    applicant: list[AdverseTold]
    application: str
    as_of: str
    decision_id: str
    degraded: list[str]
    dry_run: bool
    held_back: bool
    lists: list[ListTold]
    models: ScoredModels
    outcome: str
    policy: str
    reasons: list[ReasonTold]
    rule: RuleTold
    timings_ms: ScoredTimingsMs
    features: None | ScoredFeaturesType0 | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.scored_features_type_0 import ScoredFeaturesType0

        applicant = []
        for applicant_item_data in self.applicant:
            applicant_item = applicant_item_data.to_dict()
            applicant.append(applicant_item)

        application = self.application

        as_of = self.as_of

        decision_id = self.decision_id

        degraded = self.degraded

        dry_run = self.dry_run

        held_back = self.held_back

        lists = []
        for lists_item_data in self.lists:
            lists_item = lists_item_data.to_dict()
            lists.append(lists_item)

        models = self.models.to_dict()

        outcome = self.outcome

        policy = self.policy

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        rule = self.rule.to_dict()

        timings_ms = self.timings_ms.to_dict()

        features: dict[str, Any] | None | Unset
        if isinstance(self.features, Unset):
            features = UNSET
        elif isinstance(self.features, ScoredFeaturesType0):
            features = self.features.to_dict()
        else:
            features = self.features

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "applicant": applicant,
                "application": application,
                "as_of": as_of,
                "decision_id": decision_id,
                "degraded": degraded,
                "dry_run": dry_run,
                "held_back": held_back,
                "lists": lists,
                "models": models,
                "outcome": outcome,
                "policy": policy,
                "reasons": reasons,
                "rule": rule,
                "timings_ms": timings_ms,
            }
        )
        if features is not UNSET:
            field_dict["features"] = features

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.adverse_told import AdverseTold
        from ..models.list_told import ListTold
        from ..models.reason_told import ReasonTold
        from ..models.rule_told import RuleTold
        from ..models.scored_features_type_0 import ScoredFeaturesType0
        from ..models.scored_models import ScoredModels
        from ..models.scored_timings_ms import ScoredTimingsMs

        d = dict(src_dict)
        applicant = []
        _applicant = d.pop("applicant")
        for applicant_item_data in _applicant:
            applicant_item = AdverseTold.from_dict(applicant_item_data)

            applicant.append(applicant_item)

        application = d.pop("application")

        as_of = d.pop("as_of")

        decision_id = d.pop("decision_id")

        degraded = cast(list[str], d.pop("degraded"))

        dry_run = d.pop("dry_run")

        held_back = d.pop("held_back")

        lists = []
        _lists = d.pop("lists")
        for lists_item_data in _lists:
            lists_item = ListTold.from_dict(lists_item_data)

            lists.append(lists_item)

        models = ScoredModels.from_dict(d.pop("models"))

        outcome = d.pop("outcome")

        policy = d.pop("policy")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ReasonTold.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        rule = RuleTold.from_dict(d.pop("rule"))

        timings_ms = ScoredTimingsMs.from_dict(d.pop("timings_ms"))

        def _parse_features(data: object) -> None | ScoredFeaturesType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                features_type_0 = ScoredFeaturesType0.from_dict(data)

                return features_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ScoredFeaturesType0 | Unset, data)

        features = _parse_features(d.pop("features", UNSET))

        scored = cls(
            applicant=applicant,
            application=application,
            as_of=as_of,
            decision_id=decision_id,
            degraded=degraded,
            dry_run=dry_run,
            held_back=held_back,
            lists=lists,
            models=models,
            outcome=outcome,
            policy=policy,
            reasons=reasons,
            rule=rule,
            timings_ms=timings_ms,
            features=features,
        )

        scored.additional_properties = d
        return scored

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
