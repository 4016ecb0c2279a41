"""How much one server takes on: numbers, and the allowance of each key."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

BUCKETS_MOST = 10_000


@dataclass(frozen=True)
class Limits:
    """Bounds of one server process; every one of them is answered with a code, never with silence."""

    workers: int = 8
    """Requests that talk to a database at once."""
    scorers: int = 3
    """Applications that are decided at once: more would wait for each other's turn to compute (of 2, 3, 4 and 8 measured, 3
    carries most)."""
    tellers: int = 2
    """Outcomes, events and amendments that are written at once."""
    batches: int = 1
    """Batches at once: each decides one application after another for as long as it may take, and single ones go on beside it."""
    queue: int = 32
    """Requests that wait for one of them to end; one more is refused (`api.busy`)."""
    requests: int = 256
    """Requests in flight, whatever they do (`api.busy`)."""
    rate: float = 50.0
    """Requests a second that a key may send for long (`api.rate`)."""
    burst: int = 100
    """Requests that a key may send at once after a pause."""
    body: int = 262_144
    """Bytes of a request's body (`api.body`)."""
    batch_body: int = 8_388_608
    """The same of a batch."""
    seconds: float = 30.0
    """Time of a request that does not say how much it has."""
    seconds_most: float = 60.0
    seconds_least: float = 0.05

    def body_of(self, path: str) -> int:
        """Bytes that the body of a request to this address may have."""
        return self.batch_body if path.endswith("/batch") else self.body


class Buckets:
    """A token bucket a key: full at `burst`, refilled at `rate` a second. Many threads may use it."""

    def __init__(self, rate: float, burst: int, *, timer: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._timer = timer
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """By key: tokens left, and when they were counted."""

    def wait_for(self, key_id: str) -> float:
        """Take a token of `key_id`: 0 when there was one, else the seconds until there is."""
        now = self._timer()
        with self._lock:
            left, then = self._held.get(key_id, (float(self._burst), now))
            left = min(float(self._burst), left + (now - then) * self._rate)
            taken = left >= 1
            self._held[key_id] = (left - 1 if taken else left, now)
            self._held.move_to_end(key_id)
            while len(self._held) > BUCKETS_MOST:
                self._held.popitem(last=False)
        return 0.0 if taken else (1 - left) / self._rate
