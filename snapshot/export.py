"""Exports what is new in a graph: facts once, in the blocks in which they are read; what changes, anew each time.

A fact is exported with its links; whatever they lead to is exported with them, even if the load that made it still
runs: nothing in a snapshot leads nowhere. An export that is killed leaves the last manifest as it was.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from core.clock import Clock, now_us
from core.files import disk_errors, locked
from core.graph import Graph
from core.progress import SILENT, Progress
from graph_schema import Schema, reading
from graph_schema.live import extensions, stored_state
from snapshot.aim import Aim, aim, day_of
from snapshot.codes import Codes
from snapshot.columns import I64, UNKNOWN
from snapshot.manifest import Manifest, read_manifest, write_manifest
from snapshot.source import ID, Source
from snapshot.store import Writer, delete_others, scan
from snapshot.tables import CODE, END, START, Kind, LinkTable, NodeTable, Owner, Tables, late_table, tables
from snapshot.whole import whole_tables


def export(
    graph: Graph, schema: Schema, folder: Path, progress: Progress = SILENT, clock: Clock = now_us
) -> Manifest:
    """Bring the snapshot in `folder` up to what `graph` holds.

    Raises `BusyError` (`home.busy`) beside another export, `IncompatibleError` (`snapshot.other_graph`,
    `snapshot.format`, `snapshot.type`), `GraphUnavailableError`, `EnvironmentMissingError` (`disk.full`).
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(folder / ".lock", 0, "export a snapshot"), disk_errors(folder):
        kept = read_manifest(folder)
        delete_others(folder, kept)
        made = _Export(graph, schema, folder, kept, progress, clock()).run()
        write_manifest(folder, made)
        delete_others(folder, made)
    return made


@dataclass(frozen=True)
class _Waiting:
    """A block of relationships of which an end has no code yet, on disk with internal ids."""

    table: LinkTable
    day: str
    path: Path
    later: bool
    """Whether they were added to facts that stood before."""


@dataclass
class _Export:
    graph: Graph
    schema: Schema
    folder: Path
    kept: Manifest | None
    progress: Progress
    now: int
    facts: dict[tuple[str, str], list[I64]] = field(default_factory=lambda: defaultdict(list))
    """By label and day the new facts whose links are still to be read."""
    carrying: Counter[str] = field(default_factory=Counter)
    """By label how many facts that carry something were exported."""
    waiting: list[_Waiting] = field(default_factory=list)
    unknown: dict[str, list[I64]] = field(default_factory=lambda: defaultdict(list))
    """By label the nodes that links lead to and that have no code yet."""

    def __post_init__(self) -> None:
        self.source = Source(self.graph)
        self.codes = Codes(self.source, self.folder, self.kept)
        self.writer = Writer(self.folder, self._number)
        self.tables: Tables = tables(self.schema)
        self.aim: Aim = aim(self.graph, self.kept, self.now)

    @property
    def _number(self) -> int:
        return self.kept.export + 1 if self.kept else 1

    def run(self) -> Manifest:
        """Every step, in order: nodes, their links, links added later, and what those lead to."""
        if self.aim.taken.loads or self.aim.online:
            self._nodes()
            self._links_of_facts()
            self._later_links()
            while self.unknown:
                self._reached()
                self._links_of_facts()
            self._settle()
        self._given_later()
        whole = whole_tables(self.source, self.tables, self.codes, self.progress)
        for name, frame in whole.frames.items():
            self.writer.add(name, frame)
        return self._manifest(set(whole.frames), whole.run)

    def _nodes(self) -> None:
        self.progress.step("Looking for what is new")
        labels = [table.label for kind in (Kind.SHARED, Kind.FACT) for table in self.tables.of(kind)]
        groups: dict[tuple[str, str], list[I64]] = defaultdict(list)
        for label, recorded, ids in self.source.node_places(labels, self.aim.taken).groups():
            groups[label, self.aim.day(recorded)].append(ids)
        for label in labels:
            days = {day: np.concatenate(ids) for (one, day), ids in groups.items() if one == label}
            if days:
                self.progress.step(f"Exporting {label}", sum(map(len, days.values())), "nodes")
                table = self.tables.nodes[label]
                self.codes.find(table, np.concatenate(list(days.values())))
                for day, ids in days.items():
                    self._write_nodes(table, ids, day)
                    self.writer.close()

    def _write_nodes(self, table: NodeTable, ids: I64, day: str) -> None:
        """Nodes that have no code yet, and those that may have been filled since they got theirs."""
        stands = self.codes.of(ids) != UNKNOWN
        fresh = ids[~stands]
        columns = {**table.columns, **table.late_columns}
        for frame in self.source.nodes(table.name, columns, ids if table.changes else fresh):
            seen = frame[ID].to_numpy()
            new = self.codes.of(seen) == UNKNOWN
            self.codes.give(table.label, seen[new])
            coded = frame.drop(ID).with_columns(pl.Series(CODE, self.codes.of(seen)))
            self.writer.add(table.name, coded.drop(table.late_columns), day)
            self._write_given(table, coded, day)
            self.progress.advance(frame.height)
        if table.kind is Kind.FACT and len(fresh):
            self.facts[table.label, day].append(fresh)

    def _write_given(self, table: NodeTable, coded: pl.DataFrame, day: str) -> None:
        """What facts carry: those that do."""
        if table.late:
            given = coded.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in table.late_columns))
            self.carrying[table.label] += given.height
            self.writer.add(late_table(table.label), given.select(CODE, *table.late_columns), day)

    def _given_later(self) -> None:
        """What facts that stood before have been given since."""
        for table in self.tables.nodes.values():
            if not table.late or self.kept is None:
                continue
            name = late_table(table.label)
            before = self.kept.counts.get(name, 0)
            known = before + self.carrying[table.label]
            ids = self.source.given(table.label, table.late[0].name, self.aim.held, known)
            if not len(ids):
                continue
            self.progress.step(f"Exporting {name}")
            self.codes.find(table, ids)
            codes = self.codes.of(ids)
            old = (codes != UNKNOWN) & (codes < self.codes.before(table.label))
            stands = scan(self.folder, self.kept, name, {CODE: pl.Int64}).collect()[CODE].to_numpy()
            ids = ids[old & ~np.isin(codes, stands)]
            for frame in self.source.nodes(name, table.late_columns, ids):
                coded = frame.with_columns(pl.Series(CODE, self.codes.of(frame[ID].to_numpy())))
                self._write_given(table, coded, day_of(self.now))

    def _links_of_facts(self) -> None:
        facts, self.facts = self.facts, defaultdict(list)
        for (label, day), parts in sorted(facts.items()):
            ids = np.concatenate(parts)
            begin = [t for t in self.tables.owned(Owner.START) if t.link.start == label]
            if begin:
                self.progress.step(f"Exporting what {label} names", unit="links")
                for table, frame in self.source.links_of_facts(begin, ids, self.aim.held):
                    self._write_links(table, frame, day)
            for table in self.tables.owned(Owner.END):
                if table.link.end == label:
                    self.progress.step(f"Exporting {table.name}", unit="links")
                    text = reading.links_of_end(table.link.type, table.link.start, table.columns)
                    for frame in self.source.links(table, text, ids):
                        self._write_links(table, frame, day)
            self.writer.close()

    def _later_links(self) -> None:
        """Relationships with a load of their own. Before there was a snapshot, all facts came with theirs."""
        owners = (Owner.ITSELF,) if self.kept is None else (Owner.ITSELF, Owner.START)
        kinds = {(t.link.start, t.link.type, t.link.end): t for t in self.tables.owned(*owners)}
        types = sorted({type_ for _, type_, _ in kinds})
        self.progress.step("Looking for links added later")
        for where, recorded, ids in self.source.link_places(types, self.aim.taken).groups():
            if (table := kinds.get(where)) is not None:
                for frame in self.source.links(table, reading.links_by_id(table.columns), ids):
                    self._write_links(table, frame, self.aim.day(recorded), later=True)

    def _write_links(self, table: LinkTable, frame: pl.DataFrame, day: str, *, later: bool = False) -> None:
        if frame.is_empty():
            return
        missing = False
        for side, label in ((START, table.link.start), (END, table.link.end)):
            ids = frame[side].to_numpy()
            absent = ids[self.codes.of(ids) == UNKNOWN]
            if len(absent):
                self.unknown[label].append(np.unique(absent))
                missing = True
        if missing or later:
            self._put_aside(_Waiting(table, day, self._aside(), later), frame)
        else:
            self.writer.add(table.name, self._coded(frame), day)
        self.progress.advance(frame.height)

    def _aside(self) -> Path:
        return self.folder / "aside" / f"{len(self.waiting):06d}.parquet"

    def _put_aside(self, one: _Waiting, frame: pl.DataFrame) -> None:
        one.path.parent.mkdir(exist_ok=True, mode=0o700)
        frame.write_parquet(one.path, compression="uncompressed")
        self.waiting.append(one)

    def _coded(self, frame: pl.DataFrame) -> pl.DataFrame:
        sides = [pl.Series(side, self.codes.of(frame[side].to_numpy())) for side in (START, END)]
        return frame.with_columns(sides)

    def _reached(self) -> None:
        """Code the nodes that links lead to: they stand in the snapshot, or are exported now."""
        unknown, self.unknown = self.unknown, defaultdict(list)
        for label, parts in sorted(unknown.items()):
            table = self.tables.nodes[label]
            self.progress.step(f"Exporting {label} that links lead to", unit="nodes")
            self._write_nodes(table, self.codes.find(table, np.concatenate(parts)), day_of(self.now))

    def _settle(self) -> None:
        """Write what was put aside. A link whose end is gone from the graph is gone with it."""
        for one in self.waiting:
            frame = self._coded(pl.read_parquet(one.path))
            frame = frame.filter((pl.col(START) != UNKNOWN) & (pl.col(END) != UNKNOWN))
            if one.later:
                frame = self._not_yet(one.table, frame)
            self.writer.add(one.table.name, frame, one.day)
            one.path.unlink()

    def _not_yet(self, table: LinkTable, frame: pl.DataFrame) -> pl.DataFrame:
        """Without links of facts that are new, which came with them, and without those taken of a load before."""
        if table.owner is Owner.START:
            frame = frame.filter(pl.col(START) < self.codes.before(table.link.start))
        doubtful = pl.col("load").is_in(self.aim.again)
        if not self.aim.again or not frame.select(doubtful.any()).item():
            return frame
        same = [START, END, *table.link.identity]
        types = {START: pl.Int64, END: pl.Int64, **table.columns}
        stands = scan(self.folder, self.kept, table.name, types).filter(doubtful).select(same).collect()
        return frame.join(stands, on=same, how="anti", nulls_equal=True)

    def _manifest(self, replaced: set[str], run: int) -> Manifest:
        state = stored_state(self.graph) or {}
        old = [file for file in self.kept.files if file.table not in replaced] if self.kept else []
        files = (*old, *self.writer.close())
        counts = {label: self.codes.counts[label] for label in self.tables.nodes}
        for table in self.tables.links:
            counts[table.name] = sum(file.rows for file in files if file.table == table.name)
        for label in (t.label for t in self.tables.nodes.values() if t.late):
            counts[late_table(label)] = sum(file.rows for file in files if file.table == late_table(label))
        return Manifest(
            schema_version=self.schema.version,
            extensions=extensions(self.schema),
            hash_key_id=state.get("hash_key_id"),
            export=self._number,
            made_at=self.now,
            watermark=self.aim.until,
            loads={**self.aim.done, **self.aim.fresh},
            given_up=tuple(self.aim.given_up),
            online=self.aim.online,
            left_out=self.aim.left_out,
            run=run,
            counts=counts,
            files=files,
        )
