"""A graph made from a snapshot is the graph that it was made of; comparing the two finds what differs."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.clock import DAY, moment_us
from core.errors import IncompatibleError, UsageError
from core.graph import Graph
from core.settings import Settings
from graph_schema import live
from graph_schema.live import live_schema
from loaders.hub_summaries import write_summaries
from loaders.load import Loader
from rings import run_rings
from snapshot.export import export
from snapshot.rebuild import Rebuild, rebuild
from snapshot.tables import tables
from snapshot.verify import Compared, verify
from tests.conftest import wipe
from tests.loaders.small_lender import write_lender
from tests.snapshot.contents import whole

pytestmark = pytest.mark.server
MADE_AT = moment_us("2024-03-01")


@pytest.fixture
def exported(server: Settings, empty_graph: Graph, tmp_path: Path) -> Path:
    """The folder of a snapshot of a small lender with rings, a decision about one, and products."""
    lender = write_lender(tmp_path)
    Loader(server).load(lender.mapping, lender.data, "batch")
    schema = live_schema(empty_graph)
    for day in (20, 40):
        run_rings(empty_graph, schema, lambda day=day: MADE_AT + day * DAY)
    empty_graph.write(
        "MATCH (a:Application) WITH a LIMIT 3 MERGE (d:RingDecision {key: 'd1'}) ON CREATE SET d.kind = 'exclude', "
        "d.ring = 'r', d.listed = true, d.made_at = 1, d.made_by = 'somebody', d.note = 'said \"so\",\ntwice' "
        "CREATE (d)-[:DECIDES {part: 1}]->(a)"
    )
    empty_graph.write(
        "MATCH (a:Application) WHERE a.seq % 3 = 0 SET a.carried = [0.1, $nan, -1e300], a.carried_version = 'v'",
        nan=float("nan"),
    )
    frame = empty_graph.read("MATCH (t:Terminal) WHERE t.hub_since IS NOT NULL RETURN t.key AS key")
    figures = {"applications": 7.0, "users": 3.0, "newcomers": 0.5, "busiest_hour": 0.25}
    write_summaries(
        empty_graph,
        schema,
        "Terminal",
        DAY,
        lambda: 3 * DAY,
        pl.DataFrame([{**row, **figures} for row in frame]),
    )
    export(empty_graph, schema, tmp_path / "snapshot")
    return tmp_path / "snapshot"


def test_the_graph_made_anew_offline_is_the_same(server: Settings, graph: Graph, exported: Path) -> None:
    if not server.is_local:
        pytest.skip("the importer needs a local server")
    before = whole(graph)
    wipe(graph)
    made = rebuild(server, exported)
    assert set(whole(graph)) ^ set(before) == set()
    assert len(whole(graph)) == len(before)
    assert made.counts["Application"] == 300
    assert live.check(graph, live_schema(graph)) == []


def test_the_graph_made_anew_by_statements_is_the_same(graph: Graph, exported: Path) -> None:
    before = whole(graph)
    wipe(graph)
    made = live_made(graph, exported)
    assert set(whole(graph)) ^ set(before) == set()
    assert len(whole(graph)) == len(before)
    assert made


def live_made(graph: Graph, folder: Path) -> bool:
    from core.progress import SILENT
    from snapshot.manifest import require_manifest

    made = require_manifest(folder)
    live.apply(graph, made.schema, made.hash_key_id or "")
    Rebuild(folder, made, tables(made.schema), SILENT).write(graph)
    return True


def test_a_graph_that_holds_something_is_not_written_over(server: Settings, exported: Path) -> None:
    with pytest.raises(UsageError, match="empty"):
        rebuild(server, exported)


def differing(graph: Graph, folder: Path) -> dict[str, tuple[int, int]]:
    return {one.table: (one.missing, one.extra) for one in verify(graph, folder) if not one.equal}


def test_a_snapshot_just_made_holds_what_the_graph_holds(graph: Graph, exported: Path) -> None:
    found = verify(graph, exported)
    assert [one for one in found if not one.equal] == []
    assert sum(one.snapshot for one in found) > 2_000
    assert next(one for one in found if one.table == "Terminal.hubs").snapshot > 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("MATCH (a:Application {key: 'small:a7'}) SET a.amount_cents = 1", {"Application": (1, 1)}),
        (
            "MATCH (:Application {key: 'small:a7'})-[r:USED_DEVICE]->() DELETE r",
            {"Application-USED_DEVICE-Device": (0, 1)},
        ),
        (
            "MATCH (a:Application {key: 'small:a7'}), (d:Device) WITH a, d LIMIT 1 CREATE (a)-[:USED_DEVICE {known_at: 1, seq: 1}]->(d)",
            {"Application-USED_DEVICE-Device": (1, 0)},
        ),
        (
            "MATCH (:Application {key: 'small:a7'})-[r:GAVE_PHONE {role: 'self'}]->() SET r.seq = r.seq + 1",
            {"Application-GAVE_PHONE-Phone": (1, 1)},
        ),
        ("MATCH (t:Terminal) WITH t LIMIT 1 SET t.hub_since = t.hub_since + 1", {"Terminal.hubs": (1, 1)}),
        ("MATCH (o:Outcome) WITH o LIMIT 1 REMOVE o.known_at", {"Outcome": (1, 1)}),
    ],
)
def test_comparing_finds_what_differs(
    graph: Graph, exported: Path, change: str, expected: dict[str, tuple[int, int]]
) -> None:
    graph.write(change)
    assert differing(graph, exported) == expected


def test_a_file_that_was_changed_is_no_snapshot(graph: Graph, exported: Path) -> None:
    path = next(exported.glob("Application/*/*.parquet"))
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(IncompatibleError, match="export anew"):
        verify(graph, exported)


def test_a_comparison_that_differs_says_so() -> None:
    assert not Compared("Device", 2, 1, 1, 0).equal
    assert Compared("Device", 2, 2, 0, 0).as_dict()["equal"]
