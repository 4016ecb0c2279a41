"""The end of a run, and what became of its rings, on a real server."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest
from ring_worlds import SCHEMA, constrain, farm, stored_rings, write

from core.clock import DAY, HOUR
from core.errors import BusyError, GraphUnavailableError
from core.graph import Graph
from graph_schema.arriving import LEAD
from queries import statement
from rings import RunResult, list_rings, outcome_shares, run_rings, show_ring

pytestmark = pytest.mark.server


@pytest.fixture
def graph_(empty_graph: Graph) -> Graph:
    constrain(empty_graph)
    return empty_graph


NOW = 1_700_000_000_000_000


def go(graph: Graph) -> RunResult:
    return run_rings(graph, SCHEMA, lambda: NOW)


def arrivals_begin(graph: Graph, started_at: int = NOW) -> None:
    about = {"source": "s", "mode": "online", "started_at": started_at}
    graph.in_write(lambda tx: statement("loads/begin").within(tx, about=about))


def test_an_outcome_counts_from_when_it_is_known_and_the_latest_known_holds(graph_: Graph) -> None:
    write(graph_, farm(3))
    outcomes = [
        {"a": "s:a00", "id": "early", "value": 1.0, "known_at": 5, "seq": 9},
        {"a": "s:a00", "id": "late", "value": 0.0, "known_at": 8, "seq": 0},
        {"a": "s:a01", "id": "first", "value": 0.0, "known_at": 5, "seq": 1},
        {"a": "s:a01", "id": "then", "value": 1.0, "known_at": 5, "seq": 2},
        {"a": "s:a02", "id": "undated", "value": 1.0, "known_at": None, "seq": None},
        {"a": "s:a02", "id": "future", "value": 0.0, "known_at": 99, "seq": 0},
    ]
    graph_.write(
        "UNWIND $rows AS x MATCH (a:Application {key: x.a}) CREATE (a)-[:HAD_OUTCOME]->"
        "(:Outcome {key: x.id, target: 'fraud', value: x.value, known_at: x.known_at, seq: x.seq})",
        rows=outcomes,
    )
    run_rings(graph_, SCHEMA, lambda: 4)
    (key,) = stored_rings(graph_)
    expected = {5: [None, None, 1.0], 8: [1.0, 1.0, 1.0], 9: [0.0, 1.0, 1.0], 100: [0.0, 1.0, 0.0]}
    for now, values in expected.items():
        detail = show_ring(graph_, SCHEMA, key, as_of=now)
        assert [m["outcome"] for m in detail.members.items] == values
        known = [value for value in values if value is not None]
        assert (detail.outcomes.known, detail.outcomes.positive) == (len(known), sum(known))
        assert outcome_shares(graph_, as_of=now)["inside"] == detail.outcomes


@pytest.mark.parametrize("arrived", [True, False], ids=["commit arrived", "commit lost"])
def test_a_run_whose_last_reply_is_lost_finishes_once(
    graph_: Graph, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    write(graph_, farm(3))
    original, lost = Graph.in_write, []

    def in_write(self: Graph, work: Callable[[Any], Any], **options: Any) -> Any:
        if lost or "finish" not in work.__qualname__:
            return original(self, work, **options)
        lost.append(True)

        def broken(tx: Any) -> Any:
            done = work(tx)
            if not arrived:
                raise GraphUnavailableError("graph.unavailable", "gone")
            return done

        original(self, broken, **options)
        raise GraphUnavailableError("graph.unavailable", "gone")

    ticks = itertools.count(NOW)
    with monkeypatch.context() as patch:
        patch.setattr(Graph, "in_write", in_write)
        result = run_rings(graph_, SCHEMA, lambda: next(ticks))
    assert lost
    assert (result.run, result.born) == (1, 1)
    assert [found for found, _ in stored_rings(graph_).values()] == [frozenset({"s:a00", "s:a01", "s:a02"})]
    assert run_rings(graph_, SCHEMA, lambda: next(ticks)).unchanged


@pytest.mark.parametrize(
    ("began", "known_at"),
    [(None, NOW), (NOW - 3 * DAY, NOW), (NOW - HOUR, NOW + LEAD)],
    ids=["none", "long ago", "now"],
)
def test_beside_arrivals_a_run_counts_from_when_it_surely_is_there(
    graph_: Graph, began: int | None, known_at: int
) -> None:
    write(graph_, farm(3))
    if began is not None:
        arrivals_begin(graph_, began)
    assert go(graph_).known_at == known_at
    assert list_rings(graph_, as_of=known_at - 1, everything=True).items == []
    assert len(list_rings(graph_, as_of=known_at, everything=True).items) == 1


def test_arrivals_begin_before_a_run_looks_for_them_or_after_it_is_there(
    graph_: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(graph_, farm(3))
    beside, waited = threading.Thread(target=arrivals_begin, args=(graph_,)), []

    def within(self: Any, tx: Any, **params: Any) -> Any:
        done = unpatched(self, tx, **params)
        if self.name == "rings/finish":  # the run has looked, and is not there yet
            beside.start()
            beside.join(1)
            waited.append(beside.is_alive())
        return done

    unpatched = type(statement("rings/finish")).within
    monkeypatch.setattr(type(statement("rings/finish")), "within", within)
    assert go(graph_).known_at == NOW
    beside.join(10)
    assert waited == [True]
    assert not beside.is_alive()


def test_a_run_that_was_written_too_slowly_says_so(graph_: Graph) -> None:
    write(graph_, farm(3))
    arrivals_begin(graph_)
    ticks = iter(range(NOW, NOW + 100 * LEAD, LEAD))
    with pytest.raises(BusyError, match="arrived in between"):
        run_rings(graph_, SCHEMA, lambda: next(ticks))
