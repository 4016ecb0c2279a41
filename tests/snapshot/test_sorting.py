"""Orders by counting are those that sorting gives."""

from __future__ import annotations

import numpy as np
import pytest

from snapshot.sorting import ascending, counted, least


@pytest.mark.parametrize("seed", range(5))
def test_counting_sorts_as_a_stable_sort_does(seed: int) -> None:
    dice = np.random.default_rng(seed)
    first, second = dice.integers(0, 7, 200), dice.integers(0, 50, 200)
    found = counted(counted(np.arange(200), first, 7), second, 50)
    assert found.tolist() == np.lexsort((first, second)).tolist()
    some = np.flatnonzero(first > 2)
    assert counted(some, second, 50).tolist() == some[np.argsort(second[some], kind="stable")].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_the_least_of_each_owner_is_found(seed: int) -> None:
    dice = np.random.default_rng(seed)
    owner, key = dice.integers(0, 30, 40), dice.integers(0, 99, 40)
    found = least(owner, key, 30, 100)
    assert found.tolist() == [min(key[owner == x], default=100) for x in range(30)]


def test_rows_in_order_are_told_from_others() -> None:
    one, other = np.array([1, 1, 2]), np.array([5, 5, 0])
    assert ascending(one, other)
    assert not ascending(other, one)
    assert not ascending(one, np.array([5, 4, 0]))
    assert ascending(np.array([], dtype=np.int64))
