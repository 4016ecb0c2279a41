"""What changes after it was written, and is few: rings and their runs, loads, products, which identifiers are hubs.

It is exported anew each time. A run of the ring finder that ends meanwhile would show half of what it did: then it is
read once more.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.graph import Graph
from core.progress import Progress
from graph_schema import reading
from queries import statement
from snapshot.codes import Codes
from snapshot.columns import I64, UNKNOWN
from snapshot.source import ID, Source
from snapshot.tables import (
    CODE,
    END,
    MARKS,
    START,
    Kind,
    LinkTable,
    NodeTable,
    Owner,
    Tables,
    marks_table,
)

TRIES = 3
RING_RUN = "RingRun"


@dataclass(frozen=True)
class Whole:
    """The tables that are written anew."""

    frames: dict[str, pl.DataFrame]
    """By table; also those that are empty."""
    run: int
    """Last finished run of the ring finder."""


def whole_tables(source: Source, tables: Tables, codes: Codes, progress: Progress) -> Whole:
    """Read them; of links those whose ends are in the snapshot."""
    progress.step("Exporting rings, loads and hubs")
    for _ in range(TRIES):
        before = _runs(source.graph)
        frames = {**_nodes(source, tables, codes), **_links(source, tables, codes)}
        if _runs(source.graph) == before:
            break
    frames |= {marks_table(label): _marks(source, tables, codes, label) for label in tables.hubs}
    return Whole(frames, max((run for run, finished in before if finished is not None), default=0))


def _runs(graph: Graph) -> list[tuple[int, int | None]]:
    return [(row["run"], row["finished_at"]) for row in statement("snapshot/ring_runs").run(graph)]


def _nodes(source: Source, tables: Tables, codes: Codes) -> dict[str, pl.DataFrame]:
    """Runs first: what a run did that ends later is told by none that has finished."""
    whole = sorted(tables.of(Kind.WHOLE), key=lambda table: table.label != RING_RUN)
    return {table.name: _all_of(source, table, codes) for table in whole}


def _all_of(source: Source, table: NodeTable, codes: Codes) -> pl.DataFrame:
    codes.counts[table.label] = 0
    frames = [pl.DataFrame(schema={**table.columns, CODE: pl.Int64})]
    for frame in source.nodes(table.name, table.columns, source.nodes_of(table.label)):
        given = codes.give(table.label, frame[ID].to_numpy())
        frames.append(frame.drop(ID).with_columns(pl.Series(CODE, given)))
    return pl.concat(frames)


def _links(source: Source, tables: Tables, codes: Codes) -> dict[str, pl.DataFrame]:
    return {table.name: _links_of(source, tables, codes, table) for table in tables.owned(Owner.WHOLE)}


def _links_of(source: Source, tables: Tables, codes: Codes, table: LinkTable) -> pl.DataFrame:
    link, names = table.link, list(table.columns)
    if tables.nodes[link.end].kind is Kind.WHOLE:
        ids, text = source.nodes_of(link.end), reading.links_of_end(link.type, link.start, names)
    else:
        ids, text = source.nodes_of(link.start), reading.links_between(link.type, link.end, names)
    types = {START: pl.Int64, END: pl.Int64, **table.columns}
    frame = pl.concat([pl.DataFrame(schema=types), *source.links(table, text, ids)])
    sides = []
    for side, label in ((START, link.start), (END, link.end)):
        found = frame[side].to_numpy()
        _look_up(tables, codes, label, found)
        sides.append(pl.Series(side, codes.of(found)))
    return frame.with_columns(sides).filter((pl.col(START) != UNKNOWN) & (pl.col(END) != UNKNOWN))


def _marks(source: Source, tables: Tables, codes: Codes, label: str) -> pl.DataFrame:
    ids = source.nodes_of(label, MARKS[0])
    _look_up(tables, codes, label, ids)
    types = dict.fromkeys(MARKS, pl.Int64)
    empty = pl.DataFrame(schema={ID: pl.Int64, **types})
    frame = pl.concat([empty, *source.nodes(label, types, ids)])
    coded = frame.select(pl.Series(CODE, codes.of(frame[ID].to_numpy()), dtype=pl.Int64), *MARKS)
    return coded.filter(pl.col(CODE) != UNKNOWN)


def _look_up(tables: Tables, codes: Codes, label: str, ids: I64) -> None:
    table = tables.nodes[label]
    if table.kind is not Kind.WHOLE:  # those have their codes from this very export
        codes.find(table, ids)
