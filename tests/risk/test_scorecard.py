"""What a scorecard makes of bins of few rows, and of features that nobody computed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from risk.combine import Combination, fit_combination
from risk.encoding import Encoding
from risk.model import Model
from risk.parts import SCORECARD
from risk.scorecard import FACTOR, PDO, Scorecard, _told, fit_scorecard

NAMES = ("known", "rare", "other")


def column(bins: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Values and labels of bins of so many good and bad rows; the last bin is of what is missing."""
    values = [math.nan if place == len(bins) - 1 else float(place) for place in range(len(bins))]
    made = [
        (value, label)
        for value, counts in zip(values, bins, strict=True)
        for label, count in enumerate(counts)
        for _ in range(count)
    ]
    return np.array([value for value, _ in made]), np.array([float(label) for _, label in made])


@pytest.mark.parametrize(
    ("bin_", "least", "most"),
    [
        ((0, 0), 0.0, 0.0),
        ((1, 0), 0.0, 0.05),
        ((5, 0), 0.0, 0.15),
        ((0, 1), -0.7, -0.6),
        ((49, 1), -0.02, 0.02),
    ],
)
def test_a_bin_of_few_rows_says_little(bin_: tuple[int, int], least: float, most: float) -> None:
    values, label = column([(5_000, 60), (4_800, 140), bin_])
    woe = _told(values, label, (0.5,))[0]
    assert least <= woe[-1] <= most
    assert woe[0] > 0.5 and woe[1] < -0.2, "bins of many say what they did"


@given(st.integers(1, 400), st.sampled_from([0.02, 0.1, 0.5, 0.9]))
def test_a_bin_that_is_like_all_says_nothing_however_few_it_holds(rows: int, rate: float) -> None:
    bad = round(rows * 50 * rate)
    values, label = column([(rows * 50 - bad, bad), (2 * (rows * 50 - bad), 2 * bad), (rows * 50 - bad, bad)])
    assert np.abs(_told(values, label, (0.5,))[0]).max() < 1e-9


@pytest.fixture(scope="module", params=[True, False], ids=["bad", "good"])
def card(request: pytest.FixtureRequest) -> tuple[Scorecard, np.ndarray]:
    dice = np.random.default_rng(5)
    values = dice.normal(size=(4_000, 3))
    label = (dice.random(4_000) < expit(values @ [1.0, 0.8, -0.6] - 1.5)).astype(float)
    values[dice.random(4_000) < 0.1, 1] = np.nan
    made = fit_scorecard(values, label, Encoding(NAMES, {}), NAMES, adverse=request.param)
    assert {row.feature for row in made.rows} == set(NAMES)
    return made, values


def test_rows_of_what_nobody_computed_say_nothing_and_the_rest_adds_up(
    card: tuple[Scorecard, np.ndarray],
) -> None:
    whole, values = card
    some = whole.without({"rare"})
    unseen = values.copy()
    unseen[:, 1] = np.nan
    assert np.array_equal(some.points(values), some.points(unseen))
    assert np.array_equal(some.chance(values), some.chance(unseen))
    assert not some.contributions(values)[:, 1].any()
    others = [0, 2]
    assert np.array_equal(some.contributions(values)[:, others], whole.contributions(values)[:, others])
    sign = 1 if whole.points(values).sum(axis=1)[whole.chance(values).argmax()] > 500 else -1
    odds = sign * np.log(some.chance(values) / (1 - some.chance(values)))
    told = some.points(values).sum(axis=1)
    assert np.abs(told - (600 - FACTOR * np.log(20) + FACTOR * odds)).max() <= len(NAMES) / 2 + 1e-6
    assert pytest.approx(40.0) == PDO


def test_a_model_speaks_where_some_features_are_known_only_if_it_has_something_to_say(
    card: tuple[Scorecard, np.ndarray],
) -> None:
    whole, values = card
    model = Model(Encoding(NAMES, {}), {SCORECARD: whole}, Combination((SCORECARD,), (1.0,), 0.0))
    assert model.knowing(NAMES) is model
    assert model.knowing(()) is None and model.knowing(("nobody",)) is None
    some = model.knowing(("known", "other"))
    assert some is not None
    rare = [row.feature for row in whole.rows].index("rare")
    nobody = some.scorecard.points(np.full((1, 3), np.nan))
    assert nobody[0, rare] == some.scorecard.points(values)[0, rare]
    others = Model(
        model.encoding, {SCORECARD: whole, "boosting": whole}, Combination(("boosting",), (1.0,), 0.0)
    )
    assert others.knowing(("known",)) is None, "trees cannot leave out what they read"


def test_the_only_part_is_never_turned_round() -> None:
    dice = np.random.default_rng(1)
    odds = dice.normal(size=5_000)
    label = (dice.random(5_000) < expit(-odds - 1)).astype(float)
    made = fit_combination({"scorecard": expit(odds)}, ("scorecard",), label)
    assert made.weights == (0.0,)
    assert made.chance({"scorecard": expit(odds)}) == pytest.approx(label.mean(), abs=0.001)
    both = fit_combination({"a": expit(odds), "b": expit(odds)}, ("a", "b"), label)
    assert both.weights == (0.0,)
