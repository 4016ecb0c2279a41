"""Names of rings against a slow, obvious version, and the promises they keep."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from rings.identity import Living, identify, ring_id


def slow_keys(found: list[list[str]], living: list[Living], taken: set[str]) -> list[str]:
    """Over and over, take the best of all pairs that are left."""
    keys: list[str | None] = [None] * len(found)
    free = list(living)
    while True:
        best: tuple[int, int, str, int] | None = None
        for new, members in enumerate(found):
            for ring in free:
                common = len([m for m in members if m in ring.members])
                if keys[new] is None and common:
                    rank = (-common, ring.born_run, ring.key, new)
                    best = rank if best is None or rank < best else best
        if best is None:
            break
        keys[best[3]] = best[2]
        free = [ring for ring in free if ring.key != best[2]]
    used = {ring.key for ring in living} | taken
    for new, members in enumerate(found):
        salt = 0
        while keys[new] is None:
            candidate = ring_id(members[0], salt)
            if candidate not in used:
                keys[new] = candidate
                used.add(candidate)
            salt += 1
    return [key for key in keys if key]


def split(random_: random.Random, members: list[str], parts: int) -> list[list[str]]:
    """Some of `members` in disjoint groups."""
    groups: list[list[str]] = [[] for _ in range(parts)]
    for member in members:
        if random_.random() < 0.9:
            random_.choice(groups).append(member)
    return [sorted(group) for group in groups if group]


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 40), st.integers(1, 8), st.integers(1, 8))
def test_names_agree_with_the_obvious_version(
    random_: random.Random, size: int, before: int, after: int
) -> None:
    members = [f"s:{i}" for i in range(size)]
    living = [
        Living(f"r{random_.randrange(10**6)}-{i}", random_.randrange(1, 4), group)
        for i, group in enumerate(split(random_, members, before))
    ]
    found = sorted(split(random_, members, after))
    taken = {ring_id(group[0]) for group in found if random_.random() < 0.3}
    names = identify(found, living, taken)
    assert list(names.keys) == slow_keys(found, living, taken)
    assert len(set(names.keys)) == len(found)


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(4, 40))
def test_the_order_of_living_rings_does_not_matter(random_: random.Random, size: int) -> None:
    members = [f"s:{i}" for i in range(size)]
    living = [Living(f"r{i}", 1, group) for i, group in enumerate(split(random_, members, 5))]
    found = sorted(split(random_, members, 4))
    shuffled = random_.sample(living, len(living))
    assert identify(found, living) == identify(found, shuffled)


def test_a_ring_that_grows_keeps_its_name() -> None:
    names = identify([["a", "b", "c", "d"]], [Living("rold", 1, ["b", "c", "d"])])
    assert names.keys == ("rold",)
    assert names.evolved == ()


def test_two_rings_that_merge_keep_the_name_of_the_larger_and_say_so() -> None:
    living = [Living("rsmall", 1, ["a", "b", "c"]), Living("rlarge", 2, ["d", "e", "f", "g"])]
    names = identify([list("abcdefg")], living)
    assert names.keys == ("rlarge",)
    assert names.evolved == (("rlarge", "rsmall"),)


def test_equal_claims_go_to_the_earlier_born_then_to_the_smaller_name() -> None:
    found = [list("abcd")]
    assert identify(found, [Living("ra", 2, ["a", "b"]), Living("rb", 1, ["c", "d"])]).keys == ("rb",)
    assert identify(found, [Living("rb", 1, ["a", "b"]), Living("ra", 1, ["c", "d"])]).keys == ("ra",)


def test_a_ring_that_splits_gives_its_name_once() -> None:
    names = identify([list("abc"), list("defg")], [Living("rold", 1, list("abcdefg"))])
    assert names.keys == (ring_id("a"), "rold")
    assert names.evolved == ((ring_id("a"), "rold"),)


def test_a_new_name_depends_on_the_first_member_alone_and_avoids_names_given_before() -> None:
    first = identify([["s:1", "s:2", "s:3"]], []).keys[0]
    assert first == ring_id("s:1") == identify([["s:1", "s:9", "s:8"]], []).keys[0]
    assert len(first) == 11
    assert identify([["s:1", "s:2", "s:3"]], [], {first}).keys[0] == ring_id("s:1", 1)
