"""The record of a load in the graph, made with its first row: a load of nothing new leaves no trace."""

from __future__ import annotations

from core.graph import Graph, Row, Transaction
from queries import statement


class LoadRun:
    """One load; its number is taken inside the transaction of its first write."""

    def __init__(self, about: Row) -> None:
        self._about = about
        self._number: int | None = None
        self._committed = False

    def attempt(self) -> None:
        """A transaction begins: a number that an earlier one took and did not commit is gone."""
        if not self._committed:
            self._number = None

    def number(self, tx: Transaction) -> int:
        """The number of this load."""
        if self._number is None:
            self._number = int(statement("loads/begin").within(tx, about=self._about)[0]["number"])
        return self._number

    def confirm(self) -> None:
        """The transaction is committed, and with it the number that it took, if it took one."""
        self._committed = self._number is not None

    def finish(self, graph: Graph, about: Row) -> int | None:
        """Write how it ended; returns its number, or None when it wrote nothing."""
        if self._committed:
            statement("loads/end").run(graph, number=self._number, about=about)
        return self._number if self._committed else None


def arrivals_began(graph: Graph) -> int | None:
    """When applications began to arrive one by one (µs); None in a graph of files."""
    began: int | None = statement("loads/arrivals").run(graph)[0]["began"]
    return began
