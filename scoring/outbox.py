"""What the graph has still to be told: applications that were decided without it, and decisions in short, in their order.

The decision record is on disk before anything is answered, and keeps the arrival: it is the journal of what the graph missed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from core.clock import MINUTE, Clock, now_us
from core.errors import BusyError, FinGraphError, GraphUnavailableError, SqlUnavailableError
from core.files import locked
from core.graph import Graph
from core.sql import Sql
from loaders.arrive import WARM_SECONDS, Arrival, Arrivals
from queries import statement
from scoring.parts import Parts
from scoring.record import Told, of_id, set_aside, summary_of, tell_again, told_of, waiting
from scoring.reply import arrival_again

MOST, ROUND_S = 200, 1.0
"""Decisions of one round, and how long applications arrive in it: what it has told stays told, whatever dies in the next."""
SECONDS = 10.0
WAIT_S, WAIT_LONG_S = 0.5, 2.0
AGAIN = MINUTE
"""µs that a decision waits of which the graph cannot be told."""
ITS_OWN = ("graph.timeout", "graph.memory")
"""What one application may be too large for, while others are not."""

_log = logging.getLogger("fingraph.outbox")


def drain(sql: Sql, graph: Graph, parts: Callable[[], Parts], most: int = MOST, clock: Clock = now_us) -> int:
    """Tell the graph of the oldest decisions that it was not told of, in one round, and return of how many.

    What was told twice is there once; `parts` is asked where an application has not arrived yet. Raises `GraphUnavailableError`, `SqlUnavailableError`: the rest waits.
    """
    now, until = clock(), time.monotonic() + ROUND_S
    rows: list[Told] = []
    for waits in waiting(sql, now, most):
        row = _row(sql, graph, parts, waits, now)
        rows += [] if row is None else [row]
        if rows and time.monotonic() > until:
            break
    if not rows:
        return 0
    found = statement("scoring/tell").run(graph.until(time.monotonic() + SECONDS), rows=rows)
    told = {row["key"] for row in found}
    told_of(sql, [*told, *(row["key"] for row in rows if row["missed"])])
    tell_again(sql, [row for row in rows if row["key"] not in told and not row["missed"]])
    return len(rows)


def _row(
    sql: Sql, graph: Graph, parts: Callable[[], Parts], waits: tuple[str, Told | None], now: int
) -> Told | None:
    """What the graph is told of a decision, once it has the application; None where that cannot be: the decision waits again, and
    keeps none of the others waiting. Raises where nothing can be told just now."""
    id_, told = waits
    if told is not None and not told["missed"]:
        return told
    try:
        decision = of_id(sql, id_)
        row = told or summary_of(decision)
        if row["missed"]:
            _arrive(graph, parts().arrivals, arrival_again(decision.record))
    except SqlUnavailableError:
        raise
    except Exception as error:  # a record that this version cannot read keeps none of the others waiting
        if isinstance(error, GraphUnavailableError) and error.code not in ITS_OWN:
            raise
        code = error.code if isinstance(error, FinGraphError) else type(error).__name__
        _log.error("set aside", extra={"fields": {"decision": id_, "code": code}})
        if code == "arrive.conflict":  # it stands with other content, by a file: the first stands
            return row
        set_aside(sql, id_, now + AGAIN)
        return None
    return row


def _arrive(graph: Graph, arrivals: Arrivals, arrival: Arrival) -> None:
    """What ran out of its time does so once more only where the graph has its plans: one that came back has lost them."""

    def arrive() -> None:
        arrivals.arrive(arrival, seconds=SECONDS, graph=graph.until(time.monotonic() + SECONDS))

    try:
        arrive()
    except GraphUnavailableError as error:
        if error.code != "graph.timeout":
            raise
        arrivals.rehearse(0, seconds=WARM_SECONDS)
        arrive()


class Drain:
    """Drains the outbox beside the requests, in a thread of its own; of the processes that share a home by one at a time, as
    all would tell the graph the same."""

    def __init__(
        self, sql: Sql, graph: Graph, parts: Callable[[], Parts], lock: Path, clock: Clock = now_us
    ) -> None:
        """`lock`: a file that whoever drains holds; when that process ends another goes on within `WAIT_LONG_S`."""
        self._sql, self._graph, self._parts, self._clock = sql, graph, parts, clock
        self._lock = lock
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
        while not self._end.is_set():
            try:
                with locked(self._lock, 0.0, "tell the graph of decisions"):
                    self._drain_on()
            except BusyError:
                self._end.wait(WAIT_LONG_S)
            except OSError as error:
                _log.error("failed", extra={"fields": {"error": type(error).__name__}})
                self._end.wait(WAIT_LONG_S)

    def _drain_on(self) -> None:
        wait = WAIT_S
        while not self._end.wait(wait):
            began = time.monotonic()
            try:
                told = drain(self._sql, self._graph, self._parts, clock=self._clock)
                wait = 0.0 if told == MOST or time.monotonic() > began + ROUND_S else WAIT_S
            except (GraphUnavailableError, SqlUnavailableError):
                wait = WAIT_LONG_S
            except FinGraphError as error:
                _log.error("failed", extra={"fields": {"code": error.code}})
                wait = WAIT_LONG_S
            except Exception as error:  # noqa: BLE001 - one round that fails must not be the last one
                _log.error("failed", extra={"fields": {"error": type(error).__name__}})
                wait = WAIT_LONG_S
