"""Compares a snapshot with the graph, table by table: every row as a hash of its content.

A row is hashed with the keys of what it names, so both sides need nothing but their own rows; the hashes of a table
are compared as sorted arrays, eight bytes a row. What the graph holds beyond the snapshot's loads and watermark is no
difference, and neither is what links of the snapshot lead to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.graph import Graph
from core.progress import SILENT, Progress
from graph_schema import reading
from snapshot.columns import I64, Bools
from snapshot.manifest import Manifest, require_manifest
from snapshot.source import ID, Source
from snapshot.store import require_whole, scan
from snapshot.tables import (
    CODE,
    END,
    KEY,
    MARKS,
    START,
    Kind,
    LinkTable,
    NodeTable,
    Owner,
    Tables,
    late_table,
    marks_table,
    tables,
)

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Compared:
    """A table of the snapshot beside the graph."""

    table: str
    graph: int
    """Rows that the graph holds of what the snapshot should hold."""
    snapshot: int
    """Rows that it holds."""
    missing: int
    """Rows of the graph that are not in the snapshot with that content."""
    extra: int
    """Rows of the snapshot that are not in the graph with that content."""

    @property
    def equal(self) -> bool:
        """Whether the snapshot holds what the graph does."""
        return not self.missing and not self.extra

    def as_dict(self) -> dict[str, object]:
        """The comparison as one JSON object."""
        return {**asdict(self), "equal": self.equal}


def verify(graph: Graph, folder: Path, progress: Progress = SILENT) -> list[Compared]:
    """Every table of the snapshot in `folder` compared with `graph`.

    Raises `NotFoundError` (`snapshot.missing`), `IncompatibleError` (`snapshot.changed` where a file is not what was
    written, `snapshot.format`).
    """
    made = require_manifest(folder)
    progress.step("Hashing files")
    require_whole(folder, made)
    return list(_Comparison(Source(graph), folder, made, tables(made.schema), progress).run())


@dataclass
class _Comparison:
    source: Source
    folder: Path
    made: Manifest
    tables: Tables
    progress: Progress

    def run(self) -> Iterator[Compared]:
        self.progress.step("Looking through the graph")
        self.ids: dict[str, I64] = dict.fromkeys(self.tables.nodes, np.empty(0, dtype=np.int64))
        """By label the internal ids of the graph's nodes."""
        for label, _, ids in self.source.node_places(self.tables.nodes).groups():
            self.ids[label] = np.concatenate([self.ids[label], ids])
        top = max(int(ids.max(initial=-1)) for ids in self.ids.values()) + 1
        self.names = np.zeros(top + 1, dtype=np.uint64)
        """By internal id the hash of the node's key; the last stands for nodes that came since."""
        self.held = np.zeros(top + 1, dtype=np.bool_)
        """By internal id whether the node belongs to the snapshot."""
        self.coded: dict[str, Hashes] = {}
        """By label and code the hash of the node's key."""
        for table in self.tables.nodes.values():
            yield self._nodes(table)
        for label in self.tables.hubs:
            ids = self.source.nodes_of(label, MARKS[0])
            yield self._beside(label, marks_table(label), dict.fromkeys(MARKS, pl.Int64), ids)
        for table in self.tables.nodes.values():
            if table.late:
                yield self._beside(
                    table.label, late_table(table.label), table.late_columns, self.ids[table.label]
                )
        for kind in self.tables.links:
            yield self._links(kind)

    def _nodes(self, table: NodeTable) -> Compared:
        self.progress.step(f"Comparing {table.name}", self.made.counts.get(table.name), "nodes")
        names = list(table.columns)
        found, wanted = [], []
        for frame in self.source.nodes(table.name, table.columns, self.ids[table.label]):
            ids, mine = frame[ID].to_numpy(), self._belongs(table, frame)
            self.names[ids], self.held[ids] = _hashed(frame.select(KEY)), mine
            found.append(_hashed(frame.select(names)))
            wanted.append(mine)
            self.progress.advance(frame.height)
        rows = scan(self.folder, self.made, table.name, {CODE: pl.Int64, **table.columns})
        if table.changes:
            rows = rows.unique(CODE, keep="last")
        held = rows.collect()
        self.coded[table.label] = np.zeros(self.made.counts.get(table.label, 0), dtype=np.uint64)
        self.coded[table.label][held[CODE].to_numpy()] = _hashed(held.select(KEY))
        return compared(table.name, found, wanted, _hashed(held.select(names)))

    def _belongs(self, table: NodeTable, frame: pl.DataFrame) -> Bools:
        """Which nodes of the graph the snapshot must hold."""
        if table.kind is Kind.WHOLE:
            return np.ones(frame.height, dtype=np.bool_)
        taken = pl.col("load").is_in([*self.made.loads, *self.made.given_up])
        if table.kind is Kind.FACT:
            taken |= pl.col("load").is_in(self.made.online) & (pl.col("known_at") < self.made.watermark)
        return frame.select(taken.fill_null(False)).to_series().to_numpy()

    def _beside(self, label: str, name: str, types: dict[str, Any], ids: I64) -> Compared:
        """Further properties of a label's nodes, of those that have them."""
        has = pl.any_horizontal(pl.col(column).is_not_null() for column in types)
        found, wanted = [], []
        for frame in self.source.nodes(name, types, ids[ids < len(self.names) - 1]):
            given = frame.filter(has)
            names = self.names[given[ID].to_numpy()]
            found.append(_linked(given.select(*types), names))
            wanted.append(np.isin(names, self.coded[label]))
        held = scan(self.folder, self.made, name, {CODE: pl.Int64, **types}).collect()
        mine = _linked(held.select(*types), self.coded[label][held[CODE].to_numpy()])
        return compared(name, found, wanted, mine)

    def _links(self, table: LinkTable) -> Compared:
        link, names = table.link, list(table.columns)
        self.progress.step(f"Comparing {table.name}", self.made.counts.get(table.name), "links")
        by_end = table.owner is Owner.END
        text = (
            reading.links_of_end(link.type, link.start, names)
            if by_end
            else reading.links_between(link.type, link.end, names)
        )
        found, wanted = [], []
        for frame in self.source.links(table, text, self.ids[link.end if by_end else link.start]):
            start, end = (np.minimum(frame[side].to_numpy(), len(self.names) - 1) for side in (START, END))
            found.append(_linked(frame.select(names), self.names[start], self.names[end]))
            wanted.append(self._due(table, frame, start, end))
            self.progress.advance(frame.height)
        held = scan(
            self.folder, self.made, table.name, {START: pl.Int64, END: pl.Int64, **table.columns}
        ).collect()
        mine = _linked(
            held.select(names),
            self.coded[link.start][held[START].to_numpy()],
            self.coded[link.end][held[END].to_numpy()],
        )
        return compared(table.name, found, wanted, mine)

    def _due(self, table: LinkTable, frame: pl.DataFrame, start: I64, end: I64) -> Bools:
        """Which relationships of the graph the snapshot must hold."""
        if table.owner is Owner.END:
            return self.held[end]
        if table.owner is Owner.WHOLE:
            return self.held[start] & self.held[end]
        early = pl.col("known_at") < self.made.watermark
        own = pl.col("load").is_in([*self.made.loads, *self.made.given_up])
        own |= pl.col("load").is_in(self.made.online) & early
        told = frame.select(own.fill_null(False).alias("own"), pl.col("load").is_null().alias("with"))
        due: Bools = told["own"].to_numpy() | (told["with"].to_numpy() & self.held[start])
        late = (
            frame.select((pl.col("known_at") >= self.made.watermark).fill_null(False)).to_series().to_numpy()
        )
        return due & ~late if self.made.online else due


def compared(table: str, found: list[Hashes], due: list[Bools], snapshot: Hashes) -> Compared:
    """Two sets of rows: what is `due` of those `found` in the graph must be in the snapshot, what is there in the graph."""
    graph = np.concatenate([np.empty(0, dtype=np.uint64), *found])
    wanted = np.concatenate([np.empty(0, dtype=np.bool_), *due])
    return Compared(
        table, int(wanted.sum()), len(snapshot), _beyond(graph[wanted], snapshot), _beyond(snapshot, graph)
    )


def _beyond(some: Hashes, others: Hashes) -> int:
    """How many of `some` are not among `others`, each of which counts once."""
    values, counts = np.unique(some, return_counts=True)
    others = np.sort(others)
    there = np.searchsorted(others, values, "right") - np.searchsorted(others, values, "left")
    return int(np.maximum(counts - there, 0).sum())


def _hashed(frame: pl.DataFrame) -> Hashes:
    return frame.hash_rows(seed=1).to_numpy()


def _linked(frame: pl.DataFrame, *names: Hashes) -> Hashes:
    columns = [pl.Series(f"_{i}", name, dtype=pl.UInt64) for i, name in enumerate(names)]
    return _hashed(pl.DataFrame(columns).hstack(frame.get_columns()))
