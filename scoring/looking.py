"""A look at the graph, in a thread of its own: what it sees first, and what stands once it is committed.

A decision is made of what is seen first, while the database still writes it to its disk; it is kept once that stands. A
server that is frozen answers no driver and keeps the thread, not the request; what it writes later stands as the record's
arrival does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue

from core.errors import GraphUnavailableError
from scoring.reasons import Evidence

_LOOKERS = ThreadPoolExecutor(16, thread_name_prefix="fingraph-look")
"""More than score at once, for those that a frozen server keeps."""
MOST_LATE, PROBE_S = 3, 2.0
"""Looks that did not come back in their time, and still have not: with so many the graph is left out without waiting. So it is after as
many that failed one after another, but for one look in `PROBE_S`: a graph that has just come back plans what it is asked, and each that
gives up before that plan is made would only have it begun anew."""
Early = Callable[[Evidence], None]


class Health:
    """Whether the graph is worth waiting for, by what became of the looks before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._late: set[Future[Evidence]] = set()
        self._failed = 0
        self._probe_at = 0.0

    def lets_look(self) -> bool:
        """Whether one more look is begun."""
        with self._lock:
            if len(self._late) >= MOST_LATE:
                return False
            if self._failed < MOST_LATE:
                return True
            now = time.monotonic()
            if now < self._probe_at:
                return False
            self._probe_at = now + PROBE_S
            return True

    def is_late(self, look: Future[Evidence]) -> None:
        """Nobody waits for it any more, and it goes on."""
        with self._lock:
            self._late.add(look)
        look.add_done_callback(self._is_over)

    def _is_over(self, look: Future[Evidence]) -> None:
        with self._lock:
            self._late.discard(look)

    def has_ended(self, look: Future[Evidence]) -> None:
        """It has looked, and saw something or not; what the graph says against it, it says."""
        if not look.cancelled():
            failed = isinstance(look.exception(), GraphUnavailableError)
            with self._lock:
                self._failed = self._failed + 1 if failed else 0


_HEALTH = Health()


def _frozen() -> Future[Evidence]:
    refused = Future[Evidence]()
    refused.set_exception(
        GraphUnavailableError("graph.frozen", "The graph has not answered for a while, and is left out.")
    )
    return refused


class Look:
    """One look, which has begun."""

    def __init__(self, look: Callable[[Early], Evidence], seconds: float) -> None:
        """`look` says early what it sees, each time that it is tried anew, and returns what stands."""
        self._until = time.monotonic() + seconds
        self._early = SimpleQueue[Evidence | None]()
        if _HEALTH.lets_look():
            self._looking = _LOOKERS.submit(look, self._early.put)
            self._looking.add_done_callback(_HEALTH.has_ended)
        else:
            self._looking = _frozen()
        self._looking.add_done_callback(lambda _: self._early.put(None))

    def first(self) -> Evidence:
        """What is seen, as soon as it is. Raises as the look, and `GraphUnavailableError` (`graph.timeout`; at once, while others wait
        in vain, `graph.frozen`)."""
        with suppress(Empty):
            seen = self._early.get(timeout=self._left())
            if seen is not None:
                return seen
        return self.last()

    def last(self) -> Evidence:
        """What stands: the very same as `first`, unless it had to be tried again. Raises as `first`."""
        try:
            return self._looking.result(self._left())
        except TimeoutError:
            if not self._looking.cancel():
                _HEALTH.is_late(self._looking)
            raise GraphUnavailableError("graph.timeout", "The graph does not answer in time.") from None

    def _left(self) -> float:
        return max(0.0, self._until - time.monotonic())
