"""What comes back: tables that say whether they were cut, and pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from queries.specs import Column, Kind

if TYPE_CHECKING:
    from pandas import DataFrame

Cells = tuple[Any, ...]


@dataclass(frozen=True)
class Answer:
    """Rows of a question or of free Cypher."""

    columns: tuple[Column, ...]
    rows: list[Cells]
    """A tuple a row, in the order of `columns`."""
    next: str | None = None
    """Continues the answer; None when it cannot be continued."""
    cut_by: tuple[str, ...] = ()
    """Why something is missing: `rows` (there are more), `hubs` (some were reported, not walked), `breadth` (a search
    met more than it may), `bytes` (they came to more than a reply may hold)."""
    as_of: int | None = None
    """µs: only facts known before it are in the answer; None for free Cypher, which sees everything."""
    seconds: float = 0.0

    @property
    def cut(self) -> bool:
        """Whether something is missing."""
        return bool(self.cut_by)

    def to_pandas(self) -> DataFrame:
        """The rows as a frame: times as UTC timestamps, whole numbers as Int64, what is missing as missing."""
        import pandas as pd  # noqa: PLC0415 - takes a second, and only frames need it

        names = [column.name for column in self.columns]
        frame = pd.DataFrame.from_records(self.rows, columns=names)
        for column in self.columns:
            values = frame[column.name]
            if column.kind is Kind.TIME:
                whole = pd.array(values.tolist(), dtype="Int64")
                frame[column.name] = pd.to_datetime(pd.Series(whole, dtype="Int64"), unit="us", utc=True)
            elif column.kind in (Kind.INTEGER, Kind.MONEY):
                frame[column.name] = pd.array(values.tolist(), dtype="Int64")
        return frame

    def as_dict(self) -> dict[str, Any]:
        """The answer as one JSON object; `items` are objects by column name."""
        names = [column.name for column in self.columns]
        return {
            "items": [dict(zip(names, row, strict=True)) for row in self.rows],
            "next": self.next,
            "cut": self.cut,
            "cut_by": list(self.cut_by),
            "columns": [{"name": c.name, "kind": c.kind and c.kind.value} for c in self.columns],
            "as_of": self.as_of,
            "seconds": self.seconds,
        }


@dataclass(frozen=True, order=True)
class PictureNode:
    """A node of a picture."""

    type: str
    """Its label."""
    key: str
    caption: str = field(compare=False)
    """What a person may see of it: the masked form of an identifier, else its key."""
    known_at: int | None = field(default=None, compare=False)
    hub: bool = field(default=False, compare=False)
    """Whether it is a hub: what is behind it is not drawn."""

    @property
    def id(self) -> str:
        """Unique in the picture."""
        return f"{self.type}:{self.key}"


@dataclass(frozen=True)
class PictureEdge:
    """An edge of a picture; `start` and `end` are ids of its nodes."""

    start: str
    end: str
    type: str
    known_at: int | None = None
    """None: the link is undated."""


@dataclass(frozen=True)
class Picture:
    """A part of the graph to draw."""

    nodes: list[PictureNode]
    edges: list[PictureEdge]
    cut_by: tuple[str, ...]
    as_of: int
    seconds: float

    @property
    def cut(self) -> bool:
        """Whether something is missing."""
        return bool(self.cut_by)

    def as_dict(self) -> dict[str, Any]:
        """The picture as one JSON object."""
        return {
            "nodes": [{"id": node.id, **asdict(node)} for node in self.nodes],
            "edges": [asdict(edge) for edge in self.edges],
            "cut": self.cut,
            "cut_by": list(self.cut_by),
            "as_of": self.as_of,
            "seconds": self.seconds,
        }


def drawn(links: Iterable[dict[str, Any]], *, cut_by: tuple[str, ...], as_of: int, seconds: float) -> Picture:
    """The picture of `links`: `a` and `b` are maps `{type, key, caption, known_at, hub}`, `link` is `{type, known_at}`."""
    nodes: dict[str, PictureNode] = {}
    edges: dict[PictureEdge, None] = {}
    for row in links:
        ends = [
            PictureNode(
                end["type"],
                end["key"],
                end.get("caption") or end["key"],
                end.get("known_at"),
                bool(end.get("hub")),
            )
            for end in (row["a"], row["b"])
        ]
        nodes.update((node.id, node) for node in ends)
        edges[PictureEdge(ends[0].id, ends[1].id, row["link"]["type"], row["link"].get("known_at"))] = None
    return Picture(sorted(nodes.values()), list(edges), cut_by, as_of, seconds)
