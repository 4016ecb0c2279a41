"""The history of days past is the one that daily runs would have made."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import Any

import pytest
from ring_worlds import SCHEMA, World, constrain, farm, random_world, stored_rings, write

from core.clock import DAY
from core.errors import BusyError, UsageError
from core.graph import Graph, password_of
from core.settings import Settings
from queries import statement
from rings import backfill, list_rings, run_rings
from tests.conftest import ROOT

pytestmark = pytest.mark.server

FIRST, DAYS = 0, 5
FINISHED = "MATCH (x:RingRun) WHERE x.finished_at IS NOT NULL RETURN x.run AS run ORDER BY run"


@pytest.fixture
def graph_(empty_graph: Graph) -> Graph:
    constrain(empty_graph)
    return empty_graph


def later() -> int:
    return 1_800_000_000_000_000


def dated_world(seed: int) -> World:
    """A random world within the first days; what it has no time for is left out."""
    random_ = random.Random(seed)
    world = random_world(random_)
    moments = {x["key"]: random_.randrange(DAYS * DAY) for x in (*world.applications, *world.events)}
    for x in (*world.applications, *world.events):
        x |= {"known_at": moments[x["key"]], "seq": 0}
    for x in world.links:
        x |= {"known_at": moments[x["start"]], "seq": 0}
    return world


def until(world: World, point: int) -> World:
    """What was known before `point`."""
    parts = (
        [x for x in part if x["known_at"] < point] for part in (world.applications, world.events, world.links)
    )
    return World(*parts)


def history(graph: Graph) -> list[dict[str, Any]]:
    """All rings with all that ever belonged to them, by run."""
    return graph.read(
        "MATCH (r:Ring) RETURN r {.*} AS ring, "
        "COLLECT { MATCH (r)<-[m:MEMBER_OF]-(a) RETURN [a.key, m.since, m.until] ORDER BY a.key, m.since } AS members, "
        "COLLECT { MATCH (r)-[e:EVOLVED_FROM]->(b) RETURN [b.key, e.run] ORDER BY b.key, e.run } AS before "
        "ORDER BY r.key"
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_backfilled_day_equals_the_run_made_on_that_day(graph_: Graph, seed: int) -> None:
    world = dated_world(seed)
    for day in range(DAYS):
        point = FIRST + (day + 1) * DAY
        write(graph_, until(world, point))
        run_rings(graph_, SCHEMA, lambda point=point: point)  # type: ignore[misc]
    daily = history(graph_)
    assert daily
    made = list(backfill(graph_, SCHEMA, FIRST, FIRST + (DAYS - 1) * DAY, clock=later, anew=True))
    assert len(made) == DAYS
    assert history(graph_) == daily
    runs = graph_.read("MATCH (x:RingRun) RETURN x.known_at = x.as_of AS then, x.backfilled AS backfilled")
    assert all(x["then"] and x["backfilled"] for x in runs)


def test_a_run_sees_nothing_of_later(graph_: Graph) -> None:
    write(graph_, farm(3, start=DAY))
    assert run_rings(graph_, SCHEMA, lambda: DAY).rings == 0
    assert run_rings(graph_, SCHEMA, lambda: 2 * DAY).rings == 1


def test_no_history_is_made_of_days_whose_rings_were_seen(graph_: Graph) -> None:
    write(graph_, dated_world(1))
    about = {"source": "s", "mode": "online", "started_at": 2 * DAY + 5}
    graph_.in_write(lambda tx: statement("loads/begin").within(tx, about=about))
    assert len(list(backfill(graph_, SCHEMA, FIRST, FIRST + DAY, clock=later))) == 2
    for days, anew in (((2 * DAY, 2 * DAY), False), ((FIRST, FIRST), True)):
        with pytest.raises(UsageError) as refused:
            list(backfill(graph_, SCHEMA, *days, clock=later, anew=anew))
        assert refused.value.code == "rings.arrivals"
    assert [x["run"] for x in graph_.read(FINISHED)] == [1, 2]


def test_who_forgets_all_rings_and_is_killed_leaves_none_to_be_seen(
    graph_: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(graph_, dated_world(1))
    days = (FIRST, FIRST + (DAYS - 1) * DAY)
    list(backfill(graph_, SCHEMA, *days, clock=later))
    wanted = history(graph_)
    with monkeypatch.context() as patch:
        patch.setattr(sys.modules["rings.backfill"], "forget_rings", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list(backfill(graph_, SCHEMA, *days, clock=later, anew=True))
    assert history(graph_) == wanted, "nothing of them is deleted yet"
    assert not list_rings(graph_, everything=True).items
    list(backfill(graph_, SCHEMA, *days, clock=later))
    assert history(graph_) == wanted


def test_runs_go_forward_only(graph_: Graph) -> None:
    write(graph_, farm(3))
    run_rings(graph_, SCHEMA, later)
    with pytest.raises(UsageError) as refused:
        list(backfill(graph_, SCHEMA, FIRST, FIRST, clock=later))
    assert refused.value.code == "rings.order"
    assert len(stored_rings(graph_)) == 1
    with pytest.raises(UsageError) as refused:
        list(backfill(graph_, SCHEMA, FIRST, FIRST, clock=lambda: DAY // 2, anew=True))
    assert refused.value.code == "rings.days"
    assert len(stored_rings(graph_)) == 1, "nothing is forgotten for days that cannot be"


BACKFILLING = """
import sys, time
from dataclasses import replace
from core.graph import connect
from core.settings import load_settings
from rings import backfill
from rings.hold import Hold
from tests.rings.ring_worlds import SCHEMA
finish = Hold.finish
Hold.finish = lambda hold, *a, **k: finish(hold, *a, **k) if hold.run < 3 else time.sleep(600)
with connect(replace(load_settings({}), neo4j_uri=sys.argv[1], neo4j_password=sys.argv[2])) as graph:
    for one in backfill(graph, SCHEMA, 0, 4 * 86_400_000_000, clock=lambda: 1_800_000_000_000_000):
        print(one.run, flush=True)
"""
"""A backfill whose third run has written all that it has to, and does not finish."""


def test_a_backfill_that_is_killed_leaves_its_finished_days_and_goes_on(
    graph_: Graph, server: Settings
) -> None:
    write(graph_, dated_world(1))
    whole = list(backfill(graph_, SCHEMA, FIRST, FIRST + (DAYS - 1) * DAY, clock=later))
    assert [one.run for one in whole] == [1, 2, 3, 4, 5], "each day changes something"
    wanted = history(graph_)
    graph_.write("MATCH (x:RingRun|Ring|RingState) DETACH DELETE x")

    given = [server.uri, password_of(server)]
    killed = subprocess.Popen([sys.executable, "-c", BACKFILLING, *given], cwd=ROOT)
    try:
        end = time.monotonic() + 60
        while not graph_.read("MATCH ()-[m:MEMBER_OF]->() WHERE 3 IN [m.since, m.until] RETURN m LIMIT 1"):
            assert killed.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        time.sleep(1)  # the rest of what the run writes
    finally:
        killed.kill()
        killed.wait()
    assert [x["run"] for x in graph_.read(FINISHED)] == [1, 2]
    with pytest.raises(BusyError):
        run_rings(graph_, SCHEMA, later)
    graph_.write("MATCH (x:RingRun) WHERE x.finished_at IS NULL SET x.lease_until = 1")
    with pytest.raises(UsageError) as refused:
        list(backfill(graph_, SCHEMA, FIRST, FIRST, clock=later))
    assert "--from 1970-01-03" in " ".join(refused.value.hints)
    list(backfill(graph_, SCHEMA, FIRST + 2 * DAY, FIRST + (DAYS - 1) * DAY, clock=later))
    assert history(graph_) == wanted
