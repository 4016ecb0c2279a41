"""A replayed day: what was computed of each application as it arrived is what all facts give later, to the bit."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from core.clock import DAY, MINUTE
from core.graph import Graph
from features import Catalogue, catalogue_for, with_carried
from features.hubs import summarise
from features.online import Online
from features.replay import Recorded, Replayed, compare, send
from loaders.arrive import Arrivals, store_carried
from loaders.hub_summaries import write_summaries
from rings.run import run_rings
from snapshot.columns import SUMMARY, Columns
from tests.conftest import wipe
from tests.features.graph_log import columns_of_graph, identifier_keys
from tests.features.replaying import Clock, Lender, load_lender, skewed

pytestmark = [pytest.mark.server, pytest.mark.slow]

LEAD = 30 * MINUTE
"""A run of the ring finder and a summary are known from a moment that is still to come when they are written."""


@dataclass
class Day:
    """The replayed day."""

    graph: Graph
    lender: Lender
    online: Online
    told: list[Replayed]
    facts: Columns

    @property
    def recorded(self) -> list[Recorded]:
        return [one for part in self.told for one in part.recorded]


@pytest.fixture(scope="module")
def day(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    wipe(graph)
    lender = load_lender(graph, tmp_path_factory.mktemp("lender"))
    catalogue = catalogue_for(lender.schema)
    carry_past(graph, lender, catalogue)
    online = Online(lender.schema, catalogue)
    clock = Clock(lender.day)
    doors = [
        Arrivals(
            graph, lender.schema, online.read, clock=one, carry=online.carried, version=catalogue.version
        )
        for one in skewed(clock)
    ]
    run_rings(graph, lender.schema, clock)
    abandon_a_run(graph)
    half = len(lender.sent) // 2
    told = [send(doors, lender.sent[:half], online)]
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(middle_of_the_day, graph, lender, catalogue, clock)
        told.append(send(doors, lender.sent[half:], online, at_once=16))
        running.result()
    wide = len(catalogue.carried)
    yield Day(graph, lender, online, told, columns_of_graph(graph, lender.schema, catalogue.version, wide))
    wipe(graph)


def carry_past(graph: Graph, lender: Lender, catalogue: Catalogue) -> None:
    facts = columns_of_graph(graph, lender.schema, None, len(catalogue.carried))
    known = with_carried(facts, catalogue)
    assert known.carried is not None
    for p in np.flatnonzero(~known.event):
        assert store_carried(graph, known.keys[p], known.carried[p].tolist(), catalogue.version)


def abandon_a_run(graph: Graph) -> None:
    """What a run that was killed leaves: memberships of a run that never finished."""
    graph.write(
        "MATCH (x:RingRun) WITH max(x.run) + 1 AS run "
        "CREATE (:RingRun {key: toString(run), run: run, started_at: 0}) "
        "CREATE (r:Ring {key: 'unfinished', born_run: run, run: run})-[:WAS]->(:RingState {key: 'unfinished@' + run, "
        "run: run, score: 0.99, users: 77, listed: true}) "
        "WITH r, run MATCH (a:Application) CREATE (a)-[:MEMBER_OF {since: run}]->(r)"
    )


def middle_of_the_day(graph: Graph, lender: Lender, catalogue: Catalogue, clock: Clock) -> None:
    """A run of the ring finder and the summaries of yesterday's hubs, while others write."""
    facts = columns_of_graph(graph, lender.schema, None, len(catalogue.carried))
    for label in ("Device", "IpAddress", "Phone", "Employer", "Address"):
        kind = lender.schema.identifier(label)
        keys = identifier_keys(graph, kind)
        told = summarise(facts, label, lender.day - DAY, lender.day)
        rows = {keys[x]: figures for x, figures in told.items() if x < len(keys)}
        frame = pl.DataFrame(
            [(key, *figures) for key, figures in rows.items()], schema=["key", *SUMMARY], orient="row"
        )
        known_at = clock() + LEAD
        assert write_summaries(graph, lender.schema, label, lender.day - DAY, known_at, frame) == len(rows)
        assert write_summaries(graph, lender.schema, label, lender.day - DAY, known_at + 1, frame) == 0
    run_rings(graph, lender.schema, clock.off(LEAD))


def test_online_equals_offline_to_the_bit(day: Day) -> None:
    found = compare(day.recorded, day.facts, day.online.catalogue)
    counts = day.told[0].counts + day.told[1].counts
    compared = len(day.recorded) * len(day.online.catalogue.variants)
    told = {
        **counts,
        "recorded": len(day.recorded),
        "features_compared": compared,
        "differences": len(found),
    }
    sys.stderr.write(json.dumps(told) + "\n")
    assert not found[:5], len(found)
