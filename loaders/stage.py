"""Everything a load reads, as facts on disk, before anything is written: what is wrong stops it here.

Rows that say the same thing twice are told apart here too: of two rows of one id the first in the order
(known_at, seq, file, line) stands; one with other content is a conflict, whatever the order of the files.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from core.errors import UsageError
from core.progress import Progress
from graph_schema import Schema
from loaders.files import Reject, find, read
from loaders.hashing import Hasher
from loaders.mapping import Mapping, Table
from loaders.mapping.columns import needed_columns
from loaders.mapping.model import IdentifierRef, Lookup, Part
from loaders.plan import DIGEST, FILE, KEY, KNOWN_AT, LINE, SEQ, Plan
from loaders.plan import Part as Along
from loaders.privacy import refuse_raw_identifiers
from loaders.rows import Context, lookup_table
from loaders.transform import transform

ORDER = ("user", "identifier", "product", "application", "event", "link", "outcome", "relation", "contact")
"""What must stand before what names it."""


@dataclass
class Counts:
    """Rows: `read = accepted + rejected + conflicts`, and `accepted = created + unchanged`."""

    read: int = 0
    rejected: int = 0
    conflicts: int = 0
    created: int = 0
    unchanged: int = 0
    dropped_links: int = 0
    ties: int = 0
    """Rows whose (known_at, seq) another row of their kind has too: their order is by key alone."""
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def accepted(self) -> int:
        """Rows whose facts stand in the graph."""
        return self.created + self.unchanged


@dataclass(frozen=True)
class StagedTable:
    """A table's facts: Parquet files of wide frames, read by `plan`."""

    table: Table
    plan: Plan
    parts: list[Path]

    @property
    def rows(self) -> int:
        """Rows in the staged files."""
        return sum(int(pl.scan_parquet(path).select(pl.len()).collect().item()) for path in self.parts)


class Journal:
    """The files beside a load that list what was refused: a line a row, without any value of it."""

    def __init__(self, folder: Path, counts: Counts) -> None:
        self.rejects = folder / "rejects.jsonl"
        self.conflicts = folder / "conflicts.jsonl"
        self._counts = counts
        for path in (self.rejects, self.conflicts):
            path.write_text("")

    def reject(self, table: str, rejects: Iterable[Reject]) -> None:
        """Rows that were refused."""
        self._append(self.rejects, table, rejects, "rejected")

    def drop(self, table: str, dropped: Iterable[Reject]) -> None:
        """Links left out of rows that stand."""
        self._append(self.rejects, table, dropped, "dropped_link")

    def skip(self, table: str, rejects: Iterable[Reject]) -> None:
        """Lines of a lookup file that could not be read: no rows of the load, but what refers to them is missing."""
        self._append(self.rejects, table, rejects, "lookup_line")

    def conflict(self, table: str, frame: pl.DataFrame) -> None:
        """Rows whose id stands with other content: their place and their facts, hashed as the graph holds them."""
        with self.conflicts.open("a", encoding="utf-8") as out:
            for row in frame.iter_rows(named=True):
                out.write(json.dumps({"table": table, **row}, ensure_ascii=False) + "\n")
        self._counts.conflicts += frame.height

    def _append(self, path: Path, table: str, found: Iterable[Reject], what: str) -> None:
        with path.open("a", encoding="utf-8") as out:
            for one in found:
                out.write(
                    json.dumps({"what": what, "table": table, **asdict(one)}, ensure_ascii=False) + "\n"
                )
                self._counts.reasons[one.reason] += 1
                self._counts.rejected += what == "rejected"
                self._counts.dropped_links += what == "dropped_link"


@dataclass
class Stager:
    """Reads every table of `mapping` below `data` into facts below `folder`."""

    mapping: Mapping
    data: Path
    schema: Schema
    hasher: Hasher
    now: int
    folder: Path
    progress: Progress
    only: int | None = None
    """Read about this many rows of each file, and no more."""
    counts: Counts = field(default_factory=Counts)

    def run(self) -> list[StagedTable]:
        """The tables that have rows, in the order they are written in.

        Raises `UsageError` for what concerns a whole file.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(self.folder, self.counts)
        tables = sorted(self.mapping.table, key=lambda t: ORDER.index(t.becomes))
        staged = [found for table in tables if (found := self._table(table))]
        if not self.counts.read:
            raise UsageError("load.no_rows", "The files hold no rows.")
        for about in dict.fromkeys(table.plan.about for table in staged):
            _tell_apart([t for t in staged if t.plan.about == about], self.counts, self.journal)
        _apart_from_along(staged, self.journal)
        return staged

    def _table(self, table: Table) -> StagedTable | None:
        lookups = {lookup: self._lookup(table, lookup) for lookup in _lookups(table)}
        context = Context(self.mapping, table, self.schema, self.hasher, self.now, lookups)
        self.progress.step(f"reading {table.name}")
        found: StagedTable | None = None
        for file in find(self.data, table.file, table.reads.format):
            for place, batch in enumerate(read(file, table.reads, needed_columns(table), self.only)):
                if place == 0:
                    refuse_raw_identifiers(table, batch)
                done = transform(batch, context)
                self.journal.reject(table.name, done.rejects)
                self.journal.drop(table.name, done.dropped)
                self.counts.read += done.frame.height + len(done.rejects)
                self.progress.advance(done.frame.height + len(done.rejects))
                if done.frame.height:
                    found = found or StagedTable(table, done.plan, [])
                    path = self.folder / f"{table.name}-{len(found.parts):05d}.parquet"
                    done.frame.write_parquet(path, compression="lz4")
                    found.parts.append(path)
        return found

    def _lookup(self, table: Table, lookup: Lookup) -> pl.DataFrame:
        frames = []
        for file in find(self.data, lookup.file, table.reads.format):
            for batch in read(file, table.reads, {lookup.key, lookup.value}):
                self.journal.skip(table.name, batch.rejects)
                frames.append(batch.frame)
        return lookup_table(frames, lookup)


def _lookups(part: Part) -> set[Lookup]:
    return {ref.lookup for ref in _identifier_refs(part) if ref.lookup is not None}


def _identifier_refs(part: Part) -> Iterator[IdentifierRef]:
    for name in type(part).model_fields:
        value = getattr(part, name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, IdentifierRef):
                yield one


def _tell_apart(tables: list[StagedTable], counts: Counts, journal: Journal) -> None:
    """Leave one row an id in the staged files; the others are counted as unchanged or as conflicts."""
    parts = [(table, path) for table in tables for path in table.parts]
    if not parts:
        return
    columns = [KEY, DIGEST, KNOWN_AT, SEQ, FILE, LINE]
    names = pl.concat(
        pl.read_parquet(path, columns=columns).with_columns(pl.lit(i).alias("part")).with_row_index("row")
        for i, (_, path) in enumerate(parts)
    )
    dated = names.drop_nulls(KNOWN_AT).unique(KEY)
    counts.ties += int(dated.select(pl.struct(KNOWN_AT, SEQ).is_duplicated().sum()).item())
    twice = names.filter(pl.col(KEY).is_duplicated())
    if twice.is_empty():
        return
    order = [KNOWN_AT, SEQ, FILE, LINE]
    ranked = twice.sort(order, nulls_last=True).with_columns(
        pl.col(DIGEST).first().over(KEY).alias("stands"), pl.int_range(pl.len()).over(KEY).alias("place")
    )
    later = ranked.filter(pl.col("place") > 0).with_columns(
        pl.col(DIGEST).eq_missing(pl.col("stands")).alias("same")
    )
    counts.unchanged += int(later["same"].sum())
    for (part,), losers in later.group_by("part"):
        table, path = parts[int(str(part))]
        frame = pl.read_parquet(path).with_row_index("row")
        other = frame.join(losers.filter(~pl.col("same")), on="row", how="semi")
        journal.conflict(table.table.name, other.drop("row"))
        frame.join(losers, on="row", how="anti").drop("row").write_parquet(path, compression="lz4")


def _apart_from_along(tables: list[StagedTable], journal: Journal) -> None:
    """A row about an outcome or event that an application's row brings along is a conflict with it."""
    for table in tables:
        own = table.plan.own
        along = [
            pl.read_parquet(path, columns=[fact.key]).select(pl.col(fact.key).alias(KEY))
            for other in tables
            for fact in other.plan.nodes
            if own is not None and fact.label == own.label and fact.part is Along.ALONG
            for path in other.parts
        ]
        for path in table.parts if along else []:
            frame = pl.read_parquet(path)
            clashing = frame.join(pl.concat(along), on=KEY, how="semi")
            if clashing.height:
                journal.conflict(table.table.name, clashing)
                frame.join(clashing, on=KEY, how="anti").write_parquet(path, compression="lz4")
