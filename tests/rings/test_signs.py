"""Signs of groups against slow obvious versions, and what innocent groups look like."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace

import polars as pl
import pytest
from ring_worlds import World, facts_of

from core.clock import DAY
from graph_schema import FINGRAPH
from rings.choose import Finder
from rings.facts import RELATIONS, Facts


def finder_of(world: World, **more: pl.DataFrame) -> Finder:
    return Finder(FINGRAPH, replace(facts_of(world), **more))


def all_in_one(finder: Finder) -> dict[str, float]:
    """The signs of the group of all users."""
    members = finder.people.select(pl.lit(0, dtype=pl.Int64).alias("group"), "who")
    return finder.signs(members).row(0, named=True)


def entropy(words: list[str]) -> float:
    counts = Counter(words)
    total = -sum(n / len(words) * math.log(n / len(words)) for n in counts.values())
    return total / math.log(len(words)) if len(words) > 1 else 0.0


def people(*homes_and_firms: tuple[str, str], gap: int = 20 * DAY) -> World:
    """A user each, `gap` apart, with an address and an employer."""
    world = World()
    for i, (home, firm) in enumerate(homes_and_firms):
        world.apply(f"s:{i}", f"s:u{i}", i * gap, Address=home, Employer=firm)
    return world


@pytest.mark.parametrize("seed", range(20))
def test_the_entropy_of_employers_is_that_of_the_obvious_way(seed: int) -> None:
    random_ = random.Random(seed)
    firms = [f"f{random_.randrange(5)}" for _ in range(random_.randint(2, 12))]
    told = all_in_one(finder_of(people(*((f"h{i}", firm) for i, firm in enumerate(firms)))))
    assert told["employer_entropy"] == pytest.approx(entropy(firms))


@pytest.mark.parametrize("seed", range(20))
def test_the_entropy_of_cities_is_that_of_the_obvious_way(seed: int) -> None:
    random_ = random.Random(seed)
    cities = [random_.choice(["a", "b", "c", None]) for _ in range(random_.randint(2, 12))]
    world = people(*((f"h{i}", "f") for i in range(len(cities))))
    facts = facts_of(world)
    number = {f"s:{i}": city for i, city in enumerate(cities)}
    with_city = facts.targets.with_columns(
        pl.col("key").replace_strict(number, return_dtype=pl.String).alias("city")
    )
    told = all_in_one(finder_of(world, targets=with_city))
    assert told["city_entropy"] == pytest.approx(entropy([city for city in cities if city]))


def test_a_household_an_office_and_a_dormitory_look_like_it() -> None:
    home = all_in_one(finder_of(people(*(("h", f"f{i}") for i in range(4)))))
    office = all_in_one(finder_of(people(*((f"h{i}", "f") for i in range(8)))))
    dormitory = all_in_one(finder_of(people(*(("h", "f") for _ in range(8)))))
    names = ("household", "office", "dormitory")
    assert [home[name] for name in names] == [1, 0, 0]
    assert [office[name] for name in names] == [0, 1, 0]
    assert [dormitory[name] for name in names] == [0, 0, 1]


def test_relatives_count_where_both_belong_and_are_known() -> None:
    world = people(("h", "f"), ("h", "g"), ("h", "g"))
    rows = [
        ("s:u0", "s:u1", DAY),
        ("s:u1", "s:u0", DAY),
        ("s:u1", "s:u2", 99 * DAY),
        ("s:u2", "s:x", None),
    ]
    facts: Facts = replace(facts_of(world), relations=pl.DataFrame(rows, schema=RELATIONS, orient="row"))
    assert all_in_one(Finder(FINGRAPH, facts))["related"] == 1.0
    assert all_in_one(Finder(FINGRAPH, facts.before(80 * DAY)))["related"] == 0.5
