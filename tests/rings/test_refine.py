"""What hangs together in one large group falls into the groups that people planted in it."""

from __future__ import annotations

import random

import networkit as nk
import numpy as np
import polars as pl
import pytest
from ring_worlds import World, facts_of

from core.clock import DAY, MINUTE
from graph_schema import FINGRAPH
from rings.candidates import LARGEST
from rings.choose import Finder
from rings.components import LEVELS, groups, in_columns
from rings.refine import refined

PLANTED = 160


def chained(random_: random.Random) -> tuple[World, list[set[str]]]:
    """A world in which groups that share three devices each are joined by a device of two users; the groups' keys."""
    world, planted = World(), []
    users: list[list[str]] = []
    for group in range(PLANTED):
        users.append([f"s:u{group}-{i}" for i in range(random_.randint(8, 20))])
        planted.append(set())
        for turn in range(3):
            start = (3 * group + turn) * DAY
            for i, user in enumerate(random_.sample(users[-1], len(users[-1]))):
                key = f"s:{group:03}-{turn}-{i:02}"
                world.apply(key, user, start + i * MINUTE, Device=f"d{group}-{turn}")
                planted[-1].add(key)
    for group in range(1, PLANTED):
        ends = random_.choice(users[random_.randrange(group)]), random_.choice(users[group])
        for i, user in enumerate(ends):
            at = (3 * PLANTED + group) * DAY + i * MINUTE
            world.apply(f"s:bridge{group:03}-{i}", user, at, Device=f"bridge{group}")
    return world, planted


def keys_of(finder: Finder) -> list[set[str]]:
    """The applications of each ring."""
    applied = finder.users.targets.filter("application").join(finder.rings(), on="who")
    return [set(rows["key"]) for _, rows in applied.group_by("group", maintain_order=True)]


def test_planted_groups_come_out_of_one_large_chain_and_no_ring_is_a_blob() -> None:
    world, planted = chained(random.Random(1))
    finder = Finder(FINGRAPH, facts_of(world))
    tied = finder.bonds.filter(pl.col("strength") >= LEVELS[-1])
    assert (groups(finder.number, tied) == 0).all(), "all hang together at the tightest level"
    rings = keys_of(finder)
    assert max(map(len, rings)) <= LARGEST
    best = [max(len(group & ring) / len(group | ring) for ring in rings) for group in planted]
    assert sum(one >= 0.8 for one in best) >= 0.95 * PLANTED


@pytest.fixture
def threads() -> object:
    """The number of threads that others have set is theirs."""
    before = nk.getMaxNumberOfThreads()
    yield
    nk.setNumberOfThreads(before)


@pytest.mark.usefixtures("threads")
def test_another_order_or_number_of_threads_gives_the_same_communities() -> None:
    world, _ = chained(random.Random(2))
    found = []
    for number in (1, 2, 8):
        nk.setNumberOfThreads(number)
        found.append(keys_of(Finder(FINGRAPH, facts_of(world, random.Random(number)))))
        assert nk.getMaxNumberOfThreads() == number
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("seed", range(10))
def test_communities_lie_inside_their_group_hang_together_and_are_small_enough(seed: int) -> None:
    random_ = np.random.default_rng(seed)
    number, largest = 300, int(random_.integers(2, 40))
    ends = random_.integers(0, number, (int(random_.integers(200, 900)), 2))
    pairs = (
        pl.DataFrame({"a": ends.min(axis=1), "b": ends.max(axis=1), "strength": 1_000})
        .filter(pl.col("a") < pl.col("b"))
        .unique()
    )
    made = random_.integers(0, 5, number)
    made[0] = 2 * largest
    users = pl.DataFrame({"who": np.arange(number), "applications": made})
    whole = in_columns(pl.Series(range(number)), pairs)[-1]
    parts = refined(users, pairs, whole, largest)
    assert (whole[parts] == whole).all()
    inside = pairs.filter(pl.Series(parts[pairs["a"].to_numpy()] == parts[pairs["b"].to_numpy()]))
    assert (groups(number, inside) == parts).all(), "each hangs together, by the name of its smallest user"
    for group in np.unique(whole):
        small = made[whole == group].sum() <= largest
        for part in np.unique(parts[whole == group]):
            members = np.flatnonzero(parts == part)
            assert made[members].sum() <= largest or len(members) == 1
            assert not small or part == group, "what is small enough is not split"
