"""The circuit breaker: when so many are declined, or a ring is so large, that a person has to look first."""

from __future__ import annotations

import logging
import threading
import time

from core.clock import Clock, now_us
from core.errors import FinGraphError
from core.graph import Graph
from core.sql import Sql
from policy.decide import CLOSED, Tripped
from policy.model import Policy
from queries import statement
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

    def state(self, policy: Policy) -> Tripped:
        """As it was seen at most `LOOK_S` ago."""
        if policy.breaker is None:
            return CLOSED
        with self._lock:
            due = time.monotonic() >= self._looked.get(policy.digest, -LOOK_S) + LOOK_S
            if due:
                self._looked[policy.digest] = time.monotonic()
            held = self._held.get(policy.digest)
        if held is None:
            return self.look(policy)
        if due:
            threading.Thread(target=self.look, args=(policy,), name="fingraph-breaker", daemon=True).start()
        return held

    def look(self, policy: Policy) -> Tripped:
        """Count anew. What cannot be counted just now stays as it was."""
        breaker = policy.breaker
        if breaker is None:
            return CLOSED
        before = self._held.get(policy.digest, CLOSED)
        declines, rings = before.declines, before.rings
        try:
            count, declined = share_declined(self._sql, self._clock() - breaker.window)
            declines = count >= breaker.least and declined > breaker.decline_share * count
            held = self._graph.until(time.monotonic() + RING_SECONDS)
            largest = statement("scoring/largest_ring").run(held)[0]["applications"]
            rings = largest > breaker.ring_applications
        except FinGraphError as error:
            _log.warning("not counted", extra={"fields": {"code": error.code}})
        found = Tripped(declines, rings)
        if found != before:
            _log.warning("breaker", extra={"fields": {"declines": declines, "rings": rings}})
        with self._lock:
            self._held[policy.digest] = found
        return found
