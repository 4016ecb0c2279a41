"""Reads the graph as frames, a block of internal ids a statement, a few at a time and never all at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import polars as pl

from core.errors import IncompatibleError
from core.graph import Graph, Row
from graph_schema import reading
from queries import statement
from snapshot.columns import I64
from snapshot.tables import END, KEY, START, LinkTable

T = TypeVar("T")
R = TypeVar("R")

BLOCK = 20_000
"""Nodes or relationships a statement."""
SPAN = 200_000
"""Internal ids looked through by a statement."""
FEW = 500_000
"""So many relationships of a type are looked through by one statement."""
READERS = 3
"""Statements at a time: two keep the server busy while the rows of a third are taken."""
SECONDS = 600.0
ID = "_id"
_ENDS = {START: pl.Int64, END: pl.Int64}


@dataclass(frozen=True)
class Taken:
    """Which facts are meant: those of some loads, and those that arrived in a time."""

    loads: tuple[int, ...] = ()
    online: tuple[int, ...] = ()
    """Loads of arrivals, of which only those `since` and before `until` (µs) are meant."""
    since: int = 0
    until: int = 0

    @property
    def parameters(self) -> Row:
        """As parameters of a statement."""
        return {"loads": self.loads, "online": self.online, "since": self.since, "until": self.until}


@dataclass
class Places:
    """Internal ids by where they lie and when they were recorded (`graph_schema.reading.RECORDED`)."""

    found: dict[tuple[Any, int], list[I64]] = field(default_factory=dict)

    def add(self, where: Any, recorded: int, ids: Sequence[int]) -> None:
        """Ids of one block."""
        self.found.setdefault((where, recorded), []).append(np.array(ids, dtype=np.int64))

    def groups(self) -> Iterator[tuple[Any, int, I64]]:
        """(where, recorded, ids), in order."""
        for where, recorded in sorted(self.found):
            yield where, recorded, np.concatenate(self.found[where, recorded])


@dataclass(frozen=True)
class Source:
    """A graph to be read whole."""

    graph: Graph

    def node_places(self, labels: Iterable[str], taken: Taken | None = None) -> Places:
        """Nodes of `labels` that are meant, or all of them, by label."""
        found = Places()
        meant = (taken or Taken()).parameters
        params = {"labels": list(labels), "every": taken is None, **meant}
        for row in self._through("snapshot/last_node", reading.node_places(), params):
            found.add(row["label"], row["recorded"], row["ids"])
        return found

    def given(self, label: str, mark: str, held: Taken, known: int) -> I64:
        """Internal ids of the facts of a label that have the property `mark`; none where these are the `known`."""
        count = self.graph.read(reading.count_given(label, mark), seconds=SECONDS, **held.parameters)[0][
            "count"
        ]
        if count <= known:
            return np.empty(0, dtype=np.int64)
        params = {"labels": [label], "every": False, **held.parameters}
        rows = self._through("snapshot/last_node", reading.given_places(mark), params)
        return np.concatenate([np.array(row["ids"], dtype=np.int64) for row in rows])

    def link_places(self, types: Iterable[str], taken: Taken) -> Places:
        """Relationships that have a load of their own, and later ones of arrivals, by (start, type, end)."""
        counts = {one: self.graph.read(reading.count_links(one))[0]["count"] for one in dict.fromkeys(types)}
        rows: list[Iterator[Row]] = []
        for few in (one for one, count in counts.items() if 0 < count <= FEW):
            text = reading.few_link_places(few)
            rows.append(iter(self.graph.read(text, seconds=SECONDS, **taken.parameters)))
        if many := [one for one, count in counts.items() if count > FEW]:
            params = {"types": many, **taken.parameters}
            rows.append(self._through("snapshot/last_link", reading.link_places(), params))
        found = Places()
        for row in chain.from_iterable(rows):
            found.add((row["start"], row["type"], row["end"]), row["recorded"], row["ids"])
        return found

    def nodes(self, name: str, types: dict[str, Any], ids: I64) -> Iterator[pl.DataFrame]:
        """Frames of `id` and the columns `types` of some nodes; one that is gone is left out."""
        return self._frames(reading.node_columns(types), ids, {ID: pl.Int64, **types}, name)

    def keys(self, label: str, ids: I64) -> pl.DataFrame:
        """`id` and `key` of some nodes."""
        types = {ID: pl.Int64, KEY: pl.String}
        return pl.concat([pl.DataFrame(schema=types), *self.nodes(label, {KEY: pl.String}, ids)])

    def links(self, table: LinkTable, text: str, ids: I64, **params: object) -> Iterator[pl.DataFrame]:
        """Frames of both ends (internal ids) and the table's columns."""
        return self._frames(text, ids, {**_ENDS, **table.columns}, table.name, **params)

    def links_of_facts(
        self, kinds: Sequence[LinkTable], ids: I64, held: Taken
    ) -> Iterator[tuple[LinkTable, pl.DataFrame]]:
        """Relationships of several kinds that begin at some facts, as far as they are `held`."""
        by_type = {kind.link.type: kind for kind in kinds}
        names = dict.fromkeys(name for kind in kinds for name in kind.columns)
        text = reading.links_from(by_type, names)
        params = {"loads": held.loads, "online": held.online, "until": held.until}
        for rows in self._answers(text, ids, BLOCK // len(by_type), params):
            for row in rows:
                kind = by_type[row["_type"]]
                yield kind, _frame(row, {**_ENDS, **kind.columns}, kind.name)

    def nodes_of(self, label: str, mark: str | None = None) -> I64:
        """Internal ids of the few nodes of a label, or of those that have the property `mark`."""
        text = reading.nodes_of(label) if mark is None else reading.marked(label, mark)
        return np.array(self.graph.read(text, seconds=SECONDS)[0]["ids"], dtype=np.int64)

    def _frames(
        self, text: str, ids: I64, types: dict[str, Any], name: str, **params: object
    ) -> Iterator[pl.DataFrame]:
        for rows in self._answers(text, ids, BLOCK, params):
            yield _frame(rows[0], types, name)

    def _answers(self, text: str, ids: I64, size: int, params: Row) -> Iterator[list[Row]]:
        blocks = (ids[first : first + size].tolist() for first in range(0, len(ids), size))
        ask = self._asking(text, params)
        return _ahead(lambda block: ask(ids=block), blocks)

    def _through(self, last: str, text: str, params: Row) -> Iterator[Row]:
        end = statement(last).run(self.graph, seconds=SECONDS)[0]["last"]
        ask = self._asking(text, params)
        for rows in _ahead(lambda first: ask(first=first, last=first + SPAN - 1), range(0, end + 1, SPAN)):
            yield from rows

    def _asking(self, text: str, params: Row) -> Callable[..., list[Row]]:
        return lambda **more: self.graph.read(text, seconds=SECONDS, **params, **more)


def _ahead(ask: Callable[[T], R], blocks: Iterable[T]) -> Iterator[R]:
    """What is asked of each block, in order; no more than `READERS` answers wait for whoever takes them."""
    with ThreadPoolExecutor(READERS, thread_name_prefix="snapshot") as pool:
        waiting: deque[Future[R]] = deque()
        for block in blocks:
            waiting.append(pool.submit(ask, block))
            if len(waiting) > READERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _frame(row: Row, types: dict[str, Any], name: str) -> pl.DataFrame:
    try:
        return pl.DataFrame([pl.Series(column, row[column], dtype=types[column]) for column in types])
    except (TypeError, pl.exceptions.PolarsError):
        raise IncompatibleError(
            "snapshot.type",
            f"{name} holds values of another type than is declared; `fingraph schema check` says where.",
        ) from None
