"""Labels that were not known at the training point never enter: held against computations that let them in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.clock import DAY
from features import house_catalogue, with_carried
from features.dataset import HEAD, Wanted, labels, training_table
from snapshot.columns import NEVER, Columns
from tests.features.worlds import columns, random_world

WANTED = Wanted("fraud", 0, 200 * DAY, maturity=10 * DAY, known_until=110 * DAY)
MUTANTS = {
    "labels are read after they matured": replace(WANTED, maturity=60 * DAY),
    "labels of after the training point are read": replace(WANTED, known_until=NEVER),
    "every label is read": replace(WANTED, maturity=1_000 * DAY, known_until=NEVER),
}


@pytest.fixture(scope="module")
def world() -> Columns:
    return with_carried(columns(random_world(11, 200)), house_catalogue())


def turned(whole: Columns) -> Columns:
    """Every outcome that was not known in time, or not by the training point, turned round."""
    known = whole.outcomes
    owner = np.repeat(np.arange(whole.size), np.diff(known.start))
    late = known.known_at - whole.known_at[owner] > WANTED.maturity
    late |= known.known_at >= WANTED.known_until
    return replace(whole, outcomes=replace(known, value=np.where(late, 1 - known.value, known.value)))


def test_what_became_known_later_changes_no_row_of_a_training_table(world: Columns) -> None:
    house = house_catalogue()
    one, two = (training_table(world, house, WANTED), training_table(turned(world), house, WANTED))
    assert one.select(HEAD).equals(two.select(HEAD))


@pytest.mark.parametrize("name", MUTANTS)
def test_a_computation_that_lets_them_in_is_caught(world: Columns, name: str) -> None:
    at = np.flatnonzero(~world.event)
    honest, mutant = (
        [labels(facts, wanted, at).value for facts in (world, turned(world))]
        for wanted in (WANTED, MUTANTS[name])
    )
    assert np.array_equal(*honest, equal_nan=True)
    assert not np.array_equal(*mutant, equal_nan=True)
