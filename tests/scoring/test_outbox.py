"""Of several processes that share a home one tells the graph of decisions, in rounds, and when it ends another goes on."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from core.clock import HOUR, now_us
from core.errors import GraphUnavailableError
from core.graph import Graph
from core.sql import Sql
from loaders.arrive import Arrival
from scoring import Asked, outbox
from scoring.outbox import Drain, drain
from scoring.parts import Parts
from scoring.record import count_waiting
from tests.scoring.conftest import Home, graph_away, sent

NOTHING = cast(Any, None)


def test_one_of_several_drains_and_another_goes_on_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = [lambda: NOTHING, lambda: NOTHING, lambda: NOTHING]
    rounds = _rounds_of(monkeypatch, asks)
    monkeypatch.setattr(outbox, "WAIT_S", 0.01)
    monkeypatch.setattr(outbox, "WAIT_LONG_S", 0.05)
    drains = {id(ask): Drain(NOTHING, NOTHING, ask, tmp_path / "outbox.lock") for ask in asks}
    before = set(_threads())
    for one in drains.values():
        one.start()
    seen = []
    while drains:
        rounds.clear()
        _wait_for(lambda: rounds.total() > 20)
        (only,) = rounds
        seen.append(only)
        drains.pop(only).stop()
    assert len(set(seen)) == len(asks)
    assert set(_threads()) <= before


def test_a_folder_that_cannot_be_written_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = lambda: NOTHING  # noqa: E731 - known by its identity
    rounds = _rounds_of(monkeypatch, [ask])
    monkeypatch.setattr(outbox, "WAIT_S", 0.01)
    monkeypatch.setattr(outbox, "WAIT_LONG_S", 0.05)
    place = tmp_path / "home"
    place.write_text("no folder")
    one = Drain(NOTHING, NOTHING, ask, place / "outbox.lock")
    one.start()
    time.sleep(0.2)
    assert not rounds
    place.unlink()
    _wait_for(lambda: rounds.total() > 0)
    one.stop()


@pytest.mark.server
def test_what_a_round_told_stays_told_whatever_dies_in_the_next(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drain()
    with graph_away():
        decided = [home.scoring.score(Asked(sent(number))).key for number in (650, 651, 652)]
    monkeypatch.setattr(outbox, "ROUND_S", 0.0)
    assert home.drain_once() == 1
    with graph_away(), pytest.raises(GraphUnavailableError):
        home.drain_once()
    assert count_waiting(home.sql) == 2
    assert [home.drain_once() for _ in range(3)] == [1, 1, 0]
    arrived = home.graph.read(
        "MATCH (a:Application) WHERE a.key IN $keys RETURN a.key AS key ORDER BY a.known_at", keys=decided
    )
    assert [row["key"] for row in arrived] == decided


@pytest.mark.server
def test_what_ran_out_of_its_time_is_told_once_the_graph_has_its_plans(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drain()
    with graph_away():
        home.scoring.score(Asked(sent(660)))
    arrivals, asked = home.scoring.parts.arrivals, list[str]()
    arrive = arrivals.arrive

    def planning(arrival: Arrival, **more: Any) -> Any:
        asked.append("arrive")
        if len(asked) == 1:
            raise GraphUnavailableError("graph.timeout", "it plans")
        return arrive(arrival, **more)

    monkeypatch.setattr(arrivals, "arrive", planning)
    monkeypatch.setattr(arrivals, "rehearse", lambda *_, **__: asked.append("rehearse"))
    assert home.drain_once() == 1
    assert asked == ["arrive", "rehearse", "arrive"]
    assert count_waiting(home.sql) == 0


def _rounds_of(monkeypatch: pytest.MonkeyPatch, asks: Sequence[Callable[[], Parts]]) -> Counter[int]:
    """Rounds by who asks; servers of other tests that are open still drain as ever, and count for nothing."""
    ours, rounds, really = {id(ask) for ask in asks}, Counter[int](), outbox.drain

    def drained(sql: Sql, graph: Graph, parts: Callable[[], Parts], **named: Any) -> int:
        if id(parts) not in ours:
            return really(sql, graph, parts, **named)
        rounds[id(parts)] += 1
        return 0

    monkeypatch.setattr(outbox, "drain", drained)
    return rounds


def _threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "fingraph-outbox"]


def _wait_for(found: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not found():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.server
def test_a_decision_says_that_the_graph_lacks_what_was_decided_while_it_was_away(home: Home) -> None:
    home.drain()
    with graph_away():
        first = home.scoring.score(Asked(sent(670, device="shared-in-an-outage")))
    later = home.scoring.score(Asked(sent(671, device="shared-in-an-outage")))
    assert (first.reply["degraded"], later.reply["degraded"]) == (["graph"], ["behind"])
    assert home.scoring.score(Asked(sent(672), dry_run=True)).reply["degraded"] == ["behind"]
    assert home.scoring.replay(later).differs == ()
    home.drain()
    assert home.scoring.score(Asked(sent(673, device="shared-in-an-outage"))).reply["degraded"] == []


@pytest.mark.server
def test_a_record_that_cannot_be_read_keeps_none_of_the_others_waiting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drain()
    with graph_away():
        broken, fine = (home.scoring.score(Asked(sent(number))) for number in (674, 675))
    again = outbox.arrival_again

    def reading(record: Any) -> Arrival:
        if record["arrival"]["key"] == broken.key:
            raise TypeError("a field of another version")
        return again(record)

    monkeypatch.setattr(outbox, "arrival_again", reading)
    assert home.drain() == 1
    assert count_waiting(home.sql) == 1
    found = home.graph.read(
        "MATCH (d:Decision) WHERE d.key IN $keys RETURN d.key AS key", keys=[broken.id, fine.id]
    )
    assert [row["key"] for row in found] == [fine.id]
    assert (
        home.scoring.score(Asked(sent(676))).reply["degraded"] == []
    )  # it is set aside, and the log says so
    monkeypatch.undo()
    assert drain(home.sql, home.graph, lambda: home.scoring.parts, clock=lambda: now_us() + HOUR) == 2
    assert count_waiting(home.sql) == 0


@pytest.mark.server
def test_what_the_graph_lost_arrives_again_from_its_record(home: Home) -> None:
    home.drain()
    kept = home.scoring.score(Asked(sent(677)))
    home.graph.write("MATCH (a:Application {key: $key}) DETACH DELETE a", key=kept.key)
    home.drain()
    assert count_waiting(home.sql) == 0
    (found,) = home.graph.read(
        "MATCH (a:Application {key: $key})-[:HAD_DECISION]->(d) RETURN d.key AS decision", key=kept.key
    )
    assert found["decision"] == kept.id
