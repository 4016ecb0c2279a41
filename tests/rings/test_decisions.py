"""Decisions of people, carried out on groups of users: what must hold whatever the finder found."""

from __future__ import annotations

import random
from collections.abc import Sequence

import polars as pl
import pytest

from rings.decisions import Decision, Kind, carry_out

USERS = range(30)
USERS_OF = {f"a{who}": [who] for who in USERS}
PAIRS = {"a": pl.Int64, "b": pl.Int64, "strength": pl.Int64}


def decision(kind: Kind, stays: set[int], goes: set[int], made_at: int = 1) -> Decision:
    parts = tuple(frozenset(f"a{who}" for who in part) for part in (stays, goes))
    return Decision(f"d{made_at}", kind, "r", True, made_at, None, (parts[0], parts[1]))


def rings_of(groups: list[set[int]]) -> pl.DataFrame:
    rows = [(min(users), who) for users in groups for who in sorted(users)]
    return pl.DataFrame(rows, schema={"group": pl.Int64, "who": pl.Int64}, orient="row")


def after(
    groups: list[set[int]], decisions: list[Decision], pairs: Sequence[tuple[int, int, int]] = ()
) -> list[set[int]]:
    made, _ = carry_out(
        rings_of(groups), decisions, USERS_OF, pl.DataFrame(list(pairs), schema=PAIRS, orient="row")
    )
    return sorted((set(part["who"]) for _, part in made.group_by("group")), key=min)


def test_who_is_excluded_leaves_and_the_rest_stays() -> None:
    assert after([{0, 1, 2, 3}, {5, 6}], [decision(Kind.EXCLUDE, {0, 1, 2}, {3})]) == [{0, 1, 2}, {5, 6}]


def test_an_exclusion_speaks_of_one_company_only() -> None:
    assert after([{0, 1}, {3, 5, 6}], [decision(Kind.EXCLUDE, {0, 1, 2}, {3})]) == [{0, 1}, {3, 5, 6}]


def test_newcomers_go_to_the_part_of_a_split_that_ties_them_more() -> None:
    pairs = [(0, 8, 500), (3, 8, 900), (8, 9, 300), (0, 7, 500), (3, 7, 500)]
    split = decision(Kind.SPLIT, {0, 1}, {2, 3})
    assert after([{0, 1, 2, 3, 7, 8, 9}], [split], pairs) == [{0, 1, 7}, {2, 3, 8, 9}]


def test_merged_rings_stay_one_when_the_finder_takes_them_apart_again() -> None:
    merge = decision(Kind.MERGE, {0, 1}, {2, 3})
    assert after([{0, 1, 9}, {2}, {3, 4}], [merge]) == [{0, 1, 2, 3, 4, 9}]
    assert after([{0, 9}], [merge]) == [{0, 1, 2, 3, 9}], (
        "who the finder dropped belongs, as a person says so"
    )


def test_later_decisions_are_carried_out_on_what_earlier_ones_left() -> None:
    merge, out = decision(Kind.MERGE, {0, 1}, {2, 3}), decision(Kind.EXCLUDE, {0, 1, 2}, {3}, made_at=2)
    assert after([{0, 1}, {2, 3}], [out, merge]) == [{0, 1, 2}]


@pytest.mark.parametrize("seed", range(40))
def test_every_user_is_in_one_group_at_most_and_the_decisions_hold(seed: int) -> None:
    random_ = random.Random(seed)
    groups: list[set[int]] = [set() for _ in range(5)]
    for who in USERS:
        groups[random_.randrange(5)].add(who)
    people = random_.sample(USERS, 9)
    one = decision(random_.choice(list(Kind)), set(people[:6]), set(people[6:]))
    pairs = [
        (a, b, random_.randrange(1, 1000)) for a in USERS for b in range(a + 1, 30) if random_.random() < 0.1
    ]
    made = after([users for users in groups if users], [one], pairs)
    everyone = [who for users in made for who in users]
    assert len(everyone) == len(set(everyone))
    for users in made:
        if one.kind is not Kind.MERGE:
            assert not (users & set(people[:6]) and users & set(people[6:]))
        elif users & set(people):
            assert set(people) <= users
    if one.kind is not Kind.EXCLUDE:
        assert set(everyone) == set(USERS)


def test_a_run_follows_what_was_decided_before_it_and_not_taken_back() -> None:
    one = decision(Kind.MERGE, {0}, {1}, made_at=10)
    assert [one.holds_at(point) for point in (9, 10, 11)] == [False, False, True]
    undone = Decision(one.key, one.kind, one.ring, True, 10, 20, one.parts)
    assert [undone.holds_at(point) for point in (11, 20, 21)] == [True, True, False]
