"""The control: links dealt out anew, as many each, and people with their own history."""

from __future__ import annotations

import numpy as np
import pytest

from features import house_catalogue, with_carried
from features.plan import USER
from features.shuffle import unlinked
from snapshot.columns import Columns
from tests.features.worlds import columns, random_world


@pytest.fixture(scope="module")
def world() -> Columns:
    return with_carried(columns(random_world(12, 200)), house_catalogue())


def test_every_identifier_has_as_many_links_of_others(world: Columns) -> None:
    dealt = unlinked(world, 1)
    moved = 0
    for label, relation in world.relations.items():
        other = dealt.relations[label]
        counts, others = (np.sort(np.diff(one.start)) for one in (relation, other))
        assert counts.tolist() == others.tolist()
        same = sorted(
            zip(relation.target, np.repeat(relation.code, np.diff(relation.start)), strict=True)
        ) == sorted(zip(other.target, np.repeat(other.code, np.diff(other.start)), strict=True))
        assert same or label != USER
        moved += not same
    assert moved


def test_nothing_of_the_rings_or_of_what_was_carried_is_left(world: Columns) -> None:
    dealt = unlinked(world, 1)
    assert dealt.memberships is None
    assert dealt.carried is None
    assert dealt.known_at.tolist() == world.known_at.tolist()
    assert np.array_equal(dealt.outcomes.value, world.outcomes.value)


def test_the_same_seed_deals_the_same(world: Columns) -> None:
    one, two, other = (unlinked(world, seed) for seed in (1, 1, 2))
    assert one.relations["Device"].target.tolist() == two.relations["Device"].target.tolist()
    assert one.relations["Device"].target.tolist() != other.relations["Device"].target.tolist()
