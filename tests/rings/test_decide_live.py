"""Decisions by hand survive later runs, and the history tells what became of each ring."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ring_worlds import SCHEMA, World, constrain, stored_rings, write

from core.clock import DAY
from core.errors import NotFoundError, UsageError
from core.graph import Graph
from rings import (
    backfill,
    exclude_members,
    list_decisions,
    list_rings,
    merge_rings,
    ring_history,
    run_rings,
    split_ring,
    undo_decision,
)

pytestmark = pytest.mark.server


class Time:
    """A clock that tells another moment each time."""

    def __init__(self) -> None:
        self.now = 10 * DAY

    def __call__(self) -> int:
        self.now += 1_000_000
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def graph_(empty_graph: Graph) -> Graph:
    constrain(empty_graph)
    return empty_graph


def chain(names: str, start: int = 0, card: str = "c") -> World:
    """Users tied one to the next by cards."""
    world = World()
    for place, name in enumerate(names):
        world.apply(f"s:{name}", f"s:{name}-user", start + place)
        for one in (place - 1, place):
            world.link(f"s:{name}", "BankCard", f"{card}{one}", start + place)
    return world


def groups(graph: Graph) -> list[str]:
    """Rings as the letters of their members."""
    return sorted("".join(sorted(key[2:] for key in found)) for found, _ in stored_rings(graph).values())


def named(graph: Graph, letters: str) -> str:
    wanted = {f"s:{letter}" for letter in letters}
    return next(key for key, (found, _) in stored_rings(graph).items() if found == wanted)


def codes(graph: Graph, ring: str) -> list[list[str]]:
    return [[change["code"] for change in state["changes"]] for state in ring_history(graph, ring).items]


def test_who_is_excluded_stays_out_with_whatever_they_apply_for_next(graph_: Graph, clock: Time) -> None:
    write(graph_, chain("abcde"))
    run_rings(graph_, SCHEMA, clock)
    ring = named(graph_, "abcde")
    exclude_members(graph_, ring, ["s:e"], by="ann", note="her own card", clock=clock)
    assert groups(graph_) == ["abcde"], "a decision takes effect with the next run"
    run_rings(graph_, SCHEMA, clock)
    assert groups(graph_) == ["abcd"]
    again = World()
    again.apply("s:x", "s:e-user", 50)
    again.link("s:x", "BankCard", "c1", 50)
    write(graph_, again)
    run_rings(graph_, SCHEMA, clock)
    assert groups(graph_) == ["abcd"]
    assert named(graph_, "abcd") == ring
    assert codes(graph_, ring)[0][:2] == ["ring.shrank", "ring.by_hand"]


def test_a_ring_split_by_hand_stays_split_while_both_grow(graph_: Graph, clock: Time) -> None:
    write(graph_, chain("abcdef"))
    run_rings(graph_, SCHEMA, clock)
    ring = named(graph_, "abcdef")
    split_ring(graph_, ring, ["s:d-user", "s:e", "s:f"], by="ann", clock=clock)
    run_rings(graph_, SCHEMA, clock)
    assert groups(graph_) == ["abc", "def"]
    other = named(graph_, "def")
    assert codes(graph_, other) == [["ring.born", "ring.split_from", "ring.by_hand"]]
    assert codes(graph_, named(graph_, "abc"))[0][:2] == ["ring.split_into", "ring.by_hand"]
    more = World()
    for name, card in (("g", "c5"), ("h", "c-1")):
        more.apply(f"s:{name}", f"s:{name}-user", 90)
        more.link(f"s:{name}", "BankCard", card, 90)
    write(graph_, more)
    run_rings(graph_, SCHEMA, clock)
    assert groups(graph_) == ["abch", "defg"]
    grew = ring_history(graph_, other).items[0]["changes"][0]
    assert (grew["code"], grew["params"]) == (
        "ring.grew",
        {"applications": 1, "users": 1, "by": "BankCard=1"},
    )
    assert grew["evidence_ids"] == ["s:g"]


def test_rings_merged_by_hand_stay_one_until_it_is_taken_back(graph_: Graph, clock: Time) -> None:
    write(graph_, chain("abcd"))
    write(graph_, chain("xyz", 100, "k"))
    run_rings(graph_, SCHEMA, clock)
    first, second = named(graph_, "abcd"), named(graph_, "xyz")
    made = merge_rings(graph_, first, second, by="ann", clock=clock)
    for _ in range(2):
        run_rings(graph_, SCHEMA, clock)
        assert groups(graph_) == ["abcdxyz"]
    assert named(graph_, "abcdxyz") == first
    assert codes(graph_, second)[0] == ["ring.dissolved"]
    dissolved = ring_history(graph_, second).items[0]["changes"][0]["params"]
    assert dissolved == {"applications": 3, "into": [{"ring": first, "applications": 3}], "in_no_ring": 0}
    undo_decision(graph_, made.key, clock=clock)
    run_rings(graph_, SCHEMA, clock)
    assert groups(graph_) == ["abcd", "xyz"]
    assert [one.undone_at is not None for one in list_decisions(graph_)] == [True]


def test_a_decision_changes_no_day_before_it(graph_: Graph, clock: Time) -> None:
    write(graph_, chain("abcde"))
    run_rings(graph_, SCHEMA, clock)
    exclude_members(graph_, named(graph_, "abcde"), ["s:e"], by="ann", clock=lambda: 3 * DAY // 2)
    list(backfill(graph_, SCHEMA, 0, 0, clock=clock, anew=True))
    assert groups(graph_) == ["abcde"]
    list(backfill(graph_, SCHEMA, DAY, DAY, clock=clock))
    assert groups(graph_) == ["abcd"]


def test_what_is_left_of_a_listed_ring_stays_listed_whatever_its_score(
    graph_: Graph, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(graph_, chain("abcde"))
    write(graph_, chain("xyz", 100, "k"))
    run_rings(graph_, SCHEMA, clock)
    assert len(list_rings(graph_).items) == 2
    exclude_members(graph_, named(graph_, "abcde"), ["s:e"], by="ann", clock=clock)
    monkeypatch.setattr("rings.found.LISTED", 2.0)
    run_rings(graph_, SCHEMA, clock)
    assert [one.key for one in list_rings(graph_).items] == [named(graph_, "abcd")]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda graph, ring: exclude_members(graph, ring, ["s:nobody"], by="ann"), "rings.not_members"),
        (lambda graph, ring: exclude_members(graph, ring, [], by="ann"), "rings.not_members"),
        (lambda graph, ring: split_ring(graph, ring, ["s:a", "s:b", "s:c"], by="ann"), "rings.all_members"),
        (lambda graph, ring: merge_rings(graph, ring, ring, by="ann"), "rings.same"),
        (lambda graph, ring: merge_rings(graph, ring, "rnothing", by="ann"), "rings.unknown"),
        (lambda graph, _: exclude_members(graph, "rnothing", ["s:a"], by="ann"), "rings.unknown"),
        (lambda graph, _: undo_decision(graph, "dnothing"), "rings.no_decision"),
        (lambda graph, _: ring_history(graph, "rnothing"), "rings.unknown"),
        (lambda graph, ring: exclude_members(graph, ring, ["s:a"], by="ann", note="x" * 2_001), "rings.note"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    graph_: Graph, clock: Time, act: Callable[[Graph, str], object], code: str
) -> None:
    write(graph_, chain("abc"))
    run_rings(graph_, SCHEMA, clock)
    with pytest.raises((NotFoundError, UsageError)) as refused:
        act(graph_, named(graph_, "abc"))
    assert refused.value.code == code
    assert list_decisions(graph_) == []


def test_the_history_is_paged_newest_first(graph_: Graph, clock: Time) -> None:
    for size in (3, 4, 5):
        write(graph_, chain("abcde"[:size]))
        run_rings(graph_, SCHEMA, clock)
    ring = named(graph_, "abcde")
    page = ring_history(graph_, ring, limit=2)
    assert [state["applications"] for state in page.items] == [5, 4]
    assert page.cut
    rest = ring_history(graph_, ring, limit=2, after=page.next)
    assert [state["applications"] for state in rest.items] == [3]
    assert not rest.cut
