"""Threads for work that waits on a database: so many at once, so many in line, and no more.

The driver blocks, and a thread that hangs on a frozen server cannot be stopped. So threads are counted for as long as
they run, not for as long as somebody waits for them: a server that does not answer costs `workers` threads, whatever
the number of requests that gave up on it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from api.errors import OverloadedError

T = TypeVar("T")


class Pool:
    """`workers` threads with a line of `queue` before them."""

    def __init__(self, workers: int, queue: int, name: str) -> None:
        self.workers = workers
        self._most = workers + queue
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._taken = 0

    @property
    def taken(self) -> int:
        """Pieces of work that run or wait."""
        return self._taken

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, from a thread. Whoever stops waiting leaves the line, or leaves the thread to itself.

        Raises `OverloadedError` (`api.busy`) when the line is full.
        """
        with self._lock:
            if self._taken >= self._most:
                raise OverloadedError(
                    "api.busy", "The server has as much to do as it takes on; try again.", wait_s=1
                )
            self._taken += 1
        try:
            future = self._threads.submit(work)
        except BaseException:
            self._leave(None)
            raise
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Take no more work, and forget what waits."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _leave(self, _: Future[T] | None) -> None:
        with self._lock:
            self._taken -= 1
