"""The history of days past is the one that daily runs would have made."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ring_worlds import SCHEMA, World, constrain, farm, random_world, stored_rings, write

from core.clock import DAY
from core.errors import UsageError
from core.graph import Graph
from rings import backfill, run_rings

pytestmark = pytest.mark.server

FIRST, DAYS = 0, 5


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
