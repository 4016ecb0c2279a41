"""A replayed day: what was computed of each application as it arrived is what all facts give later, to the bit."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
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
from features.replay import (
    Difference,
    Recorded,
    Replayed,
    compare,
    recorded_again,
    recorded_of,
    send,
)
from graph_schema.cypher import mark_hubs
from loaders.arrive import Arrivals
from loaders.carried import store_carried
from loaders.hub_summaries import write_summaries
from rings.run import run_rings
from snapshot.columns import NEVER, SUMMARY, Columns
from snapshot.online import Given, Unseen
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
    doors[0].warm()
    run_rings(graph, lender.schema, clock)
    abandon_a_run(graph)
    half, late = len(lender.sent) // 2, len(lender.sent) * 3 // 4
    told = [send(doors, lender.sent[:half], online)]
    frames = yesterdays_hubs(graph, lender, catalogue)
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(middle_of_the_day, graph, lender, frames, clock)
        told.append(send(doors, told[0].missing + lender.sent[half:late], online, at_once=16))
        running.result()
    until = clock() + LEAD
    while clock() < until:  # what was written in the middle of the day is known by now
        time.sleep(0.1)
    told.append(send(doors, told[1].missing + lender.sent[late:], online, at_once=16))
    wide = len(catalogue.carried)
    yield Day(graph, lender, online, told, columns_of_graph(graph, lender.schema, catalogue.version, wide))
    wipe(graph)


def carry_past(graph: Graph, lender: Lender, catalogue: Catalogue) -> None:
    facts = columns_of_graph(graph, lender.schema, None, len(catalogue.carried))
    known = with_carried(facts, catalogue)
    assert known.carried is not None
    at = np.flatnonzero(~known.event)
    keys = [known.keys[p] for p in at]
    assert store_carried(graph, keys, known.carried[at], catalogue.version) == len(keys)


def abandon_a_run(graph: Graph) -> None:
    """What a run that was killed leaves: memberships of a run that never finished."""
    graph.write(
        "MATCH (x:RingRun) WITH max(x.run) + 1 AS run "
        "CREATE (:RingRun {key: toString(run), run: run, started_at: 0}) "
        "CREATE (r:Ring {key: 'unfinished', born_run: run, run: run})-[:WAS]->(:RingState {key: 'unfinished@' + run, "
        "run: run, score: 0.99, users: 77, listed: true}) "
        "WITH r, run MATCH (a:Application) CREATE (a)-[:MEMBER_OF {since: run}]->(r)"
    )


def yesterdays_hubs(graph: Graph, lender: Lender, catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """What yesterday's hubs were like, by label."""
    facts = columns_of_graph(graph, lender.schema, None, len(catalogue.carried))
    frames = {}
    for label in ("Device", "IpAddress", "Phone", "Employer", "Address"):
        keys = identifier_keys(graph, lender.schema.identifier(label))
        told = summarise(facts, label, lender.day - DAY, lender.day)
        rows = [(keys[x], *figures) for x, figures in told.items()]
        frames[label] = pl.DataFrame(rows, schema=["key", *SUMMARY], orient="row")
    assert any(frame.height for frame in frames.values())
    return frames


def middle_of_the_day(graph: Graph, lender: Lender, frames: dict[str, pl.DataFrame], clock: Clock) -> None:
    """The summaries of yesterday's hubs and a run of the ring finder, while others write."""
    for label, frame in frames.items():
        told = (graph, lender.schema, label, lender.day - DAY, clock.off(LEAD), frame)
        assert write_summaries(*told) == frame.height
        assert write_summaries(*told) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rings.run.LEAD", LEAD)  # this clock runs faster than a run
        run_rings(graph, lender.schema, clock)


def test_online_equals_offline_to_the_bit(day: Day) -> None:
    found = compare(day.recorded, day.facts, day.online.catalogue)
    counts = sum((one.counts for one in day.told), Counter())
    compared = len(day.recorded) * len(day.online.catalogue.variants)
    told = {
        **counts,
        "recorded": len(day.recorded),
        "features_compared": compared,
        "differences": len(found),
    }
    sys.stderr.write(json.dumps(told) + "\n")
    assert not found[:5], len(found)


def test_what_goes_wrong_on_a_day_was_there(day: Day) -> None:
    counts = sum((one.counts for one in day.told), Counter())
    assert min(counts[name] for name in ("Application", "Event", "Outcome", "late", "early")) > 50
    assert min(counts[name] for name in ("repeats", "conflicts", "USED_DEVICE", "GAVE_PHONE", "PAID_TO")) > 3
    became = [
        int(((one.hub_at >= day.lender.day) & (one.hub_at < NEVER)).sum())
        for one in day.facts.relations.values()
    ]
    assert sum(became) > 5
    values = np.stack([one.values for one in day.recorded])
    names = [variant.name for variant in day.online.catalogue.variants]
    for part in ("_listed_rings", "_ring_score", "_hub_day_users", "_carried_mean_", "_known_", "_signups_"):
        seen = values[:, [part in name for name in names]]
        assert (np.nan_to_num(seen) > 0).any(), part


def test_what_was_carried_is_what_its_own_point_gives(day: Day) -> None:
    anew = with_carried(day.facts, day.online.catalogue).carried
    assert anew is not None and day.facts.carried is not None
    assert np.array_equal(anew, day.facts.carried, equal_nan=True)


def test_a_read_at_the_same_point_sees_the_same_for_ever(day: Day) -> None:
    version = day.online.catalogue.version
    again = [
        recorded_again(day.online, one.key, day.online.read.run(day.graph, one.key, version))
        for one in day.recorded
    ]
    assert not compare(again, day.facts, day.online.catalogue)


def test_an_application_that_is_not_in_the_graph_is_read_alike(day: Day) -> None:
    version, sent = (
        day.online.catalogue.version,
        {one.key: one for one in day.lender.sent if one.digest != "another"},
    )
    for one in day.recorded[::7]:
        arrival = sent[one.key]
        given = tuple(Given(name.label, name.key, name.role, name.properties) for name in arrival.named)
        user = arrival.user["key"] if arrival.user else None
        unseen = Unseen(
            (one.known_at, one.seq), user, given, arrival.properties, arrival.properties["event_at"]
        )
        record = day.online.read.of(day.graph, unseen.named, unseen.point, version)
        told = recorded_of(one.key, unseen.point, day.online.features(record, unseen))
        assert not compare([told], day.facts, day.online.catalogue)


DAY_EARLY = f" - {DAY}"
MUTANTS = {
    "the application itself is among those met": [
        ("AND n.key < $it.key END", "END"),
        ("ELSE n.key < $it.key END", "ELSE true END"),
    ],
    "the point is one second later": [("a.known_at AS at", "a.known_at + 1000000 AS at")],
    "outcomes a day early": [
        ("ELSE x.known_at < at END THEN", f"ELSE x.known_at{DAY_EARLY} < at END THEN"),
        ("y.value, x.known_at", f"y.value, x.known_at{DAY_EARLY}"),
    ],
    "runs that have not finished": [
        ("x.known_at < at AND x.finished_at IS NOT NULL", "true"),
        ("ORDER BY x.known_at", "ORDER BY x.run"),
        ("x.known_at AS run_known_at", "0 AS run_known_at"),
    ],
    "runs known later": [
        ("x.known_at < at AND x.finished_at IS NOT NULL", "x.finished_at IS NOT NULL"),
        ("x.known_at AS run_known_at", "0 AS run_known_at"),
    ],
    "summaries a day early": [("s.known_at < at", "true"), ("[s.known_at", f"[s.known_at{DAY_EARLY}")],
    "hubs walked": [("WHERE NOT hub", "WHERE true"), ("i.hub_since, i.hub_seq, mine", "null, null, mine")],
    "hubs of today as if of ever": [
        ("WHERE NOT hub", "WHERE i.hub_since IS NULL"),
        ("i.hub_since, i.hub_seq, mine", "i.hub_since - 604800000000, i.hub_seq, mine"),
    ],
    "carried of another version": [("n.carried_version = $version", "false")],
}
"""What is changed in the statement."""


@pytest.mark.parametrize("name", MUTANTS)
def test_a_read_with_a_mistake_is_seen(day: Day, name: str) -> None:
    online = Online(day.lender.schema, day.online.catalogue)
    for honest, mistaken in MUTANTS[name]:
        assert honest in online.read.of_key
        online.read.of_key = online.read.of_key.replace(honest, mistaken)
    assert differences(day, online)


def test_a_hub_limit_off_by_one_is_seen(day: Day) -> None:
    """Hubs marked one link late, as if `walk` were one more."""
    for kind in day.lender.schema.identifiers:
        hubs = f"MATCH (n:{kind.label}) WHERE n.hub_since IS NOT NULL RETURN id(n) AS id"
        ids = [row["id"] for row in day.graph.read(hubs)]
        day.graph.write(mark_hubs(kind), id=ids, walk=kind.walk + 1)
    late = differences(day, day.online)
    for kind in day.lender.schema.identifiers:
        dated = f"MATCH (n:{kind.label})<-[r:{kind.relationship}]-() WITH n, count(r) AS links WHERE links > $walk"
        ids = [row["id"] for row in day.graph.read(dated + " RETURN id(n) AS id", walk=kind.walk)]
        day.graph.write(mark_hubs(kind), id=ids, walk=kind.walk)
    assert late
    assert not differences(day, day.online)


def differences(day: Day, online: Online) -> list[Difference]:
    """Where another read of the day's applications differs from all facts."""
    version = online.catalogue.version
    keys = dict.fromkeys(one.key for one in day.recorded)
    again = [recorded_again(online, key, online.read.run(day.graph, key, version)) for key in keys]
    return [one for one in compare(again, day.facts, online.catalogue) if one.feature != "known_at"]
