"""Bonds and candidates, against slow obvious versions on random worlds."""

from __future__ import annotations

import random
from collections import defaultdict

import networkx as nx
import polars as pl
import pytest
from ring_worlds import SCHEMA, World, expected_rings, facts_of, farm, random_world, slow_bonds

from core.clock import DAY, HOUR, MINUTE
from rings.bonds import JOINT, pair_strengths
from rings.choose import Finder
from rings.components import LEVELS
from rings.found import found_rings


def named(finder: Finder, who: int) -> str:
    return str(finder.users.names[who]).rstrip("\0").replace("\0", "?")


@pytest.mark.parametrize("seed", range(40))
def test_bonds_are_those_of_the_obvious_way(seed: int) -> None:
    random_ = random.Random(seed)
    world = random_world(random_)
    finder = Finder(SCHEMA, facts_of(world, random_))
    assert finder.bonds.filter(pl.col("type") == JOINT).is_empty()
    pairs = {}
    for a, b, strength in pair_strengths(finder.bonds).iter_rows():
        first, second = sorted((named(finder, a), named(finder, b)))
        pairs[first, second] = strength
    assert pairs == slow_bonds(world)


@pytest.mark.parametrize("seed", range(40))
def test_networkx_finds_the_same_candidates(seed: int) -> None:
    world = random_world(random.Random(seed))
    finder = Finder(SCHEMA, facts_of(world))
    found: dict[int, set[frozenset[str]]] = defaultdict(set)
    for (_, level), rows in finder.candidates().group_by("candidate", "level"):
        found[int(str(level))].add(frozenset(named(finder, who) for who in rows["who"]))
    made: dict[str, int] = defaultdict(int)
    for x in world.applications:
        made[x["user"] or "?" + x["key"]] += 1
    for level, least in enumerate(LEVELS):
        graph = nx.Graph(pair for pair, strength in slow_bonds(world).items() if strength >= least)
        wanted = {
            frozenset(group)
            for group in nx.connected_components(graph)
            if sum(made[user] for user in group) >= 3
            and sum(made[user] > 0 and not user.startswith("?") for user in group) >= 2
        }
        assert found[level] == wanted


@pytest.mark.parametrize("seed", range(10))
def test_another_order_of_the_same_facts_gives_the_same_rings(seed: int) -> None:
    world = random_world(random.Random(seed))
    rings = [found_rings(Finder(SCHEMA, facts_of(world, random.Random(n)))) for n in range(3)]
    assert rings[0] == rings[1] == rings[2]


@pytest.mark.parametrize("seed", range(10))
def test_what_comes_later_changes_no_bond_made_before(seed: int) -> None:
    world = random_world(random.Random(seed))
    dated = World(
        [x for x in world.applications if x["known_at"] is not None],
        [x for x in world.events if x["known_at"] is not None],
        [x for x in world.links if x["known_at"] is not None],
    )
    facts = facts_of(dated)
    point = 10 * DAY
    early, whole = Finder(SCHEMA, facts.before(point)), Finder(SCHEMA, facts)

    def bonds(finder: Finder) -> set[tuple[object, ...]]:
        rows = finder.bonds.filter(pl.col("known_at") < point)
        return {
            (
                *sorted((named(finder, row["a"]), named(finder, row["b"]))),
                row["type"],
                row["thing"],
                row["strength"],
            )
            for row in rows.iter_rows(named=True)
        }

    assert bonds(early) == bonds(whole)


def test_each_user_is_in_one_ring_at_most() -> None:
    for seed in range(20):
        rings = Finder(SCHEMA, facts_of(random_world(random.Random(seed)))).rings()
        assert rings["who"].is_unique().all()
        assert rings.filter(pl.col("who").min().over("group") != pl.col("group")).is_empty()


def test_a_farm_that_outgrew_the_limit_keeps_the_ring_it_had_and_a_hub_takes_no_more() -> None:
    assert expected_rings(farm(3)).keys() == expected_rings(farm(40)).keys()


def pair(role: str, gap: int) -> float:
    """What ties two users who gave one phone `gap` apart."""
    world = World()
    world.apply("s:a", "s:ua", 0)
    world.apply("s:b", "s:ub", gap)
    world.link("s:a", "Phone", "p", 0, role)
    world.link("s:b", "Phone", "p", gap, role)
    return sum(pair_strengths(Finder(SCHEMA, facts_of(world)).bonds)["strength"])


def test_an_own_phone_binds_and_a_contacts_phone_only_for_a_while() -> None:
    assert pair("self", 20 * DAY) == 1000
    assert pair("contact", 30 * MINUTE) == 1000
    assert 0 < pair("contact", 5 * DAY) < 1000
    assert pair("contact", 40 * DAY) == 0
    assert pair("employer", HOUR) == 0
