"""Writing facts into an empty graph offline, with Neo4j's own importer: the same facts as batch, much faster."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.files import disk_full, says_disk_full
from core.progress import Progress
from core.server.admin import AdminError
from core.server.local import LocalServer
from graph_schema import Identifier, Schema
from graph_schema.model import Relationship, Type
from loaders.facts import END, START
from loaders.plan import Part
from loaders.settle import settle
from loaders.stage import Counts, Journal
from loaders.staged import StagedTable

LOAD_NUMBER = 1
"""A bulk load is the first of its graph."""
HEADER = {
    Type.STRING: "string",
    Type.INTEGER: "long",
    Type.TIME: "long",
    Type.FLOAT: "double",
    Type.BOOLEAN: "boolean",
    Type.FLOATS: "double[]",
}


@dataclass(frozen=True)
class BulkWriter:
    """Writes staged tables as the importer's CSV files below `folder`, then imports them into `server`."""

    server: LocalServer
    schema: Schema
    folder: Path
    counts: Counts
    journal: Journal
    progress: Progress

    def prepare(self, tables: list[StagedTable]) -> list[str]:
        """Write the importer's files; returns its arguments. Rows refer to what stands, or are refused."""
        csv = self.folder / "csv"
        shutil.rmtree(csv, ignore_errors=True)
        csv.mkdir(parents=True)
        settle(tables, self.counts, self.journal, alone=True)
        arguments = [self._node_file(label, tables, csv) for label in _labels(tables)]
        arguments += [self._link_file(link, tables, csv) for link in _link_kinds(tables)]
        self.counts.created += sum(table.rows for table in tables)
        return arguments

    def write(self, arguments: list[str]) -> None:
        """Import what `prepare` wrote; the server is stopped before and running after, its graph half-made
        until `finished`."""
        self.progress.step("importing")
        import_files(self.server, arguments, self.folder / "import.report")
        shutil.rmtree(self.folder / "csv")

    def finished(self) -> None:
        """Constraints and the load's record stand: the graph is whole."""
        self.server.import_marker.unlink()

    def _node_file(self, label: str, tables: list[StagedTable], csv: Path) -> str:
        own = _collect(tables, label, Part.OWN)
        rest = _collect(tables, label, Part.ALONG, Part.SHARED)
        # A user that a table describes stands once, with what the table says.
        frame = pl.concat([own, rest], how="diagonal").unique("key", keep="first", maintain_order=True)
        kind = self.schema.node(label)
        if isinstance(kind, Identifier):
            frame = frame.join(_hubs(kind, tables), on="key", how="left")
        types = {p.name: p.type for p in kind.properties}
        header = [f"key:ID({label})" if c == "key" else f"{c}:{HEADER[types[c]]}" for c in frame.columns]
        return f"--nodes={label}={_csv(csv, f'node-{label}', header, frame)}"

    def _link_file(self, link: Relationship, tables: list[StagedTable], csv: Path) -> str:
        frame = _link_frame(link, tables)
        types = {p.name: p.type for p in link.properties}
        ends = {START: f":START_ID({link.start})", END: f":END_ID({link.end})"}
        header = [ends.get(c) or f"{c}:{HEADER[types.get(c, Type.STRING)]}" for c in frame.columns]
        name = f"link-{link.start}-{link.type}-{link.end}"
        return f"--relationships={link.type}={_csv(csv, name, header, frame)}"


def import_files(server: LocalServer, arguments: Sequence[str], report: Path) -> None:
    """Make the local server's graph of the importer's files; it is half-made until its `import_marker` is deleted.

    Raises `AdminError`, `EnvironmentMissingError` (`disk.full`).
    """
    server.stop()
    server.reset()
    server.import_marker.touch()
    full: list[bool] = []
    try:
        server.admin(
            "database", "import", "full", "neo4j", "--overwrite-destination=true", "--id-type=string",
            "--multiline-fields=true", "--skip-bad-relationships=false", "--bad-tolerance=0", "--verbose",
            f"--report-file={report}", *arguments,
            on_line=lambda line: full.append(says_disk_full(line)),
        )  # fmt: skip
    except AdminError:
        # The importer says why it failed far above the end of its log.
        if any(full):
            raise disk_full(server.folder) from None
        raise
    server.start()


def _labels(tables: list[StagedTable]) -> list[str]:
    return sorted({n.label for t in tables for n in t.plan.nodes if n.part is not Part.REFERENCE})


def _link_kinds(tables: list[StagedTable]) -> list[Relationship]:
    return list(dict.fromkeys(fact.link for table in tables for fact in table.plan.links))


def _collect(tables: list[StagedTable], label: str, *parts: Part) -> pl.DataFrame:
    """Nodes of a label from every staged file, each key once within its parts."""
    found = (frame for table in tables for frame in table.nodes(label, LOAD_NUMBER, *parts))
    frames = [pl.DataFrame(schema={"key": pl.String}), *found]
    return pl.concat(frames, how="diagonal").unique("key", keep="first", maintain_order=True)


def _link_frame(link: Relationship, tables: list[StagedTable]) -> pl.DataFrame:
    """Relationships of a kind: those that come with other facts, and those that rows of their own add."""
    return pl.concat((frame for table in tables for frame in table.links(link, LOAD_NUMBER)), how="diagonal")


def _hubs(kind: Identifier, tables: list[StagedTable]) -> pl.DataFrame:
    """(key, hub_since, hub_seq) of the identifiers that passed `walk`."""
    kinds = [k for k in _link_kinds(tables) if k.type == kind.relationship and k.end == kind.label]
    empty = pl.DataFrame(schema={END: pl.String, "known_at": pl.Int64, "seq": pl.Int64})
    dated = pl.concat(
        [empty, *(_link_frame(k, tables).select(END, "known_at", "seq") for k in kinds)]
    ).drop_nulls("known_at")
    passed = dated.filter(pl.len().over(END) > kind.walk).sort(END, "known_at", "seq")
    return (
        passed.group_by(END)
        .agg(
            pl.col("known_at").get(kind.walk).alias("hub_since"),
            pl.col("seq").get(kind.walk).alias("hub_seq"),
        )
        .rename({END: "key"})
    )


def _csv(folder: Path, name: str, header: list[str], frame: pl.DataFrame) -> str:
    head, rows = folder / f"{name}.header.csv", folder / f"{name}.csv"
    head.write_text(",".join(header) + "\n")
    frame.write_csv(rows, include_header=False)
    return f"{head},{rows}"
