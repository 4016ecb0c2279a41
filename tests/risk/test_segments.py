"""Groups that a model is held against: whom it flags, catches and wrongs, on a table whose answer is counted by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from risk.segments import BUDGET, STRICT, fairness, features_read, segments, slices


def frame(size: int = 1_000) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Men and women in turn; the worst 300 probabilities are men's, and half of these are bad."""
    place = np.arange(size)
    men = place % 2 == 0
    chance = np.where(men & (place < 600), 0.9, 0.1) - place * 1e-6
    label = (chance > 0.5) & (place % 4 == 0)
    table = pl.DataFrame({"person_sex": np.where(men, "m", "f"), "id_age": np.where(place < 500, 24, 40)})
    return table, chance, label.astype(np.float64)


def test_a_group_is_told_by_whom_of_it_is_flagged() -> None:
    table, chance, label = frame()
    told = {(one.segment, one.group): one for one in fairness(table, chance, label)}
    men, women = told["sex", "m"], told["sex", "f"]
    assert (men.rows, women.rows) == (500, 500)
    assert men.flagged == pytest.approx(2 * BUDGET, rel=0.05)
    assert women.flagged == 0
    assert men.caught == pytest.approx(BUDGET * 1_000 / 2 / label.sum(), rel=0.1)
    assert women.impact == 1
    assert men.impact == pytest.approx(1 - 2 * STRICT)
    assert men.rate == pytest.approx(label.mean() * 2)
    assert ("age", "-inf to below 25") in told
    assert ("channel", "app") not in told


def test_where_a_high_probability_is_good_the_lowest_are_flagged() -> None:
    table, _, label = frame()
    chance = np.where(np.arange(1_000) % 2 == 0, 0.9, 0.1)
    told = {(one.segment, one.group): one for one in fairness(table, chance, label, adverse=False)}
    assert told["sex", "f"].impact < told["sex", "m"].impact == 1


def test_equal_scores_flag_no_more_than_the_budget() -> None:
    table, _, label = frame()
    told = [one for one in fairness(table, np.full(1_000, 0.3), label) if one.segment == "sex"]
    assert sum(one.flagged * one.rows for one in told) == pytest.approx(BUDGET * 1_000)


def test_small_groups_and_unknown_words_are_left_out() -> None:
    table, chance, label = frame()
    rare = table.with_columns(
        person_sex=pl.when(pl.int_range(pl.len()) < 20).then(pl.lit("x")).otherwise(None)
    )
    assert not [one for one in fairness(rare, chance, label) if one.segment == "sex"]


def test_slices_tell_the_connected_from_the_isolated() -> None:
    table = pl.DataFrame(
        {
            "device_other_users_all": [0.0, 2.0, None],
            "device_first_sight": [1.0, 0.0, 0.0],
            "category_lender": ["a", "b", None],
        }
    )
    told = {name: mask.tolist() for name, mask in slices(table)}
    assert told["connected: shares something with another user"] == [False, True, False]
    assert told["isolated"] == [True, False, True]
    assert told["new identifiers: device, number or card never seen before"] == [True, False, False]
    assert told["lender a"] == [True, False, False]


def test_what_slices_read_is_in_the_catalogue() -> None:
    from features import house_catalogue

    names = {variant.name for variant in house_catalogue().variants}
    assert set(features_read()) <= names
    assert {one.feature for one in segments()} <= names
