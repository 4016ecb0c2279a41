"""What a snapshot and a graph hold, row by row, to be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from core.graph import Graph
from snapshot.manifest import Manifest
from snapshot.store import scan
from snapshot.tables import CODE, END, KEY, START, tables


def held(folder: Path, made: Manifest) -> tuple[set[Any], set[Any]]:
    """Every node and relationship of a snapshot by content; raises when one is there twice."""
    kinds = tables(made.schema)
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


def whole(graph: Graph) -> list[str]:
    """Every node and relationship with all it holds, in order; as texts, in which NaN is NaN."""
    nodes = graph.read("MATCH (n) RETURN labels(n) AS what, properties(n) AS p")
    links = graph.read("MATCH (a)-[r]->(b) RETURN [type(r), a.key, b.key] AS what, properties(r) AS p")
    return sorted(f"{row['what']} {sorted(row['p'].items())}" for row in (*nodes, *links))
