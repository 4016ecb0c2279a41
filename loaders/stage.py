"""Everything a load reads, as facts on disk, before anything is written: what is wrong stops it here.

Of the rows of one id the first in the order (known_at, seq, file, line) is written first, whatever the order of
the files; the others come after it, to be judged by what then stands.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
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
from loaders.plan import FILE, KEY, KNOWN_AT, LINE, SEQ
from loaders.privacy import refuse_raw_identifiers
from loaders.rows import Context, lookup_table
from loaders.staged import StagedTable, write
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
        kinds = dict.fromkeys(table.plan.about for table in staged)
        return [
            table
            for about in kinds
            for table in _repeats_last([t for t in staged if t.plan.about == about], self.counts)
        ]

    def _table(self, table: Table) -> StagedTable | None:
        lookups = {lookup: self._lookup(table, lookup) for lookup in _lookups(table)}
        context = Context(self.mapping, table, self.schema, self.hasher, self.now, lookups)
        self.progress.step(f"reading {table.name}")
        needed = needed_columns(table)
        found: StagedTable | None = None
        for file in find(self.data, table.file, table.reads.format):
            for place, batch in enumerate(read(file, table.reads, needed, self.only)):
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
                    write(done.frame, path)
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


def _repeats_last(tables: list[StagedTable], counts: Counts) -> list[StagedTable]:
    """The tables of one kind of fact with one row an id, and after them tables of the other rows."""
    parts = [(table, path) for table in tables for path in table.parts]
    columns = [KEY, KNOWN_AT, SEQ, FILE, LINE]
    names = pl.concat(
        pl.read_parquet(path, columns=columns).with_columns(pl.lit(i).alias("part")).with_row_index("row")
        for i, (_, path) in enumerate(parts)
    )
    dated = names.drop_nulls(KNOWN_AT).unique(KEY)
    counts.ties += int(dated.select(pl.struct(KNOWN_AT, SEQ).is_duplicated().sum()).item())
    ranked = names.filter(pl.col(KEY).is_duplicated()).sort(KNOWN_AT, SEQ, FILE, LINE, nulls_last=True)
    repeats: dict[str, StagedTable] = {}
    later = ranked.filter(~pl.col(KEY).is_first_distinct())
    for (part,), rows in later.group_by("part", maintain_order=True):
        table, path = parts[int(str(part))]
        frame = pl.read_parquet(path).with_row_index("row")
        again = path.with_stem(f"{path.stem}-again")
        ordered = rows.select("row").join(frame, on="row", how="left", maintain_order="left")
        write(ordered.drop("row"), again)
        write(frame.join(rows, on="row", how="anti").drop("row"), path)
        last = repeats.setdefault(table.table.name, replace(table, parts=[], repeats=True))
        last.parts.append(again)
    return [*tables, *repeats.values()]
