"""From what is known of an application to what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policy.condition import Facts, Value, names_of, spoken
from policy.model import Outcome, Policy, Rule

OTHERWISE, FALLBACK = "otherwise", "fallback"
"""Names of what decides where no rule does."""


@dataclass(frozen=True)
class Tripped:
    """What the circuit breaker holds back."""

    declines: bool = False
    """Whatever declines,"""
    rings: bool = False
    """or rules that read rings."""

    def holds_back(self, rule: Rule, ring_features: frozenset[str]) -> bool:
        """Whether a rule may not decline now."""
        if rule.then is not Outcome.DECLINE:
            return False
        reads = {atom.name.removeprefix("feature.") for atom in names_of(rule.condition)}
        return self.declines or (self.rings and bool(reads & ring_features))


CLOSED = Tripped()


@dataclass(frozen=True)
class Verdict:
    """What a policy says."""

    outcome: Outcome
    rule: str
    """The one that decided; `otherwise` or `fallback` where none did."""
    code: str | None
    held_back: bool = False
    """Whether the circuit breaker turned a decline into a review."""
    read: Mapping[str, Value] | None = None
    """What the rule read, by name; None where none decided."""


def decide(
    policy: Policy,
    facts: Facts,
    *,
    tripped: Tripped = CLOSED,
    ring_features: frozenset[str] = frozenset(),
    meant: bool = True,
) -> Verdict:
    """The first rule that holds decides; where none does and the deciding model said nothing, the fallback; that alone where the policy
    is not what was `meant`."""
    for rule in policy.rules if meant else ():
        if rule.holds(facts):
            read = {atom.name: facts.get(atom.name) for atom in names_of(rule.condition)}
            if tripped.holds_back(rule, ring_features):
                return Verdict(Outcome.REVIEW, rule.name, None, True, read)
            return Verdict(rule.then, rule.name, rule.code, False, read)
    spoke = meant and any(name.partition(".")[0] == spoken(policy.decides) for name in facts)
    outcome, name = (policy.otherwise, OTHERWISE) if spoke else (policy.fallback, FALLBACK)
    if outcome is Outcome.DECLINE and tripped.declines:
        return Verdict(Outcome.REVIEW, name, None, True)
    return Verdict(outcome, name, None)
