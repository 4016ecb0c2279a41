"""An open loop of requests: each has its moment, whether the one before was answered or not, and its time counts from that
moment, so a server that stalls is charged for everybody who waited (coordinated omission, Tene 2013)."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np

from benchmarks.goal import MeasuringError

THREADS = 48


@dataclass
class Load:
    """What came of some requests at a rate."""

    ms: list[float] = field(default_factory=list)
    """From the moment that each was due."""
    server: list[dict[str, float]] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    """Requests without a decision, by the code of the problem or the name of the error."""
    degraded: int = 0
    pace_ms: tuple[float, ...] = ()
    """Of a million steps of Python before and after, where it was taken: a machine that is shared has another pace in each minute."""

    @property
    def p50(self) -> float:
        """Milliseconds."""
        return self._at(50)

    @property
    def p99(self) -> float:
        """Milliseconds."""
        return self._at(99)

    def _at(self, share: float) -> float:
        return float(np.percentile(self.ms, share)) if self.ms else float("inf")

    def details(self) -> dict[str, Any]:
        """Percentiles, and where the milliseconds went by the server's own account."""
        shares = {f"p{share}": round(self._at(share), 2) for share in (50, 95, 99)}
        return {
            **shares,
            "max": round(max(self.ms), 2),
            "n": len(self.ms),
            "failed": dict(self.failed),
            "degraded": self.degraded,
            "pace_ms": list(self.pace_ms),
            "steps_p50": self._steps(50),
            "steps_p99": self._steps(99),
        }

    def _steps(self, share: float) -> dict[str, float]:
        return {
            name: round(float(np.percentile([one[name] for one in self.server if name in one], share)), 2)
            for name in (self.server[0] if self.server else ())
        }


Due = tuple[float, bytes]
"""When it is to be sent, and what."""


class Caller:
    """Sends requests at their moments, over connections that are kept."""

    def __init__(self, url: str, tokens: Sequence[str], bodies: Sequence[bytes]) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._tokens, self._bodies = tokens, bodies
        self._next = 0

    def load(self, rate: float, seconds: float, bodies: Sequence[bytes] = (), until: Any = None) -> Load:
        """`rate` requests a second for so long, or until something has happened."""
        told = Load()
        due = SimpleQueue[Due | None]()
        threads = [
            threading.Thread(target=self._send, args=(i, due, told), daemon=True) for i in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        began = time.perf_counter() + 0.1
        for place in range(int(rate * seconds)):
            moment = began + place / rate
            time.sleep(max(0.0, moment - time.perf_counter()))
            if until is not None and until():
                break
            body = bodies[place % len(bodies)] if bodies else self.body()
            due.put((moment, body))
        for _ in threads:
            due.put(None)
        for thread in threads:
            thread.join(120)
        return told

    def body(self, targets: Sequence[str] = ()) -> bytes:
        """The next application that was not sent yet, with models that are asked beside the policy's."""
        if self._next >= len(self._bodies):
            raise MeasuringError("goals.bodies", "There are no more applications to send; hold back more.")
        self._next += 1
        body = self._bodies[self._next - 1]
        return json.dumps({**json.loads(body), "targets": list(targets)}).encode() if targets else body

    def _send(self, number: int, due: SimpleQueue[Due | None], told: Load) -> None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=60)
        headers = {
            "Authorization": f"Bearer {self._tokens[number % len(self._tokens)]}",
            "Content-Type": "application/json",
        }
        while (item := due.get()) is not None:
            moment, body = item
            try:
                status, said = _answered(connection, body, headers)
            except (http.client.HTTPException, OSError) as error:
                connection.close()  # and is opened anew for the next
                told.failed[type(error).__name__] += 1
                continue
            took = (time.perf_counter() - moment) * 1_000
            answer = json.loads(said)
            if status != httpx.codes.OK:
                told.failed[answer["code"]] += 1
                continue
            told.ms.append(took)
            told.server.append(answer["timings_ms"])
            told.degraded += bool(answer["degraded"])
        connection.close()


def _answered(
    connection: http.client.HTTPConnection, body: bytes, headers: dict[str, str]
) -> tuple[int, bytes]:
    """Status and body of a reply. A connection that stood idle may have been closed by the server: then it is asked once more over a
    new one, as every client does, in the time of the same request."""
    idle = connection.sock is not None
    try:
        connection.request("POST", "/v1/score", body, headers)
        reply = connection.getresponse()
        return reply.status, reply.read()
    except (http.client.RemoteDisconnected, ConnectionError):
        connection.close()
        if not idle:
            raise
    return _answered(connection, body, headers)
