"""A table's facts on disk: written by `stage`, read column by column by what writes them into the graph."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from graph_schema.model import Relationship
from loaders.facts import links, nodes
from loaders.mapping import Table
from loaders.plan import DIGEST, LinkFact, NodeFact, Part, Plan


@dataclass(frozen=True)
class StagedTable:
    """A table's facts: Parquet files of wide frames, read by `plan`."""

    table: Table
    plan: Plan
    parts: list[Path]
    repeats: bool = False
    """Whether a row before each of these has its key."""

    @property
    def rows(self) -> int:
        """Rows in the staged files."""
        return sum(int(pl.scan_parquet(path).select(pl.len()).collect().item()) for path in self.parts)

    def keys(self, label: str, *parts: Part) -> Iterator[pl.DataFrame]:
        """(key) of its nodes of a label, a frame a file; a key may be null or there twice."""
        for fact in self._nodes(label, parts):
            for path in self.parts:
                yield pl.read_parquet(path, columns=[fact.key]).rename({fact.key: "key"})

    def nodes(self, label: str, load: int, *parts: Part) -> Iterator[pl.DataFrame]:
        """Its nodes of a label, a frame a file."""
        facts = self._nodes(label, parts)
        for path in self.parts if facts else []:
            yield nodes(replace(self.plan, nodes=facts), _read(path, facts), load, *parts)[0].frame

    def links(self, link: Relationship, load: int) -> Iterator[pl.DataFrame]:
        """Its relationships of a kind, a frame a file."""
        facts = tuple(fact for fact in self.plan.links if fact.link == link)
        for path in self.parts if facts else []:
            yield links(replace(self.plan, links=facts), _read(path, facts), load)[0].frame

    def _nodes(self, label: str, parts: Sequence[Part]) -> tuple[NodeFact, ...]:
        return tuple(fact for fact in self.plan.nodes if fact.label == label and fact.part in parts)


def write(frame: pl.DataFrame, path: Path) -> None:
    """Write a staged file. Polars itself does not say of every write that the disk is full; Python does."""
    content = io.BytesIO()
    frame.write_parquet(content, compression="lz4")
    path.write_bytes(content.getbuffer())


def _read(path: Path, facts: Sequence[NodeFact | LinkFact]) -> pl.DataFrame:
    """The columns that some facts are made of."""
    return pl.read_parquet(path, columns=sorted({DIGEST}.union(*(fact.reads for fact in facts))))
