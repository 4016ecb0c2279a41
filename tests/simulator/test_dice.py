from __future__ import annotations

import numpy as np
import pytest

from simulator.dice import Dice, Permutation

ROWS = np.arange(200_000)


def test_a_draw_depends_on_seed_name_and_keys_alone() -> None:
    whole = Dice(7).unit("colour", ROWS, 3)
    assert np.array_equal(whole[500:600], Dice(7).unit("colour", ROWS[500:600], 3))
    assert not np.array_equal(whole, Dice(8).unit("colour", ROWS, 3))
    assert not np.array_equal(whole, Dice(7).unit("size", ROWS, 3))
    assert not np.array_equal(whole, Dice(7).unit("colour", ROWS, 4))


def test_draws_are_spread_as_they_should_be() -> None:
    dice = Dice(1)
    counts = np.bincount(dice.pick("die", 6, ROWS), minlength=6)
    expected = len(ROWS) / 6
    assert ((counts - expected) ** 2 / expected).sum() < 20.5  # chi-squared, 5 degrees, one in a thousand
    normal = dice.normal("height", ROWS)
    assert abs(normal.mean()) < 0.01
    assert abs(normal.std() - 1) < 0.01
    assert abs(dice.exponential("wait", 3.0, ROWS).mean() - 3.0) < 0.03
    assert abs(np.corrcoef(dice.unit("a", ROWS), dice.unit("b", ROWS))[0, 1]) < 0.01


@pytest.mark.parametrize(("a", "b"), [(1, 1), (1, 7), (7, 1), (13, 40), (300, 300)])
def test_a_permutation_maps_one_to_one_and_back(a: int, b: int) -> None:
    shuffle = Permutation(Dice(3), "seats", a, b)
    values = np.arange(a * b)
    images = shuffle(values)
    assert np.array_equal(np.sort(images), values)
    assert np.array_equal(shuffle.inverse(images), values)
