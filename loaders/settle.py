"""What becomes of staged rows where no graph says it: in a dry run, and in the empty graph of a bulk load.

Table by table and row by row, with the verdicts that `judge` gives when they are written in transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from loaders.facts import END, START
from loaders.judge import missing_references
from loaders.plan import DIGEST, KEY, Part
from loaders.stage import Counts, Journal
from loaders.staged import StagedTable, write

STANDING = "_standing"


def settle(tables: Sequence[StagedTable], counts: Counts, journal: Journal, *, alone: bool) -> None:
    """Leave in the staged files what would be created; count and list the rest.

    `alone`: the load fills an empty graph, so that what its rows refer to is in it or nowhere.
    """
    for place, table in enumerate(tables):
        _Settling(table, tables[:place], counts, journal, alone).run()


class _Settling:
    """The rows of one table, against what the tables before it made."""

    def __init__(
        self, table: StagedTable, before: Sequence[StagedTable], counts: Counts, journal: Journal, alone: bool
    ) -> None:
        self._table = table
        self._counts = counts
        self._journal = journal
        own = table.plan.own
        self._references = [
            (fact, _keys(before, fact.label, Part.OWN, Part.ALONG, Part.SHARED))
            for fact in table.plan.nodes
            if alone and fact.part is Part.REFERENCE
        ]
        self._along = _keys(before, own.label, Part.ALONG) if own else _frame([], KEY)
        self._given = _frame([], KEY) if own else _given(table, before)
        self._standing = _standing(table, before) if table.repeats else _frame([], KEY, STANDING)

    def run(self) -> None:
        known = self._along.height + self._given.height
        if not (self._references or known or self._table.repeats):
            return
        for path in self._table.parts:
            frame = pl.read_parquet(path)
            stands = self._first(self._apart(self._referring(frame)))
            if stands.height < frame.height:
                write(stands, path)

    def _referring(self, frame: pl.DataFrame) -> pl.DataFrame:
        for fact, there in self._references:
            missing = frame.join(there, left_on=fact.key, right_on=KEY, how="anti")
            self._journal.reject(self._table.table.name, missing_references(missing, fact.label))
            frame = frame.join(there, left_on=fact.key, right_on=KEY, how="semi")
        return frame

    def _apart(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A row about an outcome or event that an application's row brings along is a conflict with it; one about
        a link that such a row states adds nothing."""
        self._journal.conflict(self._table.table.name, frame.join(self._along, on=KEY, how="semi"))
        self._counts.unchanged += frame.join(self._given, on=KEY, how="semi").height
        return frame.join(self._along, on=KEY, how="anti").join(self._given, on=KEY, how="anti")

    def _first(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Of the rows of a key the first stands; one that says the same is unchanged, another a conflict."""
        if not self._table.repeats:
            return frame
        known = pl.col(KEY).is_in(self._standing[KEY].implode()) | ~pl.col(KEY).is_first_distinct()
        fresh = frame.filter(~known)
        self._standing = pl.concat([self._standing, fresh.select(KEY, pl.col(DIGEST).alias(STANDING))])
        again = frame.filter(known).join(self._standing, on=KEY, how="left", maintain_order="left")
        same = pl.col(STANDING).eq_missing(pl.col(DIGEST))
        self._counts.unchanged += again.filter(same).height
        self._journal.conflict(self._table.table.name, again.filter(~same).drop(STANDING))
        return fresh


def _frame(frames: Iterable[pl.DataFrame], *columns: str) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=dict.fromkeys(columns, pl.String)), *frames])


def _keys(tables: Sequence[StagedTable], label: str, *parts: Part) -> pl.DataFrame:
    """(KEY) of every node of a label that the tables make."""
    found = (frame.rename({"key": KEY}) for table in tables for frame in table.keys(label, *parts))
    return _frame(found, KEY).drop_nulls().unique()


def _given(table: StagedTable, before: Sequence[StagedTable]) -> pl.DataFrame:
    """(KEY) of the links of the table's kind that come with a row's own node."""
    link = table.plan.links[0].link
    key = pl.concat_str(START, END, *link.identity, separator="|").alias(KEY)
    found = (f.select(key) for other in before if other.plan.own for f in other.links(link, 0))
    return _frame(found, KEY).unique()


def _standing(table: StagedTable, before: Sequence[StagedTable]) -> pl.DataFrame:
    """(KEY, STANDING digest) of what the rows of `table` repeat."""
    keys = _frame((pl.read_parquet(path, columns=[KEY]) for path in table.parts), KEY).unique()
    found = (
        pl.read_parquet(path, columns=[KEY, DIGEST]).join(keys, on=KEY, how="semi")
        for other in before
        if other.plan.about == table.plan.about
        for path in other.parts
    )
    return _frame((f.rename({DIGEST: STANDING}) for f in found), KEY, STANDING)
