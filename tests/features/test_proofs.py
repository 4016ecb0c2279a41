"""No feature looks ahead, and a proof that could not see it would be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from features import Catalogue, Features, compute, house_catalogue, with_carried
from features.mutants import MUTANTS
from features.proofs import caught, chosen, differences, part, prove
from snapshot.columns import I64, Columns
from snapshot.log import before, columns_of, log_of
from tests.features.worlds import columns, random_world


@pytest.mark.parametrize("seed", range(20, 24))
def test_deleting_and_shuffling_what_comes_later_changes_no_bit(seed: int) -> None:
    catalogue = house_catalogue()
    whole = with_carried(columns(random_world(seed)), catalogue)
    assert not differences(whole, catalogue, chosen(whole, 30, seed), seed)


@pytest.mark.parametrize("mutant", MUTANTS, ids=[one.name for one in MUTANTS])
def test_a_computation_that_looks_ahead_is_caught(mutant: object) -> None:
    catalogue = house_catalogue()
    found = [
        caught(with_carried(columns(random_world(seed, 140)), catalogue), catalogue, mutant)  # type: ignore[arg-type]
        for seed in range(30, 33)
    ]
    assert True in found
    assert False not in found


def test_a_label_read_early_moves_nothing_that_was_known_before() -> None:
    """Else what lies in a window changes for another reason, and a proof on sparse data fails for nothing."""
    whole = columns(random_world(31, 140))
    mutant = next(one for one in MUTANTS if one.name == "a label one day early")
    for p in mutant.points(whole).tolist():
        changed = mutant.change(whole, p)
        assert changed is not None
        before_p = whole.outcomes.known_at < whole.known_at[p]
        assert np.array_equal(changed[1].outcomes.known_at[before_p], whole.outcomes.known_at[before_p])


def test_a_leak_in_the_computation_itself_is_a_difference() -> None:
    catalogue = house_catalogue()
    whole = with_carried(columns(random_world(5)), catalogue)

    def leaking(facts: Columns, named: Catalogue, at: I64) -> Features:
        told = compute(facts, named, at)
        told.values[0] += facts.size
        return told

    found = differences(whole, catalogue, chosen(whole, 10, 1), computed=leaking)
    assert {one.feature for one in found} == {catalogue.variants[0].name}


def test_a_log_gives_its_columns_back() -> None:
    whole = columns(random_world(3))
    again = columns_of(log_of(whole))
    for label, relation in whole.relations.items():
        assert np.array_equal(relation.place, again.relations[label].place)
        assert np.array_equal(relation.target, again.relations[label].target)
        assert np.array_equal(relation.own, again.relations[label].own)


def test_what_is_deleted_is_gone() -> None:
    whole = columns(random_world(3))
    left = before(whole, 30)
    assert left.size == 31
    assert all((one.place <= 30).all() for one in left.relations.values())


def test_a_certificate_says_what_was_proved() -> None:
    told = prove(columns(random_world(31, 140)), house_catalogue(), data="a random world", decisions=10)
    assert told.holds
    assert told.catalogue == house_catalogue().version
    assert sum(value is True for value in told.mutants.values()) >= 4
    assert not replace(told, mutants={"one second ahead": False}).holds


def test_a_part_of_large_columns_is_dense() -> None:
    whole = columns(random_world(3, 300))
    some = part(whole, 100)
    assert 100 <= some.size <= whole.size
