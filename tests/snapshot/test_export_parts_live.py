"""Exports beside writers, after a kill, of loads that run, of arrivals: nothing is lost and nothing doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.clock import DAY, SECOND, now_us
from core.errors import BusyError, IncompatibleError
from core.files import locked
from core.graph import Graph, password_of
from core.progress import SILENT
from core.settings import Settings
from graph_schema import FINGRAPH, live
from graph_schema.live import live_schema
from loaders.hub_summaries import write_summaries
from snapshot import source
from snapshot.columns import NEVER
from snapshot.export import export
from snapshot.manifest import read_manifest
from snapshot.read import read_columns
from snapshot.rebuild import Rebuild
from snapshot.tables import tables
from snapshot.verify import verify
from tests.conftest import ROOT, wipe
from tests.loaders.small_lender import write_lender
from tests.snapshot.contents import graph_holds, held, whole

pytestmark = pytest.mark.server
KEY_ID = "0" * 16


@pytest.fixture
def declared(empty_graph: Graph) -> Iterator[Graph]:
    """A graph with its schema and nothing in it; given away with its own key."""
    live.apply(empty_graph, FINGRAPH, KEY_ID)
    yield empty_graph
    empty_graph.write("MATCH (s:SchemaState) DELETE s")


def begin(graph: Graph, mode: str = "batch", started_at: int | None = None) -> int:
    """A load, not finished."""
    rows = graph.write(
        "OPTIONAL MATCH (l:Load) WITH coalesce(max(l.load), 0) + 1 AS load "
        "CREATE (l:Load {key: toString(load), load: load, mode: $mode, started_at: $at}) RETURN load",
        mode=mode,
        at=now_us() if started_at is None else started_at,
    )
    return int(rows[0]["load"])


def finish(graph: Graph, load: int) -> None:
    graph.write("MATCH (l:Load {load: $load}) SET l.finished_at = $at", load=load, at=now_us())


def apply_for(graph: Graph, load: int, name: str, at: int, device: str = "d", user: str = "u") -> None:
    """An application with its user and device, in one transaction."""
    graph.write(
        "MERGE (u:User {key: 's:' + $user}) ON CREATE SET u.source = 's', u.id = $user, u.load = $load "
        "MERGE (d:Device {key: $device}) ON CREATE SET d.load = $load "
        "CREATE (a:Application {key: 's:' + $name, source: 's', id: $name, load: $load, digest: $name, lender: 'l', "
        "known_at: $at, seq: 1}) CREATE (u)-[:SUBMITTED {known_at: $at, seq: 1}]->(a) "
        "CREATE (a)-[:USED_DEVICE {known_at: $at, seq: 1}]->(d)",
        **{"load": load, "name": name, "at": at, "device": device, "user": user},
    )


def names(folder: Path, made: Any) -> set[str]:
    nodes, _ = held(folder, made)
    return {dict(content)["id"] for label, content in nodes if label == "Application"}


def test_a_load_that_runs_is_left_out_and_taken_whole_when_it_is_finished(
    declared: Graph, tmp_path: Path
) -> None:
    first, second = begin(declared), begin(declared)
    apply_for(declared, first, "a1", 10)
    apply_for(declared, second, "a2", 20, user="v")
    finish(declared, first)
    made = export(declared, FINGRAPH, tmp_path)
    assert names(tmp_path, made) == {"a1"}
    assert made.left_out == (second,)
    finish(declared, second)
    made = export(declared, FINGRAPH, tmp_path)
    assert held(tmp_path, made) == graph_holds(declared)


def test_what_links_lead_to_is_there_whoever_made_it(declared: Graph, tmp_path: Path) -> None:
    """An identifier of a running load, and an application of it that an outcome of another load is about."""
    runs, done = begin(declared), begin(declared)
    apply_for(declared, runs, "a1", 10, device="both")
    apply_for(declared, done, "a2", 20, device="both", user="v")
    declared.write(
        "MATCH (a:Application {key: 's:a1'}) CREATE (a)-[:HAD_OUTCOME {known_at: 30, seq: 1}]->"
        "(:Outcome {key: 's:o', source: 's', id: 'o', load: $load, digest: 'o', target: 'fraud', value: 1.0, known_at: 30, seq: 1})",
        load=done,
    )
    finish(declared, done)
    made = export(declared, FINGRAPH, tmp_path)
    assert names(tmp_path, made) == {"a1", "a2"}
    finish(declared, runs)
    made = export(declared, FINGRAPH, tmp_path)
    assert held(tmp_path, made) == graph_holds(declared)


@pytest.mark.parametrize("few", [0, 500_000])
def test_links_added_later_by_another_load_are_taken_once(
    declared: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(source, "FEW", few)
    first, second = begin(declared), begin(declared)
    apply_for(declared, first, "a1", 10)
    finish(declared, first)
    export(declared, FINGRAPH, tmp_path)
    declared.write(
        "MATCH (a:Application {key: 's:a1'}) MERGE (e:Email {key: 'e'}) ON CREATE SET e.load = $load "
        "CREATE (a)-[:GAVE_EMAIL {known_at: 40, seq: 2, load: $load, digest: 'x'}]->(e)",
        load=second,
    )
    apply_for(declared, second, "a2", 50)
    declared.write(
        "MATCH (a:Application {key: 's:a2'}), (e:Email {key: 'e'}) "
        "CREATE (a)-[:GAVE_EMAIL {known_at: 60, seq: 2, load: $load, digest: 'y'}]->(e)",
        load=second,
    )
    made = export(declared, FINGRAPH, tmp_path)
    assert made.counts["Application-GAVE_EMAIL-Email"] == 0
    finish(declared, second)
    for _ in range(2):
        made = export(declared, FINGRAPH, tmp_path)
        assert held(tmp_path, made) == graph_holds(declared)


def test_a_load_given_up_is_taken_and_looked_for_again(declared: Graph, tmp_path: Path) -> None:
    killed, later = begin(declared, started_at=now_us() - 2 * DAY), begin(declared)
    apply_for(declared, killed, "a1", 10)
    declared.write(
        "MATCH (u:User), (v:User {key: 's:u'}) CREATE (u)-[:RELATED_TO {kind: 'k', load: $load, digest: 'x'}]->(v)",
        load=killed,
    )
    made = export(declared, FINGRAPH, tmp_path)
    assert made.given_up == (killed,)
    apply_for(declared, killed, "a2", 20)
    apply_for(declared, later, "a3", 20)
    finish(declared, later)
    made = export(declared, FINGRAPH, tmp_path)
    assert held(tmp_path, made) == graph_holds(declared)
    finish(declared, killed)
    made = export(declared, FINGRAPH, tmp_path)
    assert held(tmp_path, made) == graph_holds(declared)


def test_arrivals_are_taken_below_the_oldest_transaction_in_flight(
    declared: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("snapshot.aim.LEAD", 2 * SECOND)
    online, past = begin(declared, "online"), now_us() - DAY
    apply_for(declared, online, "a1", past)
    with declared.driver.session() as session, session.begin_transaction() as flying:
        flying.run("MATCH (n) RETURN count(n)").consume()
        began = now_us()
        time.sleep(0.1)
        apply_for(declared, online, "a2", began + SECOND, user="v", device="e")
        made = export(declared, FINGRAPH, tmp_path)
        assert names(tmp_path, made) == {"a1"}
        assert made.watermark < began
    time.sleep(4)  # the margin that clocks may differ by
    made = export(declared, FINGRAPH, tmp_path)
    assert names(tmp_path, made) == {"a1", "a2"}


def test_an_amendment_by_the_load_of_its_own_application_is_taken_when_it_is_known(
    declared: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("snapshot.aim.LEAD", 2 * SECOND)
    online, past = begin(declared, "online"), now_us() - DAY
    amend = (
        "MATCH (a:Application {key: 's:a1'}) MERGE (e:Email {key: $key}) ON CREATE SET e.load = $load "
        "CREATE (a)-[:GAVE_EMAIL {known_at: $at, seq: 2}]->(e)"
    )
    apply_for(declared, online, "a1", past)
    declared.write(amend, **{"key": "early", "load": online, "at": past + SECOND})
    declared.write(amend, **{"key": "late", "load": online, "at": now_us() + 2 * SECOND})
    made = export(declared, FINGRAPH, tmp_path)
    assert made.counts["Application-GAVE_EMAIL-Email"] == 1
    time.sleep(5)
    made = export(declared, FINGRAPH, tmp_path)
    assert held(tmp_path, made) == graph_holds(declared)


def test_what_a_fact_carries_is_taken_whenever_it_is_given(declared: Graph, tmp_path: Path) -> None:
    load = begin(declared)
    for name in ("a1", "a2", "a3"):
        apply_for(declared, load, name, 10, user=name)
    carry = "MATCH (a:Application {id: $id}) SET a.carried = [1.5, $nan], a.carried_version = 'v'"
    declared.write(carry, id="a1", nan=float("nan"))
    finish(declared, load)
    for later in ("a1", "a2", "a3"):
        declared.write(carry, id=later, nan=float("nan"))
        made = export(declared, FINGRAPH, tmp_path)
        assert all(one.equal for one in verify(declared, tmp_path))
    columns = read_columns(tmp_path, keys=True, carried="v")
    assert columns.carried is not None
    assert made.counts["Application.carried"] == 3
    assert columns.carried[:, 0].tolist() == [1.5] * 3
    assert np.isnan(columns.carried[:, 1]).all()
    assert read_columns(tmp_path, carried="another").carried is None
    before = whole(declared)
    wipe(declared)
    live.apply(declared, made.schema, made.hash_key_id or "")
    Rebuild(tmp_path, made, tables(made.schema), SILENT).write(declared)
    assert whole(declared) == before


def test_hubs_summaries_are_in_the_columns_and_in_the_graph_made_anew(
    declared: Graph, tmp_path: Path
) -> None:
    load = begin(declared)
    for name in ("a1", "a2"):
        apply_for(declared, load, name, 10, user=name, device=f"device of {name}")
    finish(declared, load)
    declared.write("MATCH (d:Device {key: 'device of a2'}) SET d.hub_since = 5, d.hub_seq = 1")
    frame = pl.DataFrame(
        {
            "key": ["device of a2"],
            "applications": [7.0],
            "users": [3.0],
            "newcomers": [0.5],
            "busiest_hour": [0.25],
        }
    )
    for day in (2, 1):
        write_summaries(declared, FINGRAPH, "Device", day * DAY, partial(int, day * DAY + DAY + 9), frame)
    export(declared, FINGRAPH, tmp_path)
    assert all(one.equal for one in verify(declared, tmp_path))
    relation = read_columns(tmp_path).relations["Device"]
    assert relation.summaries is not None
    assert relation.summaries.start.tolist() == [0, 0, 2]
    assert relation.summaries.known_at.tolist() == [2 * DAY + 9, 3 * DAY + 9]
    assert relation.summaries.values.tolist() == [[7.0, 3.0, 0.5, 0.25]] * 2
    assert relation.hub_at.tolist() == [NEVER, 5]


def test_exports_beside_writers_lose_and_double_nothing(declared: Graph, tmp_path: Path) -> None:
    """Four writers of 2,500 rows each, a load every 100; exports all the while."""
    writers, rows, exports = 4, 2_500, 0
    several = threading.Event()

    def write(number: int) -> None:
        for first in range(0, rows, 100):
            if first == rows - 100:
                several.wait(120)  # on a slow machine, too, several exports are made beside those who write
            load = begin(declared)
            for part in range(first, first + 100, 25):
                _apply_for_many(declared, load, number, range(part, part + 25))
            finish(declared, load)

    with ThreadPoolExecutor(writers) as pool:
        writing = [pool.submit(write, number) for number in range(writers)]
        while not all(one.done() for one in writing):
            export(declared, FINGRAPH, tmp_path)
            exports += 1
            if exports > 2:
                several.set()
    for one in writing:
        one.result()
    made = export(declared, FINGRAPH, tmp_path)
    assert made.counts["Application"] == writers * rows
    assert exports > 2
    assert held(tmp_path, made) == graph_holds(declared)


def _apply_for_many(graph: Graph, load: int, writer: int, numbers: range) -> None:
    graph.write(
        "UNWIND $numbers AS n WITH n, toString($writer) + '-' + toString(n) AS name ORDER BY n % 97 "
        "MERGE (d:Device {key: 'd' + toString(n % 97)}) ON CREATE SET d.load = $load "
        "MERGE (u:User {key: 's:' + name}) ON CREATE SET u.source = 's', u.id = name, u.load = $load "
        "CREATE (a:Application {key: 's:' + name, source: 's', id: name, load: $load, digest: name, lender: 'l', "
        "known_at: n, seq: n}) CREATE (u)-[:SUBMITTED {known_at: n, seq: n}]->(a) "
        "CREATE (a)-[:USED_DEVICE {known_at: n, seq: n}]->(d)",
        **{"numbers": list(numbers), "writer": writer, "load": load},
    )


def test_an_export_that_is_killed_leaves_the_last_one_and_the_next_goes_on(
    server: Settings, empty_graph: Graph, tmp_path: Path
) -> None:
    from loaders.load import Loader

    lender = write_lender(tmp_path)
    Loader(server).load(lender.mapping, lender.data, "batch")
    folder = tmp_path / "snapshot"
    before = export(empty_graph, live_schema(empty_graph), folder)
    load = begin(empty_graph)
    for n in range(40):
        apply_for(empty_graph, load, f"later{n}", n, user=f"later{n}", device=f"later{n % 7}")
    finish(empty_graph, load)
    given = [server.uri, password_of(server), str(folder)]
    for files in (1, 3, 6):
        killed = subprocess.Popen([sys.executable, "-c", _EXPORTING, *given], cwd=ROOT)
        while len(list(folder.rglob("000002-*.parquet"))) < files:
            assert killed.poll() is None
            time.sleep(0.02)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        assert read_manifest(folder) == before
    made = export(empty_graph, live_schema(empty_graph), folder)
    assert held(folder, made) == graph_holds(empty_graph)
    assert {str(p.relative_to(folder)) for p in folder.rglob("*.parquet")} == {f.path for f in made.files}


def test_what_else_lies_in_the_folder_stays(declared: Graph, tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    others = [tmp_path / "customers.parquet", tmp_path / "truth" / "applications.parquet"]
    left = tmp_path / "Application" / "000009-1.parquet"  # of an export that was killed
    left.parent.mkdir()
    for path in (*others, left):
        path.write_text("somebody's")
    export(declared, FINGRAPH, tmp_path)
    assert all(path.read_text() == "somebody's" for path in others)
    assert not left.exists()


def test_a_folder_holds_the_snapshot_of_one_graph_and_one_export_at_a_time(
    declared: Graph, tmp_path: Path
) -> None:
    load = begin(declared)
    apply_for(declared, load, "a1", 10)
    finish(declared, load)
    with locked(tmp_path / ".lock", 0, "test"), pytest.raises(BusyError):
        export(declared, FINGRAPH, tmp_path)
    export(declared, FINGRAPH, tmp_path)
    declared.write("MATCH (l:Load) SET l.finished_at = l.finished_at + 1")
    with pytest.raises(IncompatibleError, match="another graph"):
        export(declared, FINGRAPH, tmp_path)


_EXPORTING = """
import sys, time
from pathlib import Path
from dataclasses import replace
from core.graph import connect
from core.settings import load_settings
from graph_schema.live import live_schema
from loaders.hub_summaries import write_summaries
from snapshot import source
from snapshot.columns import NEVER
from snapshot.export import export
from snapshot import store

uri, password, folder = sys.argv[1:]
add = store.Writer.add
def slowly(self, *args):
    add(self, *args)
    self.close()
    time.sleep(0.05)
store.Writer.add = slowly
with connect(replace(load_settings({}), neo4j_uri=uri, neo4j_password=password)) as graph:
    export(graph, live_schema(graph), Path(folder))
time.sleep(60)
"""
