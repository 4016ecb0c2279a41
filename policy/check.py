"""Whether a policy says what it means: every name is known and of its kind, every rule can decide, none contradicts."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.errors import UsageError
from policy.condition import Atom, names_of, spoken
from policy.model import Policy, Rule
from policy.region import Span, Way, covering, ways

OF_CHANCE = {"probability": Span(0.0, 1.0), "score": Span()}
OF_AMOUNT = {name: Span(0.0) for name in ("lower", "median", "upper")}
GRAPH, BEHIND, CARRIED, MODELS, FEATURES = "graph", "behind", "carried", "models", "features"
STEPS = (GRAPH, BEHIND, CARRIED, MODELS)
"""What may be missing when an application is judged: `degraded.STEP`. `BEHIND`: what was decided while the graph was away, and it has not
been told of yet. Where `FEATURES` that the policy reads are, no rule is heard."""
TRUTH = Span(only=frozenset({True, False}), missing=False)


@dataclass(frozen=True)
class Known:
    """What a policy may name."""

    features: Mapping[str, Span]
    models: Mapping[str, bool]
    """By name in the registry whether it says an amount."""
    own: Mapping[str, bool]
    """By name whether the model can speak without the graph."""
    lists: Collection[str]
    words: Collection[str] = ()
    """Features of texts."""
    adverse: Collection[str] = ()
    """Names of models of whether something bad happens: what speaks for it is what an applicant is told."""


def check_policy(policy: Policy, known: Known) -> None:
    """Raise `UsageError` where it cannot be meant: `policy.unknown` (a name), `policy.kind` (a text compared with a
    number), `policy.never_fires`, `policy.contradiction`, `policy.attributes`."""
    for name in policy.models:
        if name not in known.models:
            raise UsageError(
                "policy.unknown", f"There is no champion of {name}; promote one, or name another."
            )
    words = [spoken(name) for name in policy.asked]
    if len(set(words)) < len(words):
        raise UsageError(
            "policy.unknown", "Two models are one word to rules, which know - and _ alike; name one of them."
        )
    if policy.attributes is not None and not known.own.get(policy.attributes, False):
        raise UsageError(
            "policy.attributes",
            f"{policy.attributes} has no champion, or reads more than an application's own attributes and is no scorecard: it "
            "could not speak without the graph.",
        )
    bounds = bounds_of(policy, known)
    before: list[tuple[Rule, list[Way]]] = []
    for rule in policy.rules:
        for atom in names_of(rule.condition):
            _require_name(rule, atom, bounds)
            _require_kind(rule, atom, known.words)
        found = ways(rule.condition, bounds, f"rule '{rule.name}'")
        if not found:
            raise UsageError(
                "policy.never_fires", f"Rule '{rule.name}' can never hold; mend it or leave it out."
            )
        _require_reached(rule, found, before, bounds)
        before.append((rule, found))


def bounds_of(policy: Policy, known: Known) -> dict[str, Span]:
    """What every name that its rules may read may be."""
    found = {f"feature.{name}": span for name, span in known.features.items()}
    for model in policy.asked:
        fields = OF_AMOUNT if known.models[model] else OF_CHANCE
        found |= {f"{spoken(model)}.{name}": span for name, span in fields.items()}
    found |= {f"list.{name}": TRUTH for name in known.lists}
    return found | {f"degraded.{name}": TRUTH for name in STEPS}


def _require_name(rule: Rule, atom: Atom, bounds: Mapping[str, Span]) -> None:
    if atom.name in bounds:
        return
    first = atom.name.partition(".")[0]
    near = [name for name in bounds if name.partition(".")[0] == first]
    told = f"Known of {first}: {', '.join(near[:6])}{', …' if len(near) > 6 else ''}." if near else ""
    raise UsageError(
        "policy.unknown", f"Rule '{rule.name}' reads {atom.name}, which nothing knows. {told}".strip()
    )


def _require_kind(rule: Rule, atom: Atom, words: Collection[str]) -> None:
    if atom.value is None:
        return
    first, _, name = atom.name.partition(".")
    truth = first in ("list", "degraded")
    text = first == "feature" and name in words
    if isinstance(atom.value, bool) != truth or isinstance(atom.value, str) != text:
        kind = "true or false" if truth else "a text" if text else "a number"
        raise UsageError(
            "policy.kind", f"Rule '{rule.name}' compares {atom.name}, which is {kind}, with another kind."
        )
    if isinstance(atom.value, float) and not math.isfinite(atom.value):
        raise UsageError("policy.kind", f"Rule '{rule.name}' compares {atom.name} with no number.")


def _require_reached(
    rule: Rule, found: list[Way], before: list[tuple[Rule, list[Way]]], bounds: Mapping[str, Span]
) -> None:
    if _covering(found, before, bounds) is None:
        return
    for other, taken in before:
        if _covering(found, [(other, taken)], bounds) is None:
            continue
        if other.then is rule.then:
            raise UsageError(
                "policy.never_fires",
                f"Rule '{rule.name}' never decides: rule '{other.name}' before it holds wherever it does.",
            )
        raise UsageError(
            "policy.contradiction",
            f"Rules '{other.name}' ({other.then}) and '{rule.name}' ({rule.then}) contradict each other: the first holds "
            "wherever the second does. Put the narrower one first, or leave one out.",
        )
    names = [f"'{other.name}' ({other.then})" for other, _ in _needed(found, before, bounds)]
    raise UsageError(
        "policy.never_fires",
        f"Rule '{rule.name}' never decides: rules {', '.join(names[:-1])} and {names[-1]} before it hold, one or another, "
        "wherever it does. Put it before one of them, or leave it out.",
    )


def _needed(
    found: list[Way], before: list[tuple[Rule, list[Way]]], bounds: Mapping[str, Span]
) -> list[tuple[Rule, list[Way]]]:
    """Rules that cover another together, and none that they could do without."""
    needed = [before[number] for number in sorted(_covering(found, before, bounds) or ())]
    for one in needed.copy():
        fewer = [other for other in needed if other is not one]
        if _covering(found, fewer, bounds) is not None:
            needed = fewer
    return needed


def _covering(
    found: list[Way], rules: list[tuple[Rule, list[Way]]], bounds: Mapping[str, Span]
) -> set[int] | None:
    return covering(found, [(i, way) for i, (_, taken) in enumerate(rules) for way in taken], bounds)
