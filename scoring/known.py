"""What a policy may name in a home: its catalogue, its champions, its lists, and the codes for applicants."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from core.errors import UsageError
from core.sql import Sql
from features.compute import plan_of
from policy import lists
from policy.check import GRAPH, Known, bounds_of, check_policy
from policy.condition import Atom, spoken
from policy.model import Outcome, Policy, Rule
from policy.region import Span, Way, ways
from registry import Card, Registry
from risk import load_model, targets
from risk.parts import AMOUNT, SCORECARD
from scoring.own import Catalogues
from scoring.parts import knowing
from scoring.reasons import adverse

COUNTED = ("applications", "users", "events", "lenders", "identifiers", "rings")
SHARES = ("own_share", "same_share", "equal_share", "rate", "smoothed", "agreement", "ring_score")
"""Measures that lie between 0 and 1."""


def known_of(registry: Registry, catalogues: Catalogues, sql: Sql) -> Known:
    """What a policy may name; champions of another catalogue could not be loaded, and are none. Raises as `Registry.find`."""
    catalogue = catalogues.whole
    own = {variant.name for _, variant in plan_of(catalogue).own}
    found = {name: registry.find(name)[:2] for name in registry.champions()}
    places = {name: place for name, (card, place) in found.items() if card.catalogue in catalogues.versions}
    cards = {name: found[name][0] for name in places}
    return Known(
        features={variant.name: _span(variant.of.measure, variant.of.unit) for variant in catalogue.variants},
        models={name: card.kind == AMOUNT for name, card in cards.items()},
        own={name: _speaks_alone(card, places[name], own) for name, card in cards.items()},
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
    silent = [name for name in (policy.decides, policy.attributes) if name and name not in known.adverse]
    declines = [key for key in ("otherwise", "fallback") if getattr(policy, key) is Outcome.DECLINE]
    if declines and silent:
        raise UsageError(
            "policy.code",
            f"`{declines[0]}` declines, and applicants would be told what speaks for them by {silent[0]}; decline by a rule with a `code`.",
        )


def _by_the_model(rule: Rule, policy: Policy, known: Known) -> bool:
    """Whether in each way that a rule can hold the model whose reasons are told sees a high risk, so that what weighs there is why it
    holds."""
    found = ways(rule.condition, bounds_of(policy, known), f"rule '{rule.name}'")
    return all(any(_is_risk(atom, way, policy, known) for atom in way.atoms) for way in found)


def _is_risk(atom: Atom, way: Way, policy: Policy, known: Known) -> bool:
    """Whether a comparison asks for a high risk, of the deciding model, or of the one that speaks in its place."""
    model, _, field = atom.name.partition(".")
    high = (field == "probability" and atom.how in (">", ">=")) or (
        field == "score" and atom.how in ("<", "<=")
    )
    told = [policy.decides]
    if policy.attributes is not None and (policy.attributes not in policy.models or _without_graph(way)):
        told.append(policy.attributes)
    return high and any(model == spoken(name) for name in told if name in known.adverse)


def _without_graph(way: Way) -> bool:
    span = way.box.get(f"degraded.{GRAPH}")
    return span is not None and span.only is not None and span.only <= {True}


def _speaks_alone(card: Card, place: Path, own: Collection[str]) -> bool:
    """Whether a model can speak without the graph; only of a scorecard its file has to be read."""
    if all(name in own for name in card.features):
        return True
    return card.kind == SCORECARD and knowing(load_model(place, card=card, whole=False)[0], own) is not None


def _adverse(card: Card) -> bool:
    found = targets().get(card.target)
    return found is not None and found.adverse and not found.amount


def _span(measure: str, unit: str) -> Span:
    if measure in SHARES or unit == "yes or no":
        return Span(0.0, 1.0)
    return Span(0.0) if unit in COUNTED else Span()
