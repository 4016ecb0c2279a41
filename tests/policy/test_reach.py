"""Every rule of a policy that passes can decide, and one that several earlier ones leave nothing to is refused by their names."""

from __future__ import annotations

import itertools
import time
from random import Random
from typing import Any

import pytest

from core.errors import UsageError
from policy import Known, check_policy, decide, read_policy
from policy.condition import Value
from policy.region import MOST_BOXES, Span

KNOWN = Known(
    features={"shared": Span(0.0), "share": Span(0.0, 1.0), "region": Span()},
    models={"fraud": False},
    own={},
    lists=("watched", "trusted"),
    words=("region",),
)
HEAD = 'name = "house"\nversion = 1\nmodels = ["fraud"]\ndecides = "fraud"\notherwise = "approve"\n'
OUTCOMES = ("decline", "review", "approve")
SCORED = ("fraud.probability >= 0.6", "fraud.probability >= 0.3", "fraud.probability < 0.3")


def policy(whens: tuple[str, ...], outcomes: tuple[str, ...] = OUTCOMES) -> Any:
    """Rules a, b, c, … of some conditions, which decline, review, approve, decline, …"""
    return read_policy(
        HEAD
        + "".join(
            f'[[rule]]\nname = "{name}"\nwhen = \'{when}\'\nthen = "{outcome}"\n'
            for name, when, outcome in zip("abcdefgh", whens, itertools.cycle(outcomes), strict=False)
        )
    )


def told(whens: tuple[str, ...], outcomes: tuple[str, ...] = OUTCOMES) -> tuple[str, str]:
    """Code and message of the refusal; two empty texts: none."""
    try:
        check_policy(policy(whens, outcomes), KNOWN)
    except UsageError as error:
        return error.code, error.message
    return "", ""


@pytest.mark.parametrize(
    "last",
    [
        "fraud.probability >= 0.1 and list.watched",
        "known(fraud.probability)",
        "fraud.probability < 0.4",
        "fraud.probability in (0.2, 0.3)",
        "fraud.probability != 0.3",
        "fraud.probability < 0.1 or fraud.probability > 0.9",
        "not fraud.probability < 0.2 and known(fraud.probability)",
    ],
)
def test_a_rule_that_several_leave_nothing_to_is_refused(last: str) -> None:
    code, message = told((*SCORED, last))
    assert code == "policy.never_fires"
    assert message.startswith("Rule 'd' never decides: rules ")


def test_a_refusal_names_the_rules_that_cover_and_no_others() -> None:
    _, message = told(("list.trusted", *SCORED, "0.2 < fraud.probability < 0.5"))
    assert "rules 'c' (approve) and 'd' (decline) before" in message
    apart = ("fraud.probability >= 0.6", "0.3 <= fraud.probability < 0.6", "fraud.probability < 0.3")
    _, message = told(("list.trusted", *apart, "known(fraud.probability)"))
    assert "rules 'b' (review), 'c' (approve) and 'd' (decline) before" in message


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [(("decline",), "policy.never_fires"), (("review", "decline"), "policy.contradiction")],
)
@pytest.mark.parametrize(
    "first", ["fraud.probability < 0.3 or fraud.probability >= 0.3", "known(fraud.probability)"]
)
def test_alternatives_of_one_rule_cover_together(first: str, outcomes: tuple[str, ...], code: str) -> None:
    found, message = told((first, "fraud.probability > 0.1 and list.watched"), outcomes)
    assert found == code
    assert "'a'" in message
    assert "'b'" in message


@pytest.mark.parametrize(
    "whens",
    [
        ("feature.share <= 1", "known(feature.share)"),
        ("feature.share >= 0 or not known(feature.share)", "list.watched"),
        ("feature.share >= 0.5", "feature.share < 0.5", "not known(feature.share)", "list.watched"),
        ("list.watched", "not list.watched", "fraud.probability > 0.1"),
        ("degraded.graph", "degraded.graph == False", "fraud.probability > 0.1"),
        ('feature.region == "44"', 'feature.region != "44"', "known(feature.region)"),
        ('feature.region == "44"', 'feature.region == "45"', 'feature.region in ("44", "45")'),
        ('feature.region not in ("44", "45")', 'feature.region == "44"', 'feature.region != "45"'),
        ("feature.shared > 0", "feature.shared == 0", "feature.shared < 9"),
        ("feature.shared != 2", "feature.shared == 2", "list.watched and feature.shared > 1"),
        ("list.watched and feature.shared > 1", "not list.watched and feature.shared > 2", "feature.shared >= 3"),
    ],
)  # fmt: skip
def test_bounds_truths_and_texts_are_covered_whole(whens: tuple[str, ...]) -> None:
    assert told(whens)[0] in {"policy.never_fires", "policy.contradiction"}


@pytest.mark.parametrize(
    "whens",
    [
        (*SCORED, "list.watched"),
        (*SCORED, "not known(fraud.probability)"),
        (*SCORED, "not fraud.probability < 0.2"),
        (*SCORED, "fraud.probability >= 0.1 or feature.share > 0.5"),
        (*SCORED, "fraud.score > 1"),
        ("fraud.probability < 0.3 or fraud.probability >= 0.3", "list.watched"),
        ("fraud.probability < 0.3", "fraud.probability > 0.3", "known(fraud.probability)"),
        ("fraud.probability <= 0.3", "fraud.probability > 0.4", "fraud.probability > 0.2"),
        ("fraud.probability < 1", "fraud.probability > 0.9"),
        ("feature.share > 0", "feature.share >= 0"),
        ("feature.share <= 1", "list.watched"),
        ("feature.shared <= 1", "feature.shared > 0"),
        ("list.watched", "list.trusted", "fraud.probability > 0.1"),
        ("list.watched and fraud.probability > 0.5", "not list.watched and fraud.probability > 0.6", "fraud.probability > 0.5"),
        ('feature.region == "44"', 'feature.region == "45"', "known(feature.region)"),
        ('feature.region == "44"', 'feature.region != "44"', "list.watched"),
        ('feature.region == "44"', 'feature.region not in ("44", "45")', 'feature.region != "44"'),
        ('feature.region == "44"', 'feature.region != "44" and feature.region != "45"', 'feature.region != "44"'),
    ],
)  # fmt: skip
def test_a_rule_that_is_left_a_little_passes(whens: tuple[str, ...]) -> None:
    assert told(whens) == ("", "")


GRID: dict[str, list[Value]] = {
    "fraud.probability": [None, 0.0, 0.1, 0.3, 0.5, 0.6, 0.9, 1.0],
    "feature.shared": [None, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0],
    "feature.region": [None, "44", "45", "other"],
    "list.watched": [True, False],
}
POINTS = [dict(zip(GRID, point, strict=True)) for point in itertools.product(*GRID.values())]
"""Every way in which the random conditions below can tell facts apart."""
COMPARED = {"fraud.probability": (0, 0.3, 0.6, 1), "feature.shared": (0, 1, 2)}


def _random_atom(dice: Random) -> str:
    name = dice.choice(list(GRID))
    if name == "list.watched":
        return dice.choice([name, f"not {name}"])
    if dice.random() < 0.2:
        return dice.choice([f"known({name})", f"not known({name})"])
    if name == "feature.region":
        return dice.choice([f'{name} {how} "{word}"' for how in ("==", "!=") for word in ("44", "45")])
    return f"{name} {dice.choice(['<', '<=', '>', '>=', '==', '!='])} {dice.choice(COMPARED[name])}"


def _random_condition(dice: Random) -> str:
    parts = [_random_atom(dice) for _ in range(dice.choice([1, 1, 2, 3]))]
    joined = dice.choice([" and ", " or "]).join(parts)
    return f"not ({joined})" if dice.random() < 0.2 else joined


@pytest.mark.parametrize("seed", range(200))
def test_refused_is_the_first_rule_that_decides_nothing_and_no_other(seed: int) -> None:
    dice = Random(seed)
    whens = tuple(_random_condition(dice) for _ in range(dice.randrange(2, 8)))
    one = policy(whens)
    deciding = {decide(one, facts).rule for facts in POINTS}
    idle = next((place for place, rule in enumerate(one.rules) if rule.name not in deciding), None)
    code, message = told(whens)
    if idle is None:
        assert (code, message) == ("", "")
        return
    assert code in {"policy.never_fires", "policy.contradiction"}
    assert f"'{one.rules[idle].name}'" in message
    named = [rule for rule in one.rules[:idle] if f"'{rule.name}'" in message]
    assert not any(
        one.rules[idle].holds(facts) and not any(rule.holds(facts) for rule in named) for facts in POINTS
    )


def _corners(names: int, more: tuple[str, ...] = ()) -> Any:
    """A rule for each eight of the corners of some names, others, and one that the first leave nothing to."""
    corners = [
        " and ".join(f"feature.f{i} {'>' if corner >> i & 1 else '<='} 4" for i in range(names))
        for corner in range(2**names)
    ]
    eights = [" or ".join(f"({one})" for one in corners[at : at + 8]) for at in range(0, len(corners), 8)]
    last = " and ".join(f"known(feature.f{i})" for i in range(names))
    return read_policy(
        HEAD
        + "".join(
            f'[[rule]]\nname = "r{i}"\nwhen = \'{when}\'\nthen = "review"\n'
            for i, when in enumerate([*eights, *more, last])
        )
    )


MANY = Known({f"f{i}": Span() for i in range(40)}, {"fraud": False}, {}, ())


def test_what_takes_too_many_pieces_to_tell_passes_and_soon() -> None:
    with pytest.raises(UsageError, match="'r8' never decides: rules 'r0'"):
        check_policy(_corners(6), MANY)
    dice = Random(0)
    more = tuple(
        " and ".join(f"feature.f{i} {dice.choice(['>', '<='])} {dice.randrange(9)}" for i in dice.sample(range(40), 3))
        for _ in range(135)
    )  # fmt: skip
    assert MOST_BOXES < 2**9
    start = time.process_time()
    check_policy(_corners(9, more), MANY)
    assert time.process_time() - start < 30
