"""The circuit breaker: when so many are declined, or a ring is so large, that a person has to look first."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from core.clock import Clock, now_us
from core.errors import FinGraphError
from core.graph import Graph
from core.sql import Sql
from policy.decide import CLOSED, Tripped
from policy.model import Breaker, Policy
from queries import statement
from scoring.beside import Beside
from scoring.record import share_declined

LOOK_S = 2.0
RING_SECONDS = 5.0
"""Longest time that the look at the rings takes."""

_log = logging.getLogger("fingraph.breaker")


class Breakers:
    """What is held back now, looked at beside the requests; many threads may ask."""

    def __init__(self, sql: Sql, graph: Graph, clock: Clock = now_us) -> None:
        self._sql, self._graph, self._clock = sql, graph, clock
        self._lock = threading.Lock()
        self._held: dict[str, Tripped] = {}
        self._looked: dict[str, float] = {}
        self._beside: dict[str, Beside] = {}
        """By policy: a shadow's look is not left out for the champion's."""

    def state(self, policy: Policy) -> Tripped:
        """As it was last seen, and looked at again beside the requests every `LOOK_S`. The first of a policy waits for its declines to
        be counted, and for no graph."""
        if policy.breaker is None:
            return CLOSED
        with self._lock:
            due = time.monotonic() >= self._looked.get(policy.digest, -LOOK_S) + LOOK_S
            if due:
                self._looked[policy.digest] = time.monotonic()
            held = self._held.get(policy.digest)
            beside = self._beside.setdefault(policy.digest, Beside("fingraph-breaker"))
        if due:
            beside.run(lambda: self.look(policy))
        return self._counted(policy.breaker, CLOSED, lambda _: False) if held is None else held

    def look(self, policy: Policy) -> Tripped:
        """Count anew. What cannot be counted just now stays as it was."""
        if policy.breaker is None:
            return CLOSED
        before = self._held.get(policy.digest, CLOSED)
        found = self._counted(policy.breaker, before, self._ring_too_large)
        if found != before:
            _log.warning("breaker", extra={"fields": {"declines": found.declines, "rings": found.rings}})
        with self._lock:
            self._held[policy.digest] = found
        return found

    def _counted(
        self, breaker: Breaker, before: Tripped, ring_too_large: Callable[[Breaker], bool]
    ) -> Tripped:
        declines, rings = before.declines, before.rings
        try:
            count, declined = share_declined(self._sql, self._clock() - breaker.window)
            declines = count >= breaker.least and declined > breaker.decline_share * count
            rings = ring_too_large(breaker)
        except FinGraphError as error:
            _log.warning("not counted", extra={"fields": {"code": error.code}})
        return Tripped(declines, rings)

    def _ring_too_large(self, breaker: Breaker) -> bool:
        held = self._graph.until(time.monotonic() + RING_SECONDS)
        largest: int = statement("scoring/largest_ring").run(held)[0]["applications"]
        return largest > breaker.ring_applications
