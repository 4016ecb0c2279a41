"""Policies that contradict, never fire, or read what nobody knows are refused; the first rule that holds decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.errors import UsageError
from policy import Known, Outcome, check_policy, decide, read_policy
from policy.decide import FALLBACK, OTHERWISE, Tripped
from policy.region import Span

KNOWN = Known(
    features={
        "shared": Span(0.0),
        "share": Span(0.0, 1.0),
        "region": Span(),
    },
    models={"fraud": False, "amount": True, "fraud-lotus": False, "ability": False},
    own={"ability": True, "fraud": False},
    lists=("watched", "trusted"),
    words=("region",),
)
HEAD = """
name = "house"
version = 1
models = ["fraud", "amount"]
decides = "fraud"
otherwise = "approve"
"""


def policy(*rules: tuple[str, str, str], head: str = HEAD) -> Any:
    written = [
        f'[[rule]]\nname = "{name}"\nwhen = \'{when}\'\nthen = "{then}"\n' for name, when, then in rules
    ]
    return read_policy(head + "\n".join(written))


def refused(*rules: tuple[str, str, str], head: str = HEAD) -> str:
    with pytest.raises(UsageError) as error:
        check_policy(policy(*rules, head=head), KNOWN)
    return error.value.code


def test_a_policy_that_means_something_passes() -> None:
    check_policy(
        policy(
            ("trusted", "list.trusted", "approve"),
            ("sure", "fraud.probability >= 0.6", "decline"),
            ("likely", "fraud.probability >= 0.3", "review"),
            ("shared", "feature.shared > 2 and not known(amount.median)", "review"),
            ("south", 'feature.region in ("44", "45") and feature.share > 0.5', "review"),
        ),
        KNOWN,
    )


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ([("a", "feature.nobody > 1", "review")], "policy.unknown"),
        ([("a", "overdue.probability > 0.1", "review")], "policy.unknown"),
        ([("a", "list.unheard", "review")], "policy.unknown"),
        ([("a", "amount.probability > 0.1", "review")], "policy.unknown"),
        ([("a", 'fraud.probability == "high"', "review")], "policy.kind"),
        ([("a", "feature.region > 3", "review")], "policy.kind"),
        ([("a", "list.watched > 3", "review")], "policy.kind"),
        ([("a", "fraud.probability > 0.5 and fraud.probability < 0.2", "review")], "policy.never_fires"),
        ([("a", "fraud.probability > 1", "review")], "policy.never_fires"),
        ([("a", "feature.shared < 0", "review")], "policy.never_fires"),
        (
            [("a", "fraud.probability > 0.2", "decline"), ("b", "fraud.probability > 0.5", "decline")],
            "policy.never_fires",
        ),
        (
            [("a", "fraud.probability > 0.2", "review"), ("b", "fraud.probability > 0.5", "decline")],
            "policy.contradiction",
        ),
        (
            [("a", "feature.shared > 1", "review"), ("b", "feature.shared >= 2 and list.watched", "decline")],
            "policy.contradiction",
        ),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(rules: list[tuple[str, str, str]], code: str) -> None:
    assert refused(*rules) == code


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("nonsense", "policy.toml"),
        (HEAD + "more = 1\n", "policy.field"),
        (HEAD.replace('otherwise = "approve"', 'otherwise = "maybe"'), "policy.field"),
        (HEAD.replace('decides = "fraud"', 'decides = "overdue"'), "policy.field"),
        (HEAD.replace('"amount"', '"nobody"'), "policy.unknown"),
        (HEAD + 'attributes = "fraud"\n', "policy.attributes"),
        (HEAD.replace("version = 1", 'version = "1"'), "policy.field"),
    ],
)
def test_a_file_that_is_no_policy_is_refused(head: str, code: str) -> None:
    assert refused(head=head) == code


def test_two_rules_of_one_name_are_refused() -> None:
    assert refused(("a", "list.watched", "review"), ("a", "list.trusted", "approve")) == "policy.field"


def test_the_first_rule_that_holds_decides_and_without_any_the_rest() -> None:
    one = policy(
        ("sure", "fraud.probability >= 0.6", "decline"), ("likely", "fraud.probability >= 0.3", "review")
    )
    assert decide(one, {"fraud.probability": 0.7}).rule == "sure"
    told = decide(one, {"fraud.probability": 0.4})
    assert (told.outcome, told.rule, told.read) == (Outcome.REVIEW, "likely", {"fraud.probability": 0.4})
    assert decide(one, {"fraud.probability": 0.1}).rule == OTHERWISE
    silent = decide(one, {"feature.shared": 3.0})
    assert (silent.outcome, silent.rule) == (Outcome.REVIEW, FALLBACK)


def test_a_breaker_holds_declines_back() -> None:
    one = policy(("ring", "feature.shared > 3", "decline"), ("sure", "fraud.probability >= 0.6", "decline"))
    facts = {"fraud.probability": 0.7, "feature.shared": 9.0}
    rings = frozenset({"shared"})
    assert decide(one, facts, ring_features=rings).outcome is Outcome.DECLINE
    held = decide(one, facts, tripped=Tripped(rings=True), ring_features=rings)
    assert (held.outcome, held.rule, held.held_back) == (Outcome.REVIEW, "ring", True)
    sure = decide(one, {"fraud.probability": 0.7}, tripped=Tripped(rings=True), ring_features=rings)
    assert sure.outcome is Outcome.DECLINE
    assert decide(one, facts, tripped=Tripped(declines=True)).outcome is Outcome.REVIEW


@pytest.mark.parametrize(("facts", "name"), [({"fraud.probability": 0.1}, OTHERWISE), ({}, FALLBACK)])
def test_a_breaker_holds_back_what_declines_without_a_rule(facts: dict[str, float], name: str) -> None:
    strict = HEAD.replace('otherwise = "approve"', 'otherwise = "decline"\nfallback = "decline"')
    one = policy(("sure", "fraud.probability >= 0.6", "decline"), head=strict)
    assert decide(one, facts).outcome is Outcome.DECLINE
    held = decide(one, facts, tripped=Tripped(declines=True))
    assert (held.outcome, held.rule, held.held_back) == (Outcome.REVIEW, name, True)


def test_two_models_that_rules_could_not_tell_apart_are_refused() -> None:
    known = replace(KNOWN, models={**KNOWN.models, "fraud_lotus": False})
    one = policy(head=HEAD.replace('"amount"]', '"fraud-lotus", "fraud_lotus"]'))
    with pytest.raises(UsageError, match="one word"):
        check_policy(one, known)
