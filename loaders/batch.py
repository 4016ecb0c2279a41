"""Writing facts into a live graph: a chunk of rows is one transaction, so a row is there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count

import polars as pl

from core.errors import GraphUnavailableError
from core.graph import Graph, Transaction
from core.progress import Progress
from graph_schema import Identifier, Schema, cypher
from loaders.facts import END, START, Links, links, nodes
from loaders.judge import STANDS, Judged, judge
from loaders.plan import KEY, Part, Plan
from loaders.run import LoadRun
from loaders.stage import Counts, Journal
from loaders.staged import StagedTable

CHUNK = 10_000
"""Rows a transaction: large enough that commits cost little, small enough to be undone and retried."""
LEAST = 100
"""Rows that a server without the memory for them has to be given more."""


@dataclass(frozen=True)
class BatchWriter:
    """Writes staged tables into a graph that others may read and write at the same time."""

    graph: Graph
    schema: Schema
    run: LoadRun
    counts: Counts
    journal: Journal
    progress: Progress

    def write(self, tables: list[StagedTable]) -> None:
        """Write every row that does not stand yet."""
        unseen = self._unseen(tables)
        for table in tables:
            self.progress.step(f"writing {table.table.name}", table.rows)
            new = table.plan.own is not None and table.plan.own.label in unseen and not table.repeats
            for part in table.parts:
                for chunk in pl.read_parquet(part).iter_slices(CHUNK):
                    for judged in self._judged(table.plan, chunk, new):
                        self.run.confirm()
                        self.counts.created += judged.fresh.height
                        self.counts.unchanged += judged.unchanged
                        self.journal.conflict(table.table.name, judged.conflicts)
                        self.journal.reject(table.table.name, judged.rejects)
                    self.progress.advance(chunk.height)

    def _judged(self, plan: Plan, rows: pl.DataFrame, new: bool) -> Iterator[Judged]:
        """Rows in one transaction; by halves where the server has not the memory, as for rows that name very much."""
        try:
            yield self.graph.in_write(partial(self._chunk, plan, rows, count(), new))
        except GraphUnavailableError as error:
            if error.code != "graph.memory" or rows.height <= LEAST:
                raise
            half = rows.height // 2
            for some in (rows[:half], rows[half:]):
                yield from self._judged(plan, some, new)

    def _unseen(self, tables: list[StagedTable]) -> set[str]:
        """Labels of which the graph holds no node. Users are looked up all the same: rows name them first."""
        labels = {table.plan.own.label for table in tables if table.plan.own is not None} - {"User"}
        return {label for label in labels if not self.graph.read(cypher.held(label))[0]["held"]}

    def _chunk(
        self, plan: Plan, chunk: pl.DataFrame, tries: Iterator[int], new: bool, tx: Transaction
    ) -> Judged:
        """`new`: the rows are taken as new at first. Where one is not, its constraint fails, and all are looked up."""
        self.run.attempt()
        judged = judge(tx, plan, chunk, new=new and next(tries) == 0)
        if judged.fresh.height:
            _Facts(tx, self.schema, plan, judged.fresh, self.run.number(tx)).write()
        return judged


class _Facts:
    """The facts of some fresh rows, written in one transaction."""

    def __init__(self, tx: Transaction, schema: Schema, plan: Plan, rows: pl.DataFrame, load: int) -> None:
        self._tx = tx
        self._schema = schema
        self._plan = plan
        self._rows = rows
        self._load = load
        self._ids: dict[str, list[pl.DataFrame]] = {}
        """For each label frames (key, id) of the nodes written or found in this transaction."""

    def write(self) -> None:
        """Nodes first, in the order of their keys, then what links them."""
        for one in nodes(self._plan, self._rows, self._load, Part.SHARED):
            self._nodes(one.label, one.frame, cypher.merge_nodes(one.label, one.frame.columns))
        for one in nodes(self._plan, self._rows, self._load, Part.OWN):
            bare = one.frame.join(self._rows.filter(STANDS), left_on="key", right_on=KEY, how="semi")
            absent = one.frame.join(bare, on="key", how="anti", maintain_order="left")
            self._nodes(one.label, absent, cypher.create_nodes(one.label, one.frame.columns))
            self._nodes(one.label, bare, cypher.fill_nodes(one.label, one.frame.columns))
        for one in nodes(self._plan, self._rows, self._load, Part.ALONG):
            self._nodes(one.label, one.frame, cypher.create_nodes(one.label, one.frame.columns))
        for fact in self._plan.nodes:
            if fact.part is Part.REFERENCE:
                self._find(fact.label, self._rows.get_column(fact.key))
        for many in links(self._plan, self._rows, self._load):
            self._links(many)

    def _nodes(self, label: str, frame: pl.DataFrame, statement: str) -> None:
        if frame.height:
            found = self._tx.run(statement, **frame.to_dict(as_series=False))[0]
            self._know(label, found["keys"], found["ids"])

    def _find(self, label: str, keys: pl.Series) -> None:
        found = self._tx.run(cypher.standing_nodes(label), key=keys.unique().to_list())
        self._know(label, [row["key"] for row in found], [row["id"] for row in found])

    def _know(self, label: str, keys: list[str], ids: list[int]) -> None:
        frame = pl.DataFrame({"key": keys, "id": ids}, schema={"key": pl.String, "id": pl.Int64})
        self._ids.setdefault(label, []).append(frame)

    def _id(self, label: str, keys: pl.Series) -> pl.Series:
        known = pl.concat(self._ids[label]).unique("key")
        return keys.to_frame("key").join(known, on="key", how="left", maintain_order="left").get_column("id")

    def _links(self, many: Links) -> None:
        if many.frame.is_empty():
            return
        link, properties = many.link, [name for name in many.frame.columns if name not in (START, END)]
        columns = many.frame.with_columns(
            self._id(link.start, many.frame.get_column(START)).alias(START),
            self._id(link.end, many.frame.get_column(END)).alias(END),
        ).sort(END)
        make = cypher.merge_links if self._plan.own is None else cypher.create_links
        statement, parameters = make(link, properties), columns.to_dict(as_series=False)
        kind = self._schema.by_label[link.end]
        if not (isinstance(kind, Identifier) and link.start in self._schema.tied):
            self._tx.run(statement, **parameters)
            return
        past = self._tx.run(cypher.hub_candidates(statement, kind), walk=kind.walk, **parameters)
        if past:
            self._tx.run(cypher.mark_hubs(kind), id=[row["id"] for row in past], walk=kind.walk)
