"""A graph made from a snapshot: offline with Neo4j's importer into the local server, else in statements of columns."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from core.errors import UsageError
from core.files import disk_errors
from core.graph import Graph, Row, connect
from core.progress import SILENT, Progress
from core.server.local import LocalServer
from core.settings import Settings
from graph_schema import cypher, live
from graph_schema.model import Property
from loaders.bulk import HEADER, import_files
from queries import statement
from snapshot.columns import I64
from snapshot.manifest import Manifest, require_manifest
from snapshot.store import require_whole, scan
from snapshot.tables import (
    CODE,
    END,
    MARKS,
    START,
    LinkTable,
    NodeTable,
    Tables,
    late_table,
    marks_table,
    tables,
)

CHUNK = 20_000
"""Nodes or relationships a transaction."""


def rebuild(settings: Settings, folder: Path, progress: Progress = SILENT) -> Manifest:
    """Make the empty graph that `settings` name hold what the snapshot in `folder` holds.

    Raises `UsageError` (`snapshot.not_empty`), `NotFoundError` (`snapshot.missing`), `IncompatibleError`
    (`snapshot.changed`, `snapshot.format`), `GraphUnavailableError`, `EnvironmentMissingError` (`disk.full`).
    """
    made = require_manifest(folder)
    require_whole(folder, made)
    whole = Rebuild(folder, made, tables(made.schema), progress)
    with connect(settings) as graph:
        graph.ping()
        _require_empty(graph)
        if not settings.is_local:
            _declare(graph, made)
            whole.write(graph)
            return made
    server = LocalServer(settings, progress)
    aside = settings.home / "rebuild"
    with disk_errors(aside):
        shutil.rmtree(aside, ignore_errors=True)
        arguments = whole.files(aside)
        progress.step("Importing")
        import_files(server, arguments, aside / "import.report")
        shutil.rmtree(aside)
    with connect(settings, half_made=True) as graph:
        progress.step("Making constraints")
        _declare(graph, made)
    server.import_marker.unlink()
    return made


def _require_empty(graph: Graph) -> None:
    if statement("loads/holds_facts").run(graph)[0]["holds"]:
        raise UsageError(
            "snapshot.not_empty",
            "A snapshot is made a graph in an empty one, and this one is not.",
            hints=("To throw the graph away: fingraph db reset",),
        )


def _declare(graph: Graph, made: Manifest) -> None:
    live.apply(graph, made.schema, made.hash_key_id or "")


@dataclass(frozen=True)
class Rebuild:
    """The tables of a snapshot on their way into a graph."""

    folder: Path
    made: Manifest
    tables: Tables
    progress: Progress

    def write(self, graph: Graph) -> None:
        """Into a running server: nodes first, whose internal ids stand for their codes from then on."""
        ids: dict[str, I64] = {}
        for table in self.tables.nodes.values():
            self.progress.step(f"Writing {table.name}", self.made.counts[table.label], "nodes")
            ids[table.label] = np.full(self.made.counts[table.label], -1, dtype=np.int64)
            text = cypher.create_nodes(table.label, self._columns(table))
            if table.label == "SchemaState":
                text = cypher.merge_nodes(
                    table.label, table.columns
                )  # it stands since the schema was declared
            for frame in _chunks(self._nodes(table)):
                ids[table.label][frame[CODE].to_numpy()] = _written(graph, text, frame.drop(CODE))[0]["ids"]
                self.progress.advance(frame.height)
        for kind in self.tables.links:
            self._write_links(graph, kind, ids)

    def _write_links(self, graph: Graph, table: LinkTable, ids: dict[str, I64]) -> None:
        self.progress.step(f"Writing {table.name}", self.made.counts[table.name], "links")
        text = cypher.create_links(table.link, table.columns)
        for frame in _chunks(self._links(table)):
            start = pl.Series("start", ids[table.link.start][frame[START].to_numpy()])
            end = pl.Series("end", ids[table.link.end][frame[END].to_numpy()])
            _written(graph, text, frame.drop(START, END).with_columns(start, end))
            self.progress.advance(frame.height)

    def files(self, aside: Path) -> list[str]:
        """As files of Neo4j's importer below `aside`; returns its arguments."""
        aside.mkdir(parents=True, mode=0o700)
        arguments = []
        for table in self.tables.nodes.values():
            if not self.made.counts[table.name]:
                continue
            self.progress.step(f"Preparing {table.name}", unit="nodes")
            head = [
                f":ID({table.label})",
                *(f"{one.name}:{HEADER[one.type]}" for one in self._declared(table)),
            ]
            frame = self._nodes(table).select(CODE, *(one.name for one in self._declared(table)))
            arguments.append(f"--nodes={table.label}={_csv(aside, f'node-{table.name}', head, frame)}")
        for kind in self.tables.links:
            if not self.made.counts[kind.name]:
                continue
            self.progress.step(f"Preparing {kind.name}", unit="links")
            link = kind.link
            ends = [f":START_ID({link.start})", f":END_ID({link.end})"]
            head = [*ends, *(f"{one.name}:{HEADER[one.type]}" for one in link.properties)]
            frame = self._links(kind).select(START, END, *kind.columns)
            arguments.append(f"--relationships={link.type}={_csv(aside, f'link-{kind.name}', head, frame)}")
        return arguments

    def _declared(self, table: NodeTable) -> list[Property]:
        """Properties of a node in the importer's files."""
        kind = self.made.schema.node(table.label)
        return [one for one in kind.properties if one.name in self._columns(table)]

    def _columns(self, table: NodeTable) -> list[str]:
        return [*table.columns, *(name for _, types in self._beside(table) for name in types)]

    def _nodes(self, table: NodeTable) -> pl.LazyFrame:
        """The nodes of a label, each once, hubs marked."""
        rows = scan(self.folder, self.made, table.name, {CODE: pl.Int64, **table.columns})
        if table.changes:
            rows = rows.unique(CODE, keep="last", maintain_order=True)
        for name, types in self._beside(table):
            beside = scan(self.folder, self.made, name, {CODE: pl.Int64, **types})
            rows = rows.join(beside, on=CODE, how="left", maintain_order="left")
        return rows

    def _beside(self, table: NodeTable) -> Iterator[tuple[str, dict[str, Any]]]:
        """Tables that hold further properties of a label's nodes, and their types."""
        if table.label in self.tables.hubs:
            yield marks_table(table.label), dict.fromkeys(MARKS, pl.Int64)
        if table.late:
            yield late_table(table.label), table.late_columns

    def _links(self, table: LinkTable) -> pl.LazyFrame:
        return scan(self.folder, self.made, table.name, {START: pl.Int64, END: pl.Int64, **table.columns})


def _written(graph: Graph, text: str, frame: pl.DataFrame) -> list[Row]:
    columns = frame.to_dict(as_series=False)
    return graph.in_write(lambda tx: tx.run(text, **columns))


def _chunks(rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    yield from rows.collect_batches(chunk_size=CHUNK, maintain_order=True)


def _csv(folder: Path, name: str, header: list[str], rows: pl.LazyFrame) -> str:
    head, body = folder / f"{name}.header.csv", folder / f"{name}.csv"
    head.write_text(",".join(header) + "\n")
    rows.with_columns(pl.col(pl.List(pl.Float64)).cast(pl.List(pl.String)).list.join(";")).sink_csv(
        body, include_header=False
    )
    return f"{head},{body}"
