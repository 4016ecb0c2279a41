"""The language of conditions: what it says, what it refuses, and that a condition and its opposite never both hold."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from core.errors import UsageError
from policy.condition import Facts, read_condition
from policy.region import Span, covering, ways

FACTS: Facts = {"fraud.probability": 0.4, "feature.region": "44", "list.watched": True, "feature.gone": None}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("fraud.probability >= 0.4", True),
        ("0.4 < fraud.probability", False),
        ("0.2 <= fraud.probability < 0.5", True),
        ("not fraud.probability < 0.5", False),
        ('feature.region == "44" and list.watched', True),
        ('feature.region in ("11", "12")', False),
        ('feature.region not in ("11", "12")', True),
        ("feature.gone > 1 or feature.gone <= 1", False),
        ("not feature.gone > 1", True),
        ("known(feature.gone)", False),
        ("not known(feature.never_heard_of)", True),
        ("fraud.probability > -1", True),
        ("feature.region != 'x' and not list.trusted", True),
    ],
)
def test_a_condition_says_what_it_says(text: str, holds: bool) -> None:
    assert read_condition(text, "rule").holds(FACTS) is holds


@pytest.mark.parametrize(
    "text",
    [
        "fraud.probability >=", "1 < 2", "True", "fraud", "fraud.probability + 1 > 2", "open('x')", "a.b.c > 1",
        "__import__('os').system('x')", "feature.x > 'text'", "feature.x > feature.y", "known(1)", "feature.x in ()",
        "[x for x in y]", "feature.x is None", "lambda: 1", "(" * 300 + "feature.x > 1" + ")" * 300, "x" * 3_000,
    ],
)  # fmt: skip
def test_nothing_else_can_be_written(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_condition(text, "rule 'a'")
    assert refused.value.code == "policy.condition"
    assert "rule 'a'" in refused.value.message


def test_an_error_points_at_its_place() -> None:
    with pytest.raises(UsageError) as refused:
        read_condition("feature.x > 1 and feature.y + 1 > 2", "rule")
    line, caret, _ = refused.value.hints
    assert line[caret.index("^") :].startswith("feature.y + 1")


def _random_condition(dice: Random, depth: int = 3) -> str:
    if depth == 0 or dice.random() < 0.3:
        name = dice.choice(["feature.a", "feature.b", "feature.c"])
        return dice.choice(
            [f"{name} {how} {dice.randrange(4)}" for how in ("<", "<=", ">", ">=", "==", "!=")]
            + [f"known({name})"]
        )
    parts = [f"({_random_condition(dice, depth - 1)})" for _ in range(dice.randrange(1, 3))]
    joined = dice.choice([" and ", " or "]).join(parts)
    return f"not ({joined})" if dice.random() < 0.3 else joined


VALUES = [None, *(x / 2 for x in range(-1, 9))]
POINTS = [
    {f"feature.{n}": v for n, v in zip("abc", some, strict=True)}
    for some in itertools.product(VALUES, repeat=3)
]


@pytest.mark.parametrize("seed", range(60))
def test_boxes_are_where_the_condition_holds(seed: int) -> None:
    dice = Random(seed)
    text, other = _random_condition(dice), _random_condition(dice)
    one, two = read_condition(text, "one"), read_condition(other, "two")
    opposite = read_condition(f"not ({text})", "opposite")
    held, wider = ways(one, {}, "one"), ways(two, {}, "two")
    for facts in POINTS:
        assert one.holds(facts) != opposite.holds(facts)
        assert one.holds(facts) == any(
            all(_has(span, facts[name]) for name, span in way.box.items()) for way in held
        )
    covered = covering(held, list(enumerate(wider)), {}) is not None
    assert covered == all(two.holds(facts) for facts in POINTS if one.holds(facts))


def _has(span: Span, value: object) -> bool:
    if value is None:
        return span.missing
    assert isinstance(value, float)
    low = value > span.low or (value == span.low and not span.low_open)
    high = value < span.high or (value == span.high and not span.high_open)
    return span.known and low and high and value not in span.never
