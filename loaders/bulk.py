"""Writing facts into an empty graph offline, with Neo4j's own importer: the same facts as batch, much faster."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.progress import Progress
from core.server.local import LocalServer
from graph_schema import Identifier, Schema
from graph_schema.model import Relationship, Type
from loaders.facts import END, START, links, nodes, own_links
from loaders.files import Reject
from loaders.judge import REFERENCE_MISSING
from loaders.plan import FILE, LINE, Part
from loaders.stage import Counts, Journal, StagedTable

LOAD_NUMBER = 1
"""A bulk load is the first of its graph."""
_HEADER = {
    Type.STRING: "string",
    Type.INTEGER: "long",
    Type.TIME: "long",
    Type.FLOAT: "double",
    Type.BOOLEAN: "boolean",
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
        tables = [self._without_repeats(self._with_references(table, tables), tables) for table in tables]
        arguments = [self._node_file(label, tables, csv) for label in _labels(tables)]
        arguments += [self._link_file(link, tables, csv) for link in _link_kinds(tables)]
        self.counts.created += sum(table.rows for table in tables)
        return arguments

    def write(self, arguments: list[str]) -> None:
        """Import what `prepare` wrote; the server is stopped before and running after, its graph half-made
        until `finished`."""
        self.progress.step("importing")
        self.server.stop()
        self.server.reset()
        self.server.import_marker.touch()
        self.server.admin(
            "database", "import", "full", "neo4j", "--overwrite-destination=true", "--id-type=string",
            "--multiline-fields=true", "--skip-bad-relationships=false", "--bad-tolerance=0",
            f"--report-file={self.folder / 'import.report'}", *arguments,
        )  # fmt: skip
        shutil.rmtree(self.folder / "csv")
        self.server.start()

    def finished(self) -> None:
        """Constraints and the load's record stand: the graph is whole."""
        self.server.import_marker.unlink()

    def _with_references(self, table: StagedTable, tables: list[StagedTable]) -> StagedTable:
        for fact in table.plan.nodes:
            if fact.part is not Part.REFERENCE:
                continue
            there = _keys(tables, fact.label)
            for path in table.parts:
                frame = pl.read_parquet(path)
                missing = frame.join(there, left_on=fact.key, right_on="key", how="anti").select(FILE, LINE)
                if missing.height:
                    rejects = [Reject(f, n, REFERENCE_MISSING, fact.label) for f, n in missing.iter_rows()]
                    self.journal.reject(table.table.name, rejects)
                    stands = frame.join(there, left_on=fact.key, right_on="key", how="semi")
                    stands.write_parquet(path, compression="lz4")
        return table

    def _without_repeats(self, table: StagedTable, tables: list[StagedTable]) -> StagedTable:
        """A row about a link that the row of its application states already adds nothing."""
        if table.plan.own is not None:
            return table
        link = table.plan.links[0].link
        same = [START, END, *link.identity]
        given = pl.concat(
            [
                pl.DataFrame(schema=dict.fromkeys(same, pl.String)),
                *(f.select(same) for f in _given(link, tables)),
            ]
        )
        for path in table.parts:
            frame = pl.read_parquet(path).with_row_index("row")
            repeats = own_links(table.plan, frame).with_columns(frame["row"]).join(given, on=same, how="semi")
            if repeats.height:
                self.counts.unchanged += repeats.height
                frame.join(repeats, on="row", how="anti").drop("row").write_parquet(path, compression="lz4")
        return table

    def _node_file(self, label: str, tables: list[StagedTable], csv: Path) -> str:
        own = _collect(tables, label, Part.OWN)
        rest = _collect(tables, label, Part.ALONG, Part.SHARED)
        # A user that a table describes stands once, with what the table says.
        frame = pl.concat([own, rest], how="diagonal").unique("key", keep="first", maintain_order=True)
        kind = self.schema.node(label)
        if isinstance(kind, Identifier):
            frame = frame.join(_hubs(kind, tables), on="key", how="left")
        types = {p.name: p.type for p in kind.properties}
        header = [f"key:ID({label})" if c == "key" else f"{c}:{_HEADER[types[c]]}" for c in frame.columns]
        return f"--nodes={label}={_csv(csv, f'node-{label}', header, frame)}"

    def _link_file(self, link: Relationship, tables: list[StagedTable], csv: Path) -> str:
        frame = _link_frame(link, tables)
        types = {p.name: p.type for p in link.properties}
        ends = {START: f":START_ID({link.start})", END: f":END_ID({link.end})"}
        header = [ends.get(c) or f"{c}:{_HEADER[types.get(c, Type.STRING)]}" for c in frame.columns]
        name = f"link-{link.start}-{link.type}-{link.end}"
        return f"--relationships={link.type}={_csv(csv, name, header, frame)}"


def _keys(tables: list[StagedTable], label: str) -> pl.DataFrame:
    """(key) of every node of a label that the load makes."""
    found = [
        pl.read_parquet(path, columns=[fact.key]).select(pl.col(fact.key).alias("key"))
        for table in tables
        for fact in table.plan.nodes
        if fact.label == label and fact.part is not Part.REFERENCE
        for path in table.parts
    ]
    return pl.concat([pl.DataFrame(schema={"key": pl.String}), *found]).drop_nulls().unique()


def _labels(tables: list[StagedTable]) -> list[str]:
    return sorted({n.label for t in tables for n in t.plan.nodes if n.part is not Part.REFERENCE})


def _link_kinds(tables: list[StagedTable]) -> list[Relationship]:
    return list(dict.fromkeys(fact.link for table in tables for fact in table.plan.links))


def _collect(tables: list[StagedTable], label: str, *parts: Part) -> pl.DataFrame:
    """Nodes of a label from every staged file, each key once within its parts."""
    frames = [pl.DataFrame(schema={"key": pl.String})]
    for table in tables:
        if any(n.label == label and n.part in parts for n in table.plan.nodes):
            for path in table.parts:
                found = nodes(table.plan, pl.read_parquet(path), LOAD_NUMBER, *parts)
                frames += [one.frame for one in found if one.label == label]
    return pl.concat(frames, how="diagonal").unique("key", keep="first", maintain_order=True)


def _link_frame(link: Relationship, tables: list[StagedTable]) -> pl.DataFrame:
    """Relationships of a kind: those that come with other facts, and those that rows of their own add."""
    stated = [
        found.frame
        for table in tables
        if table.plan.own is None and table.plan.links[0].link == link
        for path in table.parts
        for found in links(table.plan, pl.read_parquet(path), LOAD_NUMBER)
    ]
    return pl.concat([*_given(link, tables), *stated], how="diagonal")


def _given(link: Relationship, tables: list[StagedTable]) -> Iterator[pl.DataFrame]:
    """Relationships of a kind that come with a row's own node."""
    for table in tables:
        if table.plan.own is not None and any(fact.link == link for fact in table.plan.links):
            for path in table.parts:
                found = links(table.plan, pl.read_parquet(path), LOAD_NUMBER)
                yield from (one.frame for one in found if one.link == link)


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
