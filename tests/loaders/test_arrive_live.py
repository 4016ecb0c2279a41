"""Arrivals: one row, one point; the same row changes nothing, another is a conflict, and points order what shares."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.errors import IncompatibleError, NotFoundError, UsageError
from core.graph import Graph
from core.ids import seq_of
from graph_schema import FINGRAPH, Schema, live
from loaders.arrive import Arrival, Arrivals, Named, arrivals
from loaders.carried import store_carried
from loaders.plan import NodeFact, Part, Plan
from loaders.rows import Staged
from queries.neighbourhood import NeighbourhoodRead
from snapshot.online import asked_for

pytestmark = pytest.mark.server

NOW = 1_800_000_000_000_000
SCHEMA = replace(FINGRAPH, identifiers=tuple(replace(i, walk=4, bind=2) for i in FINGRAPH.identifiers))


@pytest.fixture(scope="module")
def planned(graph: Graph) -> None:
    """The server has planned what arrivals run, which may take longer than one of them may."""
    live.apply(graph, FINGRAPH, "k")
    door(graph).warm()


@pytest.fixture
def arriving(planned: None, empty_graph: Graph) -> Arrivals:
    live.apply(empty_graph, FINGRAPH, "k")
    return door(empty_graph)


def door(graph: Graph, schema: Schema = SCHEMA, now: int = NOW, **more: Any) -> Arrivals:
    return Arrivals(graph, schema, NeighbourhoodRead(asked_for(schema)), clock=lambda: now, **more)


def application(name: str, user: str = "u", digest: str = "d", **named: str) -> Arrival:
    given = tuple(
        Named(label, key, "self" if label == "Phone" else None, {"key": key, "masked": "…"})
        for label, key in named.items()
    )
    told = {
        "key": f"s:{name}",
        "source": "s",
        "id": name,
        "lender": "s",
        "event_at": NOW - 5,
        "amount_cents": 100,
    }
    who = {"key": f"s:{user}", "source": "s", "id": user}
    return Arrival("Application", f"s:{name}", digest, told, who, given)


def outcome(name: str, about: str, digest: str = "o") -> Arrival:
    told = {
        "key": f"s:{name}",
        "source": "s",
        "id": name,
        "target": "fraud",
        "value": 1.0,
        "event_at": NOW - 1,
    }
    return Arrival("Outcome", f"s:{name}", digest, told, about=f"s:{about}")


def amendment(about: str, device: str, digest: str = "m") -> Arrival:
    named = (Named("Device", device, None, {"key": device, "masked": "…"}),)
    return Arrival(
        "USED_DEVICE", f"s:{about}|{device}", digest, {"event_at": None}, None, named, f"s:{about}"
    )


def test_the_same_row_again_changes_nothing_and_sees_what_it_saw(
    empty_graph: Graph, arriving: Arrivals
) -> None:
    arriving.arrive(application("a", Device="d1", Phone="p1"))
    first = arriving.arrive(application("b", "v", Device="d1"))
    arriving.arrive(application("c", "w", Device="d1"))
    before = empty_graph.read("MATCH (n) RETURN count(n) AS n, sum(size(keys(n))) AS k")
    again = door(empty_graph, now=NOW + 10**9).arrive(application("b", "v", Device="d1"))
    assert again.unchanged and not first.unchanged
    assert (again.known_at, again.seq) == (first.known_at, first.seq) == (NOW + 1, seq_of("s:b"))
    assert first.seen is not None and again.seen is not None
    seen = [sorted(one.seen.pop("identifiers"), key=str) for one in (first, again) if one.seen]
    assert seen[0] == seen[1]
    assert again.seen == first.seen
    assert first.seen["met_key"] == ["s:a"]
    loads = {"n": before[0]["n"] + 1, "k": before[0]["k"] + 5}  # the other process's load
    assert empty_graph.read("MATCH (n) RETURN count(n) AS n, sum(size(keys(n))) AS k") == [loads]


def test_another_row_of_the_same_key_is_a_conflict_and_leaves_no_trace(
    empty_graph: Graph, arriving: Arrivals
) -> None:
    arriving.arrive(application("a", Device="d1"))
    arriving.arrive(outcome("o", "a"))
    for other in (application("a", digest="x", Device="d2"), replace(outcome("o", "a"), digest="x")):
        with pytest.raises(IncompatibleError) as caught:
            arriving.arrive(other)
        assert caught.value.code == "arrive.conflict"
    assert empty_graph.read("MATCH (d:Device) RETURN d.key AS key") == [{"key": "d1"}]


def test_a_rehearsal_of_what_stands_leaves_everything_as_it_was(
    empty_graph: Graph, arriving: Arrivals
) -> None:
    first = application("a", "u", Device="d", Phone="p")
    arriving.arrive(first)
    everything = (
        "MATCH (n) WITH n ORDER BY elementId(n) WITH collect([labels(n), properties(n)]) AS nodes "
        "OPTIONAL MATCH ()-[r]->() WITH nodes, r ORDER BY elementId(r) "
        "RETURN nodes, collect([type(r), properties(r)]) AS links"
    )
    before = empty_graph.read(everything)
    for number in range(5):  # more than `bind`: a hub, if they stood
        arriving.rehearse(number, first.named, "s:u")
    assert empty_graph.read(everything) == before


def test_points_of_what_shares_something_are_in_order_whatever_the_clocks_say(
    empty_graph: Graph, arriving: Arrivals
) -> None:
    first = arriving.arrive(application("a", Device="d1"))
    behind = door(empty_graph, now=NOW - 10**9)
    second = behind.arrive(application("b", "v", Device="d1"))
    third = behind.arrive(outcome("o", "a"))
    apart = behind.arrive(application("c", "w", Device="d9"))
    assert first.known_at == NOW and second.known_at == NOW + 1 and third.known_at == NOW + 2
    assert apart.known_at == NOW - 10**9


def test_what_names_a_hub_comes_after_the_moment_at_which_it_became_one(
    empty_graph: Graph, arriving: Arrivals
) -> None:
    points = [arriving.arrive(application(f"a{i}", f"u{i}", Device="d1")).known_at for i in range(5)]
    found = empty_graph.read("MATCH (d:Device) RETURN d.hub_since AS at, d.hub_seq AS seq")
    assert found == [{"at": points[4], "seq": seq_of("s:a4")}]
    late = door(empty_graph, now=NOW - 10**9).arrive(application("z", "z", Device="d1"))
    assert late.known_at is not None and points[4] is not None and late.known_at > points[4]
    assert late.seen is not None and late.seen["met_id"] == []
    assert door(empty_graph, now=NOW - 10**9).arrive(outcome("o", "z")).known_at == late.known_at + 1


def test_an_amendment_adds_a_link_once(empty_graph: Graph, arriving: Arrivals) -> None:
    arriving.arrive(application("a", Device="d1"))
    added = arriving.arrive(amendment("a", "d2"))
    assert not added.unchanged and arriving.arrive(amendment("a", "d2")).known_at == added.known_at
    assert arriving.arrive(amendment("a", "d1")).unchanged  # the application's own row said so
    with pytest.raises(IncompatibleError):
        arriving.arrive(amendment("a", "d2", digest="other"))
    seen = arriving.arrive(application("b", "v", Device="d2")).seen
    assert seen is not None and seen["met_key"] == ["s:a"]


def test_what_is_about_nothing_is_refused(arriving: Arrivals) -> None:
    for one in (outcome("o", "nowhere"), amendment("nowhere", "d1")):
        with pytest.raises(NotFoundError):
            arriving.arrive(one)


def test_one_application_sent_by_many_at_once_is_there_once(empty_graph: Graph, arriving: Arrivals) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(arriving.arrive, [application("a", Device="d1", Phone="p1")] * 16))
    assert sum(not one.unchanged for one in told) == 1
    assert len({(one.known_at, one.seq) for one in told}) == 1
    assert empty_graph.read("MATCH (:Application)-[r]->() RETURN count(r) AS n") == [{"n": 2}]


def test_what_is_carried_is_carried_with_the_application_or_not_at_all(
    empty_graph: Graph, arriving: Arrivals
) -> None:
    carrying = door(empty_graph, carry=lambda seen: [float(len(seen["met_id"])), float("nan")], version="v1")
    carrying.arrive(application("a", Device="d1"))
    seen = carrying.arrive(application("b", "v", Device="d1")).seen
    assert seen is not None and seen["met_carried"][0][0] == 0.0
    assert empty_graph.read("MATCH (a:Application {key: 's:b'}) RETURN a.carried[0] AS n")[0]["n"] == 1.0

    def broken(seen: object) -> list[float]:
        raise UsageError("test.broken", "It does not work.")

    with pytest.raises(UsageError):
        door(empty_graph, carry=broken, version="v1").arrive(application("c", Device="d1"))
    assert not empty_graph.read("MATCH (a:Application {key: 's:c'}) RETURN a.key AS key")


def test_an_outcome_is_known_after_the_earlier_ones_of_its_application_whatever_the_clock_says(
    empty_graph: Graph, arriving: Arrivals
) -> None:
    arriving.arrive(application("a"))
    first = door(empty_graph, now=NOW + 40_000_000).arrive(outcome("said", "a"))
    second = door(empty_graph, now=NOW + 20_000_000).arrive(outcome("corrected", "a", "other"))
    assert first.known_at is not None and second.known_at is not None
    assert second.known_at > first.known_at


def test_what_came_undated_or_later_is_not_met_through_a_link_that_was_known_before(
    empty_graph: Graph, arriving: Arrivals
) -> None:
    arriving.arrive(application("a", Device="d1"))
    empty_graph.write(
        "MATCH (d:Device {key: 'd1'}) "
        "CREATE (:Application {key: 's:undated', load: 1})-[:USED_DEVICE {known_at: $at, seq: 0}]->(d) "
        "CREATE (:Application {key: 's:later', load: 1, known_at: $at + 100000, seq: 0})-[:USED_DEVICE {known_at: $at, seq: 1}]->(d)",
        at=NOW - 50,
    )
    seen = arriving.arrive(application("b", user="v", Device="d1")).seen
    assert seen is not None
    assert seen["met_key"] == ["s:a"]
    assert len(seen["met_known_at"]) == len(seen["met_id"]) == 1


def test_what_is_carried_is_never_rewritten(
    empty_graph: Graph, arriving: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.carried.CHUNK", 2)
    keys = ["s:a", "s:none", "s:b", "s:c"]
    empty_graph.write("UNWIND ['s:a', 's:b', 's:c'] AS key CREATE (:Application {key: key})")
    first = np.arange(8, dtype=np.float64).reshape(4, 2)
    assert store_carried(empty_graph, keys[:3], first[:3], "v1") == 2
    assert store_carried(empty_graph, keys, first + 100, "v1") == 1
    with pytest.raises(IncompatibleError, match="never rewritten"):
        store_carried(empty_graph, keys, first, "v2")
    held = "MATCH (a:Application) RETURN a.carried AS c, a.carried_version AS v ORDER BY a.key"
    assert [(row["c"], row["v"]) for row in empty_graph.read(held)] == [
        ([0.0, 1.0], "v1"),
        ([4.0, 5.0], "v1"),
        ([106.0, 107.0], "v1"),
    ]
    arriving.arrive(application("d"))
    with pytest.raises(IncompatibleError) as refused:
        store_carried(empty_graph, keys, first, "v1")
    assert refused.value.code == "carried.arrivals"


def test_the_schema_knows_everything_that_arrivals_write(empty_graph: Graph, arriving: Arrivals) -> None:
    carrying = door(empty_graph, carry=lambda seen: [float("nan")], version="v1")
    carrying.arrive(application("a", Device="d1", Phone="p1"))
    carrying.arrive(outcome("o", "a"))
    carrying.arrive(amendment("a", "d2"))
    assert not live.check(empty_graph, FINGRAPH)


def test_rows_that_bring_other_moments_along_do_not_arrive() -> None:
    own = NodeFact("Application", Part.OWN, {"key": "k"})
    along = NodeFact("Outcome", Part.ALONG, {"key": "o"})
    with pytest.raises(UsageError) as caught:
        arrivals(Staged(Plan("t", (own, along)), None, (), ()))  # type: ignore[arg-type]
    assert caught.value.code == "arrive.along"
    with pytest.raises(UsageError) as caught:
        arrivals(Staged(Plan("t", (NodeFact("User", Part.OWN, {"key": "k"}),)), None, (), ()))  # type: ignore[arg-type]
    assert caught.value.code == "arrive.kind"


def test_who_holds_what_others_wait_for_is_never_waiting_for_them(arriving: Arrivals, graph: Graph) -> None:
    """Forty arrivals through one device, eight at a time: none is a deadlock that has to be tried again."""
    tries: Counter[str] = Counter()
    write = arriving._tied

    def counted(tx: Any, arrival: Arrival, load: int, **more: Any) -> Any:
        tries[arrival.key] += 1
        return write(tx, arrival, load, **more)

    arriving._tied = counted  # type: ignore[method-assign]
    arriving.arrive(application("first", user="u0", Device="shared"))
    with ThreadPoolExecutor(8) as pool:
        every = [application(f"n{i}", user=f"u{i}", Device="shared", Phone=f"p{i}") for i in range(40)]
        list(pool.map(arriving.arrive, every))
    assert set(tries.values()) == {1}
    assert graph.read("MATCH (:Device {key: 'shared'})<-[r:USED_DEVICE]-() RETURN count(r) AS n") == [
        {"n": 41}
    ]


def test_an_outcome_and_an_application_that_share_wait_in_one_order(arriving: Arrivals) -> None:
    tries: Counter[str] = Counter()
    for name in ("_tied", "_outcome"):
        write = getattr(arriving, name)

        def counted(tx: Any, arrival: Arrival, load: int, write: Any = write, **more: Any) -> Any:
            tries[arrival.key] += 1
            return write(tx, arrival, load, **more)

        setattr(arriving, name, counted)
    for i in range(8):
        arriving.arrive(application(f"a{i}", user=f"u{i}", Device="shared", Address="home"))
    every = [outcome(f"o{i}", f"a{i}") for i in range(8)]
    every += [application(f"b{i}", user=f"v{i}", Device="shared", Address="home") for i in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(arriving.arrive, every))
    assert set(tries.values()) == {1}


def test_an_application_that_names_nobody_has_an_outcome_all_the_same(
    empty_graph: Graph, arriving: Arrivals
) -> None:
    bare = application("alone")
    arriving.arrive(replace(bare, user=None))
    told = door(empty_graph, now=NOW + 1_000_000).arrive(outcome("said", "alone"))
    assert told.known_at == NOW + 1_000_000
