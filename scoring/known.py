"""What a policy may name in a home: its catalogue, its champions, its lists, and the codes for applicants."""

from __future__ import annotations

from core.errors import UsageError
from core.sql import Sql
from features.compute import plan_of
from policy import lists
from policy.check import Known, check_policy
from policy.condition import names_of, spoken
from policy.model import Outcome, Policy, Rule
from policy.region import Span
from registry import Card, Registry
from risk import targets
from risk.parts import AMOUNT
from scoring.own import Catalogues
from scoring.parts import speaks_alone
from scoring.reasons import adverse

COUNTED = ("applications", "users", "events", "lenders", "identifiers", "rings")
SHARES = ("own_share", "same_share", "equal_share", "rate", "smoothed", "agreement", "ring_score")
"""Measures that lie between 0 and 1."""


def known_of(registry: Registry, catalogues: Catalogues, sql: Sql) -> Known:
    """What a policy may name; champions of another catalogue could not be loaded, and are none. Raises as `Registry.find`."""
    catalogue = catalogues.whole
    own = {variant.name for _, variant in plan_of(catalogue).own}
    found = {name: registry.find(name)[0] for name in registry.champions()}
    cards = {name: card for name, card in found.items() if card.catalogue in catalogues.versions}
    return Known(
        features={variant.name: _span(variant.of.measure, variant.of.unit) for variant in catalogue.variants},
        models={name: card.kind == AMOUNT for name, card in cards.items()},
        own={name: speaks_alone(card, own) for name, card in cards.items()},
        lists=lists.names(sql),
        words=frozenset(v.name for v in catalogue.variants if v.of.dtype == "category"),
        adverse=frozenset(name for name, card in cards.items() if _adverse(card)),
    )


def require_meant(policy: Policy, known: Known) -> None:
    """Raise as `check_policy`, and `UsageError` for a code that no applicant can be told (`policy.unknown`), or where a decline
    would be told by reasons that are not what it was declined for (`policy.code`)."""
    check_policy(policy, known)
    for rule in policy.rules:
        if rule.code is not None and rule.code not in adverse():
            raise UsageError(
                "policy.unknown",
                f"Rule '{rule.name}' tells applicants {rule.code}; there are {', '.join(adverse())}.",
            )
        if rule.then is Outcome.DECLINE and rule.code is None and not _by_the_model(rule, policy, known):
            raise UsageError(
                "policy.code",
                f"Rule '{rule.name}' declines by something else than a risk that {policy.decides} sees, whose reasons applicants "
                "would be told; give it a `code`.",
            )
    silent = [name for name in _speaking(policy) if name not in known.adverse]
    if policy.otherwise is Outcome.DECLINE and silent:
        raise UsageError(
            "policy.code",
            f"`otherwise` declines, and applicants would be told what speaks for them by {silent[0]}; decline by a rule with a `code`.",
        )


def _speaking(policy: Policy) -> list[str]:
    """The deciding model, and the one that speaks in its place without the graph."""
    return [name for name in (policy.decides, policy.attributes) if name is not None]


def _by_the_model(rule: Rule, policy: Policy, known: Known) -> bool:
    """Whether a rule reads the risk that one of them sees, so that what it weighs is why the rule holds."""
    words = {spoken(name) for name in _speaking(policy) if name in known.adverse}
    return any(atom.name.partition(".")[0] in words for atom in names_of(rule.condition))


def _adverse(card: Card) -> bool:
    found = targets().get(card.target)
    return found is not None and found.adverse and not found.amount


def _span(measure: str, unit: str) -> Span:
    if measure in SHARES or unit == "yes or no":
        return Span(0.0, 1.0)
    return Span(0.0) if unit in COUNTED else Span()
