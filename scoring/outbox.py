"""What the graph has still to be told: applications that were decided without it, and decisions in short, in their order.

The decision record is on disk before anything is answered, and keeps the arrival: it is the journal of what the graph missed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from core.errors import FinGraphError, GraphUnavailableError, IncompatibleError, SqlUnavailableError
from core.graph import Graph
from core.sql import Sql
from queries import statement
from scoring.parts import Parts
from scoring.record import Decision, of_id, summary_of, told_of, waiting
from scoring.reply import arrival_again

MOST = 200
SECONDS = 10.0
WAIT_S, WAIT_LONG_S = 0.2, 2.0

_log = logging.getLogger("fingraph.outbox")


def drain(sql: Sql, graph: Graph, parts: Callable[[], Parts], most: int = MOST) -> int:
    """Tell the graph of the oldest decisions that it was not told of, and return of how many.

    What was told twice is there once; `parts` is asked where an application has not arrived yet. Raises `GraphUnavailableError`, `SqlUnavailableError`: the rest waits.
    """
    found = waiting(sql, most)
    if not found:
        return 0
    held = graph.until(time.monotonic() + SECONDS)
    rows = [told or summary_of(of_id(sql, id_)) for id_, told in found]
    for row in rows:
        if row["missed"]:
            _arrive(of_id(sql, row["key"]), held, parts())
    statement("scoring/tell").run(held, rows=rows)
    told_of(sql, [id_ for id_, _ in found])
    return len(found)


def _arrive(decision: Decision, graph: Graph, parts: Parts) -> None:
    try:
        parts.arrivals.arrive(arrival_again(decision.record), seconds=SECONDS, graph=graph)
    except IncompatibleError as error:  # it stands with other content, by a file: the first stands
        _log.error("conflict", extra={"fields": {"decision": decision.id, "code": error.code}})


class Drain:
    """Drains the outbox beside the requests, in a thread of its own."""

    def __init__(self, sql: Sql, graph: Graph, parts: Callable[[], Parts]) -> None:
        self._sql, self._graph, self._parts = sql, graph, parts
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fingraph-outbox", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is left waits on disk."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(SECONDS)

    def _run(self) -> None:
        wait = WAIT_S
        while not self._end.wait(wait):
            try:
                wait = 0.0 if drain(self._sql, self._graph, self._parts) == MOST else WAIT_S
            except (GraphUnavailableError, SqlUnavailableError):
                wait = WAIT_LONG_S
            except FinGraphError as error:
                _log.error("failed", extra={"fields": {"code": error.code}})
                wait = WAIT_LONG_S
            except Exception as error:  # noqa: BLE001 - one round that fails must not be the last one
                _log.error("failed", extra={"fields": {"error": type(error).__name__}})
                wait = WAIT_LONG_S
