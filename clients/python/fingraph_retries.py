"""Patience for the client: a request that a busy or restarting server did not answer is sent again, as docs/scoring.md advises.

client = AuthenticatedClient(base_url=…, token=…, timeout=httpx.Timeout(2.0), httpx_args={"transport": Retries()})
"""

from __future__ import annotations

import random
import time

import httpx

AGAIN = frozenset({429, 502, 503, 504})


class Retries(httpx.BaseTransport):
    """Sends again what was not answered, was answered 429, or that the server could not do just now.

    Nothing that FinGraph takes happens twice when it is sent twice: an application, a fact and an entry of a list are known by their ids.
    """

    def __init__(
        self,
        within: httpx.BaseTransport | None = None,
        *,
        times: int = 6,
        first_s: float = 0.2,
        longest_s: float = 10.0,
    ) -> None:
        """`times`: how often it is sent at most; waits grow from `first_s` by two up to `longest_s`, unless the server names one."""
        self._within = within or httpx.HTTPTransport()
        self._times, self._first, self._longest = times, first_s, longest_s

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The first reply that is an answer, or the last of all; raises what the last attempt raised."""
        for attempt in range(1, self._times + 1):
            told = None
            try:
                reply = self._within.handle_request(request)
            except httpx.TransportError:
                if attempt == self._times:
                    raise
            else:
                if reply.status_code not in AGAIN or attempt == self._times:
                    return reply
                told = reply.headers.get("retry-after")
                reply.close()
            time.sleep(self._wait(attempt, told))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        """Close the connections."""
        self._within.close()

    def _wait(self, attempt: int, told: str | None) -> float:
        if told is not None and told.isdecimal():
            return min(float(told), self._longest)
        grown = min(self._first * 2.0 ** (attempt - 1), self._longest)
        return grown * (0.5 + random.random() / 2)  # noqa: S311 - so that not all come at once
