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
MOST_LATE = 3
"""Looks that did not come back in their time, and still have not: with so many the graph is left out without waiting."""
Early = Callable[[Evidence], None]


class _Late:
    """Looks that nobody waits for any more, and that go on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looks: set[Future[Evidence]] = set()

    def add(self, look: Future[Evidence]) -> None:
        with self._lock:
            self._looks.add(look)
        look.add_done_callback(self._end)

    def _end(self, look: Future[Evidence]) -> None:
        with self._lock:
            self._looks.discard(look)

    def __len__(self) -> int:
        with self._lock:
            return len(self._looks)


_LATE = _Late()


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
        self._looking = _frozen() if len(_LATE) >= MOST_LATE else _LOOKERS.submit(look, self._early.put)
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
                _LATE.add(self._looking)
            raise GraphUnavailableError("graph.timeout", "The graph does not answer in time.") from None

    def _left(self) -> float:
        return max(0.0, self._until - time.monotonic())
