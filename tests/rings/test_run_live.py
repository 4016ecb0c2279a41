"""Runs of the ring finder on a real server."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from ring_worlds import (
    SCHEMA,
    World,
    constrain,
    dump,
    expected_rings,
    farm,
    random_world,
    stored_rings,
    write,
)

from core.errors import BusyError, NotFoundError, UsageError
from core.graph import Graph
from queries import statement
from rings import RunResult, Sort, list_rings, outcome_shares, run_rings, show_ring
from rings import hold as hold_module
from rings import run as run_module
from rings.hold import hold_run

pytestmark = pytest.mark.server

MOMENT = 1_700_000_000_000_000


def clock() -> int:
    return MOMENT


@pytest.fixture(scope="module")
def constrained(graph: Graph) -> Graph:
    constrain(graph)
    return graph


@pytest.fixture
def graph_(constrained: Graph, empty_graph: Graph) -> Graph:
    return empty_graph


def clear(graph: Graph) -> None:
    graph.write("MATCH (n) DETACH DELETE n")


def go(graph: Graph) -> RunResult:
    return run_rings(graph, SCHEMA, clock)


def members(graph: Graph) -> set[frozenset[str]]:
    return {found for found, _ in stored_rings(graph).values()}


@pytest.mark.parametrize("seed", range(12))
def test_a_graph_gives_the_rings_of_its_facts(graph_: Graph, seed: int) -> None:
    random_ = random.Random(seed)
    world = random_world(random_)
    write(graph_, world, random_)
    result = go(graph_)
    expected = expected_rings(world)
    assert dict(stored_rings(graph_).values()) == expected
    assert (result.rings, result.members) == (len(expected), sum(map(len, expected)))


@pytest.mark.parametrize("seed", range(5))
def test_another_order_of_writing_gives_the_same_rings_and_names(graph_: Graph, seed: int) -> None:
    world = random_world(random.Random(seed))
    seen = []
    for order in (None, random.Random(1), random.Random(2)):
        clear(graph_)
        write(graph_, world, order)
        go(graph_)
        seen.append(dump(graph_))
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("seed", range(3))
def test_a_second_run_without_new_data_changes_nothing(graph_: Graph, seed: int) -> None:
    write(graph_, random_world(random.Random(seed)))
    first = go(graph_)
    before = dump(graph_)
    second = go(graph_)
    assert second.unchanged
    assert (second.run, second.rings, second.members) == (first.run, first.rings, first.members)
    assert dump(graph_) == before


@pytest.mark.parametrize("seed", range(4))
def test_growing_data_ends_in_the_same_rings_and_keeps_names(graph_: Graph, seed: int) -> None:
    world = random_world(random.Random(100 + seed))
    names: dict[str, frozenset[str]] = {}
    for share in (0.4, 0.7, 1.0):
        part = World(
            world.applications[: int(len(world.applications) * share)],
            world.events[: int(len(world.events) * share)],
            world.links,
        )
        known = {x["key"] for x in (*part.applications, *part.events)}
        part.links = [x for x in world.links if x["start"] in known]
        write(graph_, part)
        go(graph_)
        now = stored_rings(graph_)
        assert dict(now.values()) == expected_rings(part)
        for key, (found, _) in now.items():
            # A ring has a name already if one that is still whole inside it is its only forerunner.
            before = [name for name, was in names.items() if was & found]
            if len(before) == 1 and names[before[0]] <= found:
                assert key == before[0]
        names = {key: found for key, (found, _) in now.items()}


def test_a_hub_never_binds_beyond_its_first_links_and_a_farm_that_outgrew_it_keeps_its_ring(
    graph_: Graph,
) -> None:
    write(graph_, farm(3))
    go(graph_)
    (key,) = stored_rings(graph_)
    write(graph_, farm(40))
    assert go(graph_).unchanged
    assert stored_rings(graph_)[key][0] == {"s:a00", "s:a01", "s:a02"}


def test_a_merge_a_split_and_an_end_are_history(graph_: Graph) -> None:
    write(graph_, farm(3, "d1", "a", 0))
    write(graph_, farm(3, "d2", "b", 100))
    go(graph_)
    names = {min(found): key for key, (found, _) in stored_rings(graph_).items()}
    joint = World()
    joint.apply("s:c", "s:c-user", 200, Phone="p1")
    joint.link("s:c", "BankCard", "c1", 200)
    joint.link("s:a00", "Phone", "p1", 200)
    joint.link("s:b00", "BankCard", "c1", 200)
    write(graph_, joint)
    merged = go(graph_)
    assert (merged.dissolved, merged.joined, merged.left) == (1, 4, 3)
    detail = show_ring(graph_, SCHEMA, names["s:a00"])
    assert detail.ring.applications == 7
    assert detail.evolved_from == [{"run": 2, "ring": names["s:b00"]}]
    gone = show_ring(graph_, SCHEMA, names["s:b00"])
    assert gone.ring.dissolved_run == 2
    assert [m["application"] for m in gone.members.items] == ["s:b00", "s:b01", "s:b02"]
    graph_.write("MATCH (a:Application {key: 's:c'}) DETACH DELETE a")
    split = go(graph_)
    assert (split.born, split.left) == (1, 3)
    assert show_ring(graph_, SCHEMA, names["s:a00"]).evolved_into[0]["run"] == 3
    graph_.write("MATCH (d:Device) DETACH DELETE d")
    ended = go(graph_)
    assert (ended.rings, ended.dissolved) == (0, 2)
    assert list_rings(graph_, everything=True).items == []


def test_members_of_past_runs_stay_readable(graph_: Graph) -> None:
    write(graph_, farm(3))
    go(graph_)
    graph_.write("MATCH (:Application {key: 's:a02'})-[r:USED_DEVICE]->() DELETE r")
    late = World()
    late.apply("s:z", "s:z-user", 50, Device="d1")
    write(graph_, late)
    go(graph_)
    spans = graph_.read(
        "MATCH (a:Application)-[m:MEMBER_OF]->() RETURN a.key AS a, m.since AS since, m.until AS until"
    )
    assert {(x["a"], x["since"], x["until"]) for x in spans} == {
        ("s:a00", 1, None),
        ("s:a01", 1, None),
        ("s:a02", 1, 2),
        ("s:z", 2, None),
    }


WRITES = [
    *("create_rings", "create_states", "join_members", "leave_members", "evolve_rings"),
    *("update_rings", "dissolve_rings"),
]


def stop_after(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Break a run after the writes of the statement `name`, one row a chunk."""
    original = run_module._statement

    def broken(called: str, **params: Any) -> Callable[[Any], object]:
        if WRITES.index(called.removeprefix("rings/")) > WRITES.index(name):
            raise RuntimeError(called)
        return original(called, **params)

    def finish(*_: object, **__: object) -> None:
        raise RuntimeError("finish")

    monkeypatch.setattr(run_module, "_statement", broken)
    monkeypatch.setattr(run_module.Hold, "finish", finish)


@pytest.mark.parametrize("name", WRITES[:5])
@pytest.mark.parametrize("killed", [False, True], ids=["failed", "killed"])
def test_a_run_that_stops_midway_leaves_the_last_finished_one(
    graph_: Graph, monkeypatch: pytest.MonkeyPatch, name: str, killed: bool
) -> None:
    write(graph_, farm(3, "d1", "a", 0))
    write(graph_, farm(3, "d2", "b", 100))
    go(graph_)
    before = (list_rings(graph_, everything=True), stored_rings(graph_))
    write(graph_, farm(3, "d3", "c", 200))
    bridge = World()
    bridge.link("s:a00", "Phone", "p1", 300)
    bridge.link("s:b00", "Phone", "p1", 300)
    write(graph_, bridge)
    with monkeypatch.context() as patch:
        stop_after(patch, name)
        if killed:
            patch.setattr(hold_module.Hold, "release", lambda _: None)
        with pytest.raises(RuntimeError):
            go(graph_)
    assert (list_rings(graph_, everything=True), stored_rings(graph_)) == before
    if killed:
        with pytest.raises(BusyError):
            go(graph_)
        graph_.write("MATCH (x:RingRun {key: '2'}) SET x.lease_until = 1")
    result = go(graph_)
    assert (result.run, result.born, result.dissolved) == (2, 1, 1)
    after = dump(graph_)
    assert go(graph_).unchanged
    assert dump(graph_) == after

    clear(graph_)
    write(graph_, farm(3, "d1", "a", 0))
    write(graph_, farm(3, "d2", "b", 100))
    go(graph_)
    write(graph_, farm(3, "d3", "c", 200))
    write(graph_, bridge)
    go(graph_)
    assert dump(graph_) == after


def test_of_two_runs_at_once_the_second_says_so(graph_: Graph) -> None:
    write(graph_, farm(3))
    with hold_run(graph_, clock), pytest.raises(BusyError) as caught:
        go(graph_)
    assert caught.value.code == "rings.busy"


def test_a_run_that_lost_its_right_writes_nothing_more(graph_: Graph) -> None:
    write(graph_, farm(3))
    with pytest.raises(BusyError) as caught, hold_run(graph_, clock) as first:
        graph_.write("MATCH (x:RingRun) SET x.lease_until = 1")
        with hold_run(graph_, clock) as second:
            assert second.leftovers
            first.write(lambda tx: tx.run("CREATE (:Ring {key: 'r'})"))
    assert caught.value.code == "rings.lost"
    assert graph_.read("MATCH (r:Ring) RETURN count(r) AS n") == [{"n": 0}]


def test_a_run_that_takes_long_keeps_its_lease(graph_: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hold_module, "LEASE_SECONDS", 1)
    with hold_run(graph_, clock):
        lease = "MATCH (x:RingRun) RETURN x.lease_until AS until"
        first = graph_.read(lease)[0]["until"]
        deadline = time.monotonic() + 30
        while graph_.read(lease)[0]["until"] == first:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_an_empty_graph_has_no_rings(graph_: Graph) -> None:
    assert go(graph_).rings == 0
    assert list_rings(graph_, everything=True).items == []
    assert go(graph_).unchanged


def test_the_list_is_sorted_bounded_and_says_that_it_was_cut(graph_: Graph) -> None:
    for i, (size, device) in enumerate([(3, "d1"), (3, "d2"), (3, "d3")]):
        write(graph_, farm(size, device, "abc"[i], start=i * 100))
    graph_.write("MATCH (a:Application {key: 's:b00'}) SET a.amount_cents = 999999")
    extra = World()
    extra.apply("s:a99", "s:a-user0", 50)
    write(graph_, extra)
    go(graph_)
    largest = list_rings(graph_, everything=True, sort=Sort.SIZE, limit=2)
    assert largest.items[0].applications == 4
    assert (largest.cut, largest.total) == (True, 3)
    rest = list_rings(graph_, everything=True, sort=Sort.SIZE, limit=2, after=largest.next)
    assert (len(rest.items), rest.cut, rest.next) == (1, False, None)
    assert list_rings(graph_, everything=True, sort=Sort.MONEY, limit=1).items[0].amount_cents > 999_000
    assert list_rings(graph_, everything=True, sort=Sort.RECENT, limit=1).items[0].last_at == 202
    for limit, after in ((0, None), (5, "x"), (1001, None)):
        with pytest.raises(UsageError):
            list_rings(graph_, everything=True, limit=limit, after=after)


def test_a_ring_shows_members_evidence_and_outcomes(graph_: Graph) -> None:
    world = farm(3)
    world.apply("s:x", "s:x-user", 500)
    world.link("s:a00", "Phone", "p1", 7)
    world.link("s:a01", "Phone", "p1", 9)
    world.link("s:a01", "IpAddress", "i1", 9)
    world.link("s:a02", "IpAddress", "i1", 9)
    write(graph_, world)
    outcomes = [("s:a00", 1.0, 5), ("s:a01", 1.0, 5), ("s:a01", 0.0, 6), ("s:x", 0.0, 5)]
    graph_.write(
        "UNWIND $rows AS x MATCH (a:Application {key: x[0]}) "
        "CREATE (a)-[:HAD_OUTCOME]->(:Outcome {key: x[0] + x[2], target: 'fraud', value: x[1], known_at: x[2]})",
        rows=outcomes,
    )
    go(graph_)
    (key,) = stored_rings(graph_)
    detail = show_ring(graph_, SCHEMA, key, limit=2)
    assert detail.ring.shared == "Device=1, Phone=1"
    assert [m["application"] for m in detail.members.items] == ["s:a00", "s:a01"]
    assert detail.members.cut
    assert [m["outcome"] for m in detail.members.items] == [1.0, 0.0]
    evidence = [(e["type"], e["masked"], e["users"], e["applications"]) for e in detail.evidence.items]
    assert evidence == [("Device", "**", 3, 3), ("Phone", "**", 2, 2)]
    assert (detail.evidence.items[1]["first_at"], detail.evidence.items[1]["last_at"]) == (7, 9)
    assert detail.outcomes.as_dict() == {"known": 2, "positive": 1, "share": 0.5}
    shares = outcome_shares(graph_, everything=True)
    assert (shares["inside"].known, shares["inside"].positive) == (2, 1)
    assert (shares["outside"].known, shares["outside"].positive) == (1, 0)
    assert outcome_shares(graph_, everything=True, users=4)["inside"].known == 0
    assert detail.as_dict()["ring"]["key"] == key
    with pytest.raises(NotFoundError):
        show_ring(graph_, SCHEMA, "rnothing")


def test_unfinished_rings_are_not_listed(graph_: Graph) -> None:
    write(graph_, farm(3))
    go(graph_)
    graph_.write("CREATE (:Ring {key: 'rhalf', born_run: 2, run: 2, applications: 9, users: 9})")
    assert len(list_rings(graph_, everything=True).items) == 1
    with pytest.raises(NotFoundError):
        show_ring(graph_, SCHEMA, "rhalf")
    assert statement("rings/last_run").run(graph_)[0]["run"] == 1
