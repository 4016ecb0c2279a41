"""A snapshot holds what the graph holds: exported at once, in parts, while others write, after a kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.clock import DAY, moment_us
from core.graph import Graph
from core.settings import Settings
from features import catalogue_for, compute, with_carried
from graph_schema.live import live_schema
from loaders.load import Loader
from rings import run_rings
from snapshot.columns import NEVER, Columns
from snapshot.export import export
from snapshot.manifest import Manifest
from snapshot.read import read_columns
from snapshot.store import scan
from snapshot.tables import CODE, END, KEY, START
from snapshot.tables import tables as tables_of
from tests.loaders.small_lender import SmallLender, tables, write_lender, write_rows
from tests.snapshot.slow_columns import differing, slow_columns

pytestmark = pytest.mark.server


def held(folder: Path, made: Manifest) -> tuple[set[Any], set[Any]]:
    """Every node and relationship of a snapshot by content; raises when one is there twice."""
    kinds = tables_of(made.schema)
    nodes, links, keys = [], [], {}
    for table in kinds.nodes.values():
        types = {**table.columns, CODE: pl.Int64}
        frame = scan(folder, made, table.name, types).collect().unique(CODE, keep="last")
        keys[table.label] = dict(frame.select(CODE, KEY).iter_rows())
        nodes += [(table.label, told(row)) for row in frame.drop(CODE).iter_rows(named=True)]
    for table in kinds.links:
        types = {START: pl.Int64, END: pl.Int64, **table.columns}
        for row in scan(folder, made, table.name, types).collect().iter_rows(named=True):
            start, end = keys[table.link.start][row.pop(START)], keys[table.link.end][row.pop(END)]
            links.append((table.name, start, end, told(row)))
    assert len(set(nodes)) == len(nodes)
    assert len(set(links)) == len(links)
    return set(nodes), set(links)


def told(row: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted((name, value) for name, value in row.items() if value is not None))


def graph_holds(graph: Graph) -> tuple[set[Any], set[Any]]:
    nodes = graph.read("MATCH (n) RETURN labels(n)[0] AS label, properties(n) AS p")
    links = graph.read(
        "MATCH (a)-[r]->(b) RETURN labels(a)[0] + '-' + type(r) + '-' + labels(b)[0] AS name, "
        "a.key AS start, b.key AS end, properties(r) AS p"
    )
    for row in nodes:
        row["p"].pop("hub_since", None), row["p"].pop("hub_seq", None)
    return (
        {(row["label"], told(row["p"])) for row in nodes},
        {(row["name"], row["start"], row["end"], told(row["p"])) for row in links},
    )


def read_into(graph: Graph, folder: Path) -> Columns:
    export(graph, live_schema(graph), folder)
    return read_columns(folder, keys=True)


def test_columns_of_a_snapshot_are_those_of_the_graph(
    server: Settings, empty_graph: Graph, tmp_path: Path
) -> None:
    lender = write_lender(tmp_path)
    Loader(server).load(lender.mapping, lender.data, "batch")
    schema = live_schema(empty_graph)
    for day in (20, 40):
        run_rings(empty_graph, schema, lambda day=day: moment_us("2024-03-01") + day * DAY)
    found, expected = read_into(empty_graph, tmp_path / "snapshot"), slow_columns(empty_graph, schema)
    assert differing(found, expected) == []
    assert found.size > 300
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
    server: Settings, empty_graph: Graph, tmp_path: Path
) -> None:
    parts, folder = tmp_path / "parts", tmp_path / "whole"
    for part in parts_of(write_lender(tmp_path), 5):
        Loader(server).load(part.mapping, part.data, "batch")
        made = export(empty_graph, live_schema(empty_graph), parts)
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
