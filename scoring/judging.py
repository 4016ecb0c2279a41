"""From what is known of an application to a judgement: models speak, rules decide, reasons say why. Nothing is read here but
what is given, so the same basis gives the same judgement whenever it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from features import Catalogue
from policy.check import FEATURES, GRAPH
from policy.condition import Value, names_of, spoken
from policy.decide import CLOSED, Tripped, Verdict, decide
from policy.lists import Listed
from policy.model import Outcome, Policy
from scoring.pool import Loaded
from scoring.reasons import OTHER, PERSON, Evidence, explained, for_applicant

MOST_TOLD = 4
"""Codes that an applicant is told, at most (Regulation B, 12 CFR 1002.9, comment 9(b)(2)-1)."""


@dataclass(frozen=True)
class Basis:
    """What an application is judged by."""

    values: Mapping[str, float | str | None] = field(repr=False)
    """Features by name; one that is not there was not computed."""
    listed: tuple[Listed, ...] = ()
    degraded: tuple[str, ...] = ()
    tripped: Tripped = CLOSED
    evidence: Evidence | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Said:
    """What a model says."""

    name: str
    version: int
    figures: Mapping[str, float]
    reasons: tuple[dict[str, Any], ...] = ()
    """Of the deciding one, or of all where they were asked for."""

    @property
    def told(self) -> dict[str, Any]:
        """As one JSON object."""
        more = {"reasons": list(self.reasons)} if self.reasons else {}
        return {"version": self.version, **self.figures, **more}


@dataclass(frozen=True)
class Judgement:
    """What is answered, and what it follows from."""

    said: tuple[Said, ...]
    verdict: Verdict
    reasons: tuple[dict[str, Any], ...]
    """Of the deciding model."""
    applicant: tuple[dict[str, str], ...]
    deciding: str | None
    """Name of the deciding model, or of the one that speaks in its place; None: it said nothing."""


def consider(
    policy: Policy, basis: Basis, models: Sequence[Loaded], catalogue: Catalogue, ring_features: frozenset[str],
    *, explain: bool = False,
) -> Judgement:  # fmt: skip
    """Judge by the policy, with the models that can speak."""
    told = policy.attributes if GRAPH in basis.degraded else policy.decides
    said = tuple(speak(one, basis, catalogue if explain or one.name == told else None) for one in models)
    facts = facts_of(policy, basis, said)
    verdict = decide(
        policy,
        facts,
        tripped=basis.tripped,
        ring_features=ring_features,
        meant=FEATURES not in basis.degraded,
    )
    deciding = next((one for one in said if one.name == told), None)
    name, reasons = (None, ()) if deciding is None else (deciding.name, deciding.reasons)
    return Judgement(said, verdict, reasons, tuple(_for_applicant(verdict, reasons)), name)


def facts_of(policy: Policy, basis: Basis, said: Iterable[Said]) -> dict[str, Value]:
    """What the rules of a policy read, by the names that they use."""
    found: dict[str, Value] = {}
    heard = (policy.attributes,) if GRAPH in basis.degraded else policy.models
    for one in said:
        if one.name in heard:  # what a request asks beside them decides nothing
            found |= {f"{spoken(one.name)}.{name}": figure for name, figure in one.figures.items()}
    on, missing = {one.list for one in basis.listed}, set(basis.degraded)
    for rule in policy.rules:
        for atom in names_of(rule.condition):
            first, _, name = atom.name.partition(".")
            if first == "feature":
                found[atom.name] = basis.values.get(name)
            elif first == "list":
                found[atom.name] = name in on
            elif first == "degraded":
                found[atom.name] = name in missing
    return found


def speak(one: Loaded, basis: Basis, catalogue: Catalogue | None = None) -> Said:
    """What a model says, with its reasons in the words of `catalogue`."""
    values = one.model.encoding.matrix([basis.values])
    figures = one.said(values)[0]
    reasons: tuple[dict[str, Any], ...] = ()
    if catalogue is not None:
        found = one.reasons(values)[0]
        reasons = tuple(explained(found, catalogue, basis.values, basis.evidence))
    return Said(one.name, one.version, figures, reasons)


def _for_applicant(verdict: Verdict, reasons: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    if verdict.outcome is Outcome.APPROVE:
        return []
    if verdict.outcome is Outcome.REVIEW:
        return for_applicant([PERSON])
    own = [verdict.code] if verdict.code else [reason["adverse"] for reason in reasons]
    return for_applicant(list(dict.fromkeys(own))[:MOST_TOLD] or [OTHER])
