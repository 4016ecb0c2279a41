"""A snapshot holds what the graph holds: exported at once, in parts, while others write, after a kill."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.clock import DAY, moment_us
from core.graph import Graph
from core.settings import Settings
from features import catalogue_for, compute, with_carried
from graph_schema.live import live_schema
from loaders.load import Loader
from rings import run_rings
from snapshot import source, store
from snapshot.columns import NEVER, Columns
from snapshot.export import export
from snapshot.read import read_columns
from tests.loaders.small_lender import SmallLender, tables, write_lender, write_rows
from tests.snapshot.contents import graph_holds, held
from tests.snapshot.slow_columns import differing, slow_columns

pytestmark = pytest.mark.server


def read_into(graph: Graph, folder: Path) -> Columns:
    export(graph, live_schema(graph), folder)
    return read_columns(folder, keys=True)


def test_columns_of_a_snapshot_are_those_of_the_graph(
    server: Settings, empty_graph: Graph, tmp_path: Path
) -> None:
    lender = write_lender(tmp_path)
    Loader(server).load(lender.mapping, lender.data, "batch")
    schema = live_schema(empty_graph)
    # Some facts have no time: they are in the snapshot, and in no columns.
    empty_graph.write(
        "MATCH (a:Application)-[r]-(x) WHERE a.seq % 17 = 3 "
        "FOREACH (one IN CASE WHEN x:Outcome THEN [a, r, x] ELSE [a, r] END | REMOVE one.known_at)"
    )
    empty_graph.write("MATCH (o:Outcome)<-[r]-(a) WHERE a.seq % 19 = 4 REMOVE o.known_at, r.known_at")
    empty_graph.write("MATCH (:Event)-[r:USED_DEVICE]->() WHERE r.seq % 5 = 1 REMOVE r.known_at, r.seq")
    for day in (20, 40):
        run_rings(empty_graph, schema, lambda day=day: moment_us("2024-03-01") + day * DAY)
    found, expected = read_into(empty_graph, tmp_path / "snapshot"), slow_columns(empty_graph, schema)
    assert differing(found, expected) == []
    assert empty_graph.read("MATCH (t:Application|Event) RETURN count(t) AS n")[0]["n"] > found.size > 300
    assert found.memberships is not None
    assert len(found.memberships.ring)
    assert (found.relations["Terminal"].hub_at < NEVER).any()


def parts_of(lender: SmallLender, count: int) -> list[SmallLender]:
    """The lender's files, cut by time into parts that stand one after the other."""
    content = tables(300, 1)
    asked = content["applications"]
    found = []
    for part in range(count):
        mine = asked[part * len(asked) // count : (part + 1) * len(asked) // count]
        known = {row["id"] for row in asked[: (part + 1) * len(asked) // count]}
        data = SmallLender(lender.data.parent / f"part{part}", lender.mapping)
        for name, rows in content.items():
            chosen = rows[part::count] if len(rows) > count else rows
            if name == "applications":
                chosen = mine
            elif "application" in rows[0]:
                chosen = [r for i, r in enumerate(rows) if r["application"] in known and i % (part + 1) == 0]
            write_rows(data.data / f"{name}.csv", chosen)
        found.append(data)
    return found


def test_features_of_five_exports_are_those_of_one_to_the_bit(
    server: Settings, empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The five in small blocks."""
    monkeypatch.setattr(source, "FEW", 100)
    monkeypatch.setattr(source, "SPAN", 500)
    monkeypatch.setattr(source, "BLOCK", 200)
    monkeypatch.setattr(store, "ROWS", 300)
    parts, folder = tmp_path / "parts", tmp_path / "whole"
    for part in parts_of(write_lender(tmp_path), 5):
        Loader(server).load(part.mapping, part.data, "batch")
        made = export(empty_graph, live_schema(empty_graph), parts)
    monkeypatch.undo()
    schema = live_schema(empty_graph)
    assert held(parts, made) == graph_holds(empty_graph)
    by_five, at_once = read_columns(parts, keys=True), read_into(empty_graph, folder)
    assert differing(by_five, at_once) == []
    catalogue = catalogue_for(schema)
    at = np.flatnonzero(~by_five.event)
    first, second = (compute(with_carried(c, catalogue), catalogue, at) for c in (by_five, at_once))
    assert np.array_equal(first.values.view(np.int64), second.values.view(np.int64))


def test_a_snapshot_holds_every_node_and_relationship(
    server: Settings, empty_graph: Graph, tmp_path: Path
) -> None:
    lender = write_lender(tmp_path)
    Loader(server).load(lender.mapping, lender.data, "batch")
    folder = tmp_path / "snapshot"
    made = export(empty_graph, live_schema(empty_graph), folder)
    assert held(folder, made) == graph_holds(empty_graph)
    assert made.counts["Application"] == 300
