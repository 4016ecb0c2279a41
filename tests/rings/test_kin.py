"""Stars and kin, against slow obvious versions, and what they bring together."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace

import polars as pl
import pytest
from ring_worlds import SCHEMA, World, facts_of, random_world

from core.clock import DAY, MINUTE
from graph_schema import FINGRAPH
from rings.choose import Finder
from rings.kin import BLOCK, SIGNS, block_links, joined, weights
from rings.stars import FEWEST, largest_first, stars


def users_of(world: World) -> dict[str, str]:
    return {x["key"]: x["user"] or "?" + x["key"] for x in (*world.applications, *world.events)}


def name(finder: Finder, who: int) -> str:
    return str(finder.users.names[who]).replace("\0", "?")


@pytest.mark.parametrize("seed", range(30))
def test_stars_are_the_users_of_an_identifier(seed: int) -> None:
    random_ = random.Random(seed)
    world = random_world(random_)
    finder = Finder(SCHEMA, facts_of(world, random_))
    user, made = users_of(world), defaultdict(int)
    for x in world.applications:
        made[user[x["key"]]] += 1
    able = {name for name, count in made.items() if count and not name.startswith("?")}
    looked_at = {
        (x["label"], x["key"])
        for x in world.links
        if any(i.label == x["label"] and i.bind for i in SCHEMA.identifiers)
    }
    wanted = set()
    for label, key in looked_at:
        whole = (
            frozenset(user[x["start"]] for x in world.links if (x["label"], x["key"]) == (label, key)) & able
        )
        if len(whole) >= FEWEST:
            wanted.add(whole)
    found = stars(finder.firsts, finder.people).group_by("group").agg("who")["who"]
    assert {frozenset(name(finder, who) for who in group) for group in found} == wanted
    assert len(found) == len(wanted)


@pytest.mark.parametrize("seed", range(10))
def test_stars_stand_in_an_order_that_no_numbering_changes(seed: int) -> None:
    world = random_world(random.Random(seed))
    finders = [Finder(SCHEMA, facts_of(world, random.Random(n))) for n in range(2)]
    one, other = (stars(f.firsts, f.people).sort("group", "who") for f in finders)
    assert one.equals(other)


def test_each_user_stays_in_the_largest_star() -> None:
    groups = pl.DataFrame(
        {"group": [7, 7, 8, 8, 8, 9], "who": [1, 2, 2, 3, 4, 1]}, schema_overrides={"who": pl.Int64}
    )
    assert largest_first(groups).rows() == [(1, 1), (2, 2), (2, 3), (2, 4)]


def parts_of(finder: Finder, *groups: tuple[str, ...]) -> pl.DataFrame:
    """Certain groups of the named users."""
    number = {str(key): who for who, key in enumerate(finder.users.names)}
    rows = [(min(number[user] for user in group), number[user], 1.0) for group in groups for user in group]
    schema = {"group": pl.Int64, "who": pl.Int64, "score": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize("seed", range(30))
def test_kin_share_an_identifier_with_a_group(seed: int) -> None:
    random_ = random.Random(seed)
    world = random_world(random_)
    finder = Finder(SCHEMA, facts_of(world, random_))
    names = [str(key) for key in finder.users.names if not str(key).startswith("\0")]
    random_.shuffle(names)
    parts = parts_of(finder, tuple(names[:3]), tuple(names[3:5]))
    part = dict(parts.select("who", "group").iter_rows())
    having: dict[tuple[str, int], set[int]] = defaultdict(set)
    for type_, thing, who in finder.firsts.select("type", "thing", "who").iter_rows():
        having[type_, thing].add(who)
    wanted: dict[tuple[int, int], int] = defaultdict(int)
    for (type_, _), users in having.items():
        sides = {part.get(who, who) for who in users}
        for a in sides & set(part.values()):
            for b in sides - {a}:
                if b not in part.values() or a < b:
                    wanted[a, b] += type_ == "Device"
    found = {
        (a, b): shared for a, b, shared in finder.kin(parts).select("a", "b", "device_shared").iter_rows()
    }
    assert found == {pair: min(2, shared) for pair, shared in wanted.items()}


def test_blocks_are_of_own_and_contacts_numbers_and_busy_ones_say_nothing() -> None:
    world = World()
    for i, role in enumerate(("self", "contact", "employer", "self")):
        world.apply(f"s:{i}", f"s:u{i}", i)
        world.link(f"s:{i}", "Phone", f"p{i}", i, role)
    facts = facts_of(world)
    links = facts.links.with_columns(pl.lit(5, dtype=pl.Int64).alias("block"))
    finder = Finder(FINGRAPH, replace(facts, links=links))
    found = block_links(links, finder.users.targets).sort("who")
    assert found.select("type", "thing", "who", "known_at").rows() == [(BLOCK, 5, w, w) for w in (0, 1, 3)]
    crowd = pl.concat([finder.users.targets.with_columns(who=pl.lit(n, dtype=pl.Int64)) for n in range(61)])
    assert block_links(links, crowd).is_empty()


def pairs(*rows: tuple[int, int, float, float]) -> pl.DataFrame:
    """Kin `a, b` between groups or not, with a sign that makes them as likely as wanted."""
    strongest = max(SIGNS, key=lambda sign: weights()[sign])
    frame = pl.DataFrame(rows, schema=["a", "b", "groups", "points"], orient="row")
    rest = weights()["intercept"] + pl.col("groups") * weights()["groups"]
    value = (pl.col("points") - rest) / weights()[strongest]
    zero = (pl.lit(0.0).alias(sign) for sign in SIGNS if sign not in ("groups", strongest))
    return frame.with_columns(value.alias(strongest), *zero)


GROUPS = pl.DataFrame({"group": [0, 0, 2, 2, 4, 4], "who": [0, 1, 2, 3, 4, 5]})
APPLICATIONS = pl.DataFrame({"who": range(8), "applications": [10] * 8})


def test_likely_kin_are_joined_and_a_user_goes_to_the_likeliest_group() -> None:
    found = pairs((0, 2, 1.0, 2.0), (2, 4, 1.0, -2.0), (0, 6, 0.0, 1.0), (4, 6, 0.0, 3.0), (0, 7, 0.0, -1.0))
    told = joined(GROUPS, found, APPLICATIONS, most=400)
    assert told.rows() == [(0, 0), (0, 1), (0, 2), (0, 3), (4, 4), (4, 5), (4, 6)]


def test_what_would_be_larger_than_a_ring_stays_apart() -> None:
    told = joined(GROUPS, pairs((0, 2, 1.0, 2.0)), APPLICATIONS, most=30)
    assert told.equals(GROUPS)


def farms(*shared: tuple[str, str, str], gap: int = 20 * DAY) -> World:
    """Two farms of four with devices and cards of their own, the second `gap` later; both with what is shared."""
    world = World()
    for farm, start in (("a", 0), ("b", gap)):
        for i in range(4):
            key = f"s:{farm}{i}"
            at = start + i * 3 * MINUTE
            world.apply(key, f"s:u{farm}{i}", at, Device=f"d{farm}", BankCard=f"c{farm}")
            for label, thing, role in shared:
                world.link(key, label, thing, at, role)
    return world


def rings_of(world: World) -> set[int]:
    """Sizes of the rings with four users and more, a set each."""
    rings = Finder(FINGRAPH, facts_of(world)).rings()
    return set(rings.group_by("group").len()["len"])


def test_a_ring_that_changed_its_tools_is_one_ring_by_what_it_kept() -> None:
    assert rings_of(farms()) == {4}
    assert rings_of(farms(("Phone", "p", "contact"))) == {8}
    assert rings_of(farms(("Address", "h", ""), ("Employer", "f", ""))) == {8}


def test_one_employer_of_many_makes_no_kin_of_two_farms() -> None:
    world = farms()
    for i in range(50):
        world.apply(f"s:h{i}", f"s:honest{i}", i * DAY + DAY // 2, Employer="f")
    world.link("s:a0", "Employer", "f", 0)
    world.link("s:b0", "Employer", "f", 20 * DAY)
    assert rings_of(world) == {4}
