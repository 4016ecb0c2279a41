"""A decision is begun on what a transaction reads, and kept only of what stands once that transaction is committed."""

from __future__ import annotations

import time
from concurrent.futures import Future
from threading import Event
from typing import Any

import pytest

from core.clock import now_us
from core.errors import GraphUnavailableError, IncompatibleError
from core.graph import Graph
from loaders.arrive import Arrival
from scoring import Asked, looking
from scoring.looking import MOST_LATE, Early, Health, Look
from scoring.reasons import Evidence
from tests.scoring.conftest import Home, sent


def test_what_was_read_by_a_transaction_that_did_not_stand_decides_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = home.scoring.parts
    real = parts.met_after

    def tried_again(graph: Graph, arrival: Arrival, seconds: float, early: Early) -> Evidence:
        early(parts.met_from(graph, arrival, now_us(), seconds))
        with monkeypatch.context() as patch:
            patch.setattr(parts, "met_after", real)
            home.scoring.score(Asked(sent(601, device="tried-again")))
        return real(graph, arrival, 5.0, early)

    with monkeypatch.context() as patch:
        patch.setattr(parts, "met_after", tried_again)
        told = home.scoring.scorer.score(
            home.graph, Asked(sent(600, device="tried-again"), explain=True), 5.0
        )
    assert told.reply["degraded"] == []
    assert told.reply["features"]["device_other_users_all"] == 1
    assert home.scoring.replay(told).differs == ()


def test_what_was_read_and_not_committed_is_a_decision_without_the_graph(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drain()
    parts = home.scoring.parts
    home.scoring.score(Asked(sent(610, device="not-committed")))

    def lost(graph: Graph, arrival: Arrival, seconds: float, early: Early) -> Evidence:
        early(parts.met_from(graph, arrival, now_us(), seconds))
        raise GraphUnavailableError("graph.unavailable", "away")

    with monkeypatch.context() as patch:
        patch.setattr(parts, "met_after", lost)
        told = home.scoring.score(Asked(sent(611, device="not-committed")))
    assert told.reply["degraded"] == ["graph"]
    assert not any(name.startswith("device_") for name in told.record["features"])
    assert home.scoring.replay(told).differs == ()
    assert home.drain() == 2


def test_a_look_that_says_nothing_early_says_it_in_the_end() -> None:
    met: Any = object()
    look = Look(lambda _: met, 5.0)
    assert look.first() is met
    assert look.last() is met


def test_a_look_that_fails_or_hangs_says_so_each_time() -> None:
    def broken(_: Early) -> Evidence:
        raise GraphUnavailableError("graph.unavailable", "away")

    never: Any = Event()
    failed, late = Look(broken, 5.0), Look(lambda _: never.wait(2.0), 0.05)
    for look, code in ((failed, "graph.unavailable"), (late, "graph.timeout")):
        for ask in (look.first, look.last):
            with pytest.raises(GraphUnavailableError) as refused:
                ask()
            assert refused.value.code == code


def test_a_graph_that_keeps_many_is_left_out_at_once_until_it_answers() -> None:
    thawed: Any = Event()
    frozen = [Look(lambda _: thawed.wait(20.0), 0.05) for _ in range(MOST_LATE)]
    for look in frozen:
        with pytest.raises(GraphUnavailableError):
            look.first()
    began = time.monotonic()
    for _ in range(100):
        with pytest.raises(GraphUnavailableError) as refused:
            Look(lambda _: thawed.wait(20.0), 5.0).first()
        assert refused.value.code == "graph.frozen"
    assert time.monotonic() - began < 5
    thawed.set()
    while looking._HEALTH._late:
        time.sleep(0.01)
    assert Look(lambda _: thawed, 5.0).first() is thawed  # type: ignore[arg-type, return-value]


def test_a_graph_that_fails_again_and_again_is_looked_at_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    health, failed, fine = Health(), Future[Evidence](), Future[Evidence]()
    failed.set_exception(GraphUnavailableError("graph.timeout", "it plans"))
    fine.set_exception(IncompatibleError("arrive.conflict", "it answers"))
    for _ in range(MOST_LATE):
        assert health.lets_look()
        health.has_ended(failed)
    assert [health.lets_look() for _ in range(4)] == [True, False, False, False]
    health.has_ended(failed)
    assert not health.lets_look()
    monkeypatch.setattr(looking, "PROBE_S", 0.0)
    monkeypatch.setattr(health, "_probe_at", 0.0)
    assert health.lets_look()
    health.has_ended(fine)
    assert all(health.lets_look() for _ in range(MOST_LATE + 1))
