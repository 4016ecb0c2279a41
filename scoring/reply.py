"""What is answered, and what is kept of it: both are made of the same judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.clock import iso
from loaders.arrive import Arrival, Named
from policy.decide import Verdict
from policy.model import Policy
from scoring.judging import Basis, Judgement

Told = dict[str, Any]
WORDS = ("staff", "en", "zh")
"""Of a reason, and of what an applicant is told."""
LISTED = ("id", "list", "label", "key")
"""What a record keeps of an entry: what somebody wrote there as a reason may have to be forgotten, and a record cannot be."""


@dataclass(frozen=True)
class Shadow:
    """What a policy that is tried beside the one that decides would have said."""

    policy: Policy
    verdict: Verdict | None
    """None: it could not say."""
    missing: bool
    """Whether a model of its own could not be had, or it could not say."""

    def as_dict(self) -> Told:
        """As one JSON object."""
        return {
            "label": self.policy.label,
            "digest": self.policy.digest,
            "outcome": None if self.verdict is None else str(self.verdict.outcome),
            "rule": None if self.verdict is None else self.verdict.rule,
            "missing": self.missing,
        }


def reply_of(  # noqa: PLR0917
    id_: str, key: str, point: tuple[int, int], policy: Policy, basis: Basis, judgement: Judgement, *,
    explain: bool, dry_run: bool,
) -> Told:  # fmt: skip
    """The reply, without the timings of the one that made it."""
    verdict = judgement.verdict
    about = {rule.name: rule.about for rule in policy.rules}
    more = {"features": dict(basis.values)} if explain else {}
    return {
        "decision_id": id_,
        "application": key,
        "as_of": iso(point[0]),
        "outcome": str(verdict.outcome),
        "rule": {
            "name": verdict.rule,
            "about": about.get(verdict.rule, ""),
            "read": dict(verdict.read or {}),
        },
        "held_back": verdict.held_back,
        "policy": policy.label,
        "models": {one.name: one.told for one in judgement.said},
        "reasons": list(judgement.reasons),
        "applicant": list(judgement.applicant),
        "lists": [{"list": one.list, "entry": one.id, "type": one.label} for one in basis.listed],
        "degraded": list(basis.degraded),
        "dry_run": dry_run,
        **more,
    }


def record_of(
    arrival: Arrival, point: tuple[int, int], policy: Policy, basis: Basis, catalogue: str, *,
    deciding: str | None, shadow: Shadow | None, why: str | None, explain: bool,
) -> Told:  # fmt: skip
    """What a reply followed from: enough to make it again."""
    return {
        "arrival": {**vars(arrival), "named": [dict(vars(one)) for one in arrival.named]},
        "point": list(point),
        "catalogue": catalogue,
        "features": {name: value for name, value in basis.values.items() if value is not None},
        "missing": [name for name, value in basis.values.items() if value is None],
        "listed": [{name: getattr(one, name) for name in LISTED} for one in basis.listed],
        "degraded": list(basis.degraded),
        "graph_error": why,
        "tripped": asdict(basis.tripped),
        "policy": {"label": policy.label, "digest": policy.digest},
        "deciding": deciding,
        "shadow": None if shadow is None else shadow.as_dict(),
        "explain": explain,
    }


def without_words(told: Any) -> Any:
    """A reply without the sentences that the codes and figures of its lists are said in."""
    if isinstance(told, Mapping):
        return {name: without_words(one) for name, one in told.items()}
    if not isinstance(told, list):
        return told
    return [_bare(one) if isinstance(one, Mapping) else one for one in told]


def _bare(row: Mapping[str, Any]) -> Told:
    return {name: one for name, one in row.items() if name not in WORDS}


def arrival_again(record: Mapping[str, Any]) -> Arrival:
    """The arrival that a record keeps."""
    told = record["arrival"]
    return Arrival(**{**told, "named": tuple(Named(**one) for one in told["named"])})


def values_again(record: Mapping[str, Any]) -> dict[str, float | str | None]:
    """The features that a record keeps."""
    return {**record["features"], **dict.fromkeys(record["missing"])}


def names_of_models(policy: Policy, targets: Sequence[str]) -> list[str]:
    """The models that are asked, each once."""
    return list(dict.fromkeys((*policy.models, *targets)))
