"""A load: files in, facts in the graph, and an account of every row."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.clock import Clock, iso, now_us
from core.errors import BusyError, UsageError
from core.files import disk_errors, locked
from core.graph import Graph, Row, connect
from core.progress import SILENT, Progress
from core.server.local import LocalServer
from core.settings import Settings
from graph_schema import live
from loaders.batch import BatchWriter
from loaders.bulk import BulkWriter
from loaders.hashing import load_hasher
from loaders.mapping import Mapping, read_mapping
from loaders.mapping.read import mapping_hash, schema_of
from loaders.run import LoadRun, arrivals_began
from loaders.settle import settle
from loaders.stage import Counts, Stager
from loaders.staged import StagedTable
from queries import statement

Mode = Literal["auto", "batch", "bulk"]
BULK_ROWS = 200_000
"""From this many rows on, an empty local graph is filled offline."""
CLEARING_WAIT_S = 10.0
"""Longer than another run takes to see that a folder just made holds nothing to clear."""


@dataclass(frozen=True)
class LoadReport:
    """What a load did. `read = accepted + rejected + conflicts`; `accepted = created + unchanged`."""

    source: str
    mode: str
    read: int
    accepted: int
    rejected: int
    conflicts: int
    created: int
    unchanged: int
    dropped_links: int
    ties: int
    seconds: float
    reasons: dict[str, int] = field(default_factory=dict)
    load: int | None = None
    rejects_file: str | None = None
    conflicts_file: str | None = None


@dataclass
class Loader:
    """Loads what a mapping describes into the graph that `settings` name."""

    settings: Settings
    clock: Clock = now_us
    progress: Progress = SILENT

    def load(
        self,
        mapping_file: Path,
        data: Path,
        mode: Mode = "auto",
        *,
        dry_run: bool = False,
        backfill: bool = False,
    ) -> LoadReport:
        """Load the files below `data`. The same rows twice change nothing; every row is accounted for.

        Into a graph in which applications arrive only as a `backfill`, which is noted: what arrived did not see its facts,
        though they were known before. `dry_run` reads and checks everything and writes nothing. Raises `UsageError` (mapping, files, `load.after_arrivals`),
        `BusyError` (`home.busy`: another load of this home runs), `GraphUnavailableError`,
        `IncompatibleError`, `EnvironmentMissingError` (`disk.full`).
        """
        began = time.monotonic()
        mapping = read_mapping(mapping_file)
        with self._folder(writes=not dry_run) as folder:
            stager = self._stager(mapping, data, folder)
            if dry_run:
                return self._dry(stager, "dry run", began)
            tables = stager.run()
            about: Row = {
                "source": mapping.source,
                "mapping": mapping_hash(mapping_file),
                "started_at": self.clock(),
            }
            if backfill:
                about["backfill"] = True
            used, number = self._write(stager, tables, mode, about)
            return self._report(stager, used, began, number)

    def sample(self, mapping_file: Path, data: Path, rows: int) -> LoadReport:
        """Read and check about the first `rows` rows of each file; writes nothing."""
        began = time.monotonic()
        with self._folder(writes=False) as folder:
            stager = self._stager(read_mapping(mapping_file), data, folder)
            stager.only = rows
            return self._dry(stager, "sample", began)

    def _dry(self, stager: Stager, mode: str, began: float) -> LoadReport:
        tables = stager.run()
        settle(tables, stager.counts, stager.journal, alone=False)
        stager.counts.created = sum(table.rows for table in tables)
        return self._report(stager, mode, began, None)

    def _stager(self, mapping: Mapping, data: Path, folder: Path) -> Stager:
        hasher = load_hasher(self.settings)
        return Stager(mapping, data, schema_of(mapping), hasher, self.clock(), folder, self.progress)

    @contextmanager
    def _folder(self, *, writes: bool) -> Iterator[Path]:
        """A folder of this run alone; what was staged goes, what was refused stays. One run at a time `writes`."""
        loads = self.settings.home / "loads"
        loads.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(loads / ".lock", 0, "load") if writes else nullcontext(), disk_errors(loads):
            for left in loads.glob("*/"):
                with suppress(BusyError), locked(left / ".lock", 0, "clear it"):
                    _clear_stage(left)  # of a run that was killed
            began = time.strftime("%Y%m%dT%H%M%S", time.gmtime(self.clock() / 1e6))
            folder = Path(tempfile.mkdtemp(prefix=f"{began}-", dir=loads))
            with locked(folder / ".lock", CLEARING_WAIT_S, "stage"):
                try:
                    yield folder
                finally:
                    _clear_stage(folder)

    def _write(
        self, stager: Stager, tables: list[StagedTable], mode: Mode, about: Row
    ) -> tuple[str, int | None]:
        server = LocalServer(self.settings, self.progress) if self.settings.is_local else None
        if server is not None and server.import_marker.exists():
            self.progress.say("An earlier bulk load was interrupted; its half-made graph is deleted.")
            server.reset()
            server.start()
        with connect(self.settings) as graph:
            graph.ping()
            _require_before_arrivals(graph, about)
            stager.schema = schema_of(stager.mapping, live.live_schema(graph))
            about["mode"] = self._mode(mode, graph, server, sum(table.rows for table in tables))
            if server is None or about["mode"] == "batch":
                live.apply(graph, stager.schema, stager.hasher.key_id)
                run = LoadRun(about)
                BatchWriter(graph, stager.schema, run, stager.counts, stager.journal, self.progress).write(
                    tables
                )
                return "batch", run.finish(graph, self._ended(stager.counts))
            bulk = BulkWriter(
                server, stager.schema, stager.folder, stager.counts, stager.journal, self.progress
            )
            arguments = bulk.prepare(tables)
            _require_empty(graph)
        bulk.write(arguments)
        with connect(self.settings, half_made=True) as graph:
            self.progress.step("making constraints")
            live.apply(graph, stager.schema, stager.hasher.key_id)
            run = LoadRun(about)
            graph.in_write(run.number)
            run.confirm()
            number = run.finish(graph, self._ended(stager.counts))
        bulk.finished()
        return "bulk", number

    def _mode(self, mode: Mode, graph: Graph, server: LocalServer | None, rows: int) -> str:
        if mode == "batch":
            return "batch"
        if mode == "bulk":
            if server is None:
                raise UsageError("load.bulk_remote", "Bulk loads need the local server; use --mode batch.")
            _require_empty(graph)
            return "bulk"
        return "bulk" if server is not None and rows >= BULK_ROWS and not _holds_facts(graph) else "batch"

    def _ended(self, counts: Counts) -> Row:
        return {
            "finished_at": self.clock(),
            "read": counts.read,
            "accepted": counts.accepted,
            "rejected": counts.rejected,
            "conflicts": counts.conflicts,
        }

    def _report(self, stager: Stager, mode: str, began: float, number: int | None) -> LoadReport:
        counts = stager.counts
        return LoadReport(
            source=stager.mapping.source,
            mode=mode,
            read=counts.read,
            accepted=counts.accepted,
            rejected=counts.rejected,
            conflicts=counts.conflicts,
            created=counts.created,
            unchanged=counts.unchanged,
            dropped_links=counts.dropped_links,
            ties=counts.ties,
            seconds=round(time.monotonic() - began, 3),
            reasons=dict(counts.reasons.most_common()),
            load=number,
            rejects_file=str(stager.journal.rejects) if counts.reasons else None,
            conflicts_file=str(stager.journal.conflicts) if counts.conflicts else None,
        )


def _holds_facts(graph: Graph) -> bool:
    return bool(statement("loads/holds_facts").run(graph)[0]["holds"])


def _require_empty(graph: Graph) -> None:
    if _holds_facts(graph):
        raise UsageError(
            "load.bulk_not_empty",
            "Bulk loads fill an empty graph, and this one is not; use --mode batch.",
            hints=("To throw the graph away: fingraph db reset",),
        )


def _clear_stage(folder: Path) -> None:
    """Delete what a load staged; its lists of rejects and conflicts stay."""
    for path in folder.glob("*.parquet"):
        path.unlink()
    shutil.rmtree(folder / "csv", ignore_errors=True)


def _require_before_arrivals(graph: Graph, about: Row) -> None:
    began = arrivals_began(graph)
    if began is not None and "backfill" not in about:
        raise UsageError(
            "load.after_arrivals",
            f"Applications arrive in this graph since {iso(began)} and did not see what these files say was known before.",
            hints=("Send it as arrivals, which are known when they come.", "Or have it marked: --backfill"),
        )
