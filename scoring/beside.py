"""What is looked at again beside the requests, so that none of them waits for a server that does not answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger("fingraph.beside")


class Beside:
    """One piece of work at a time, in a thread of its own; while it goes on, more of it is left out."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._busy = threading.Lock()

    def run(self, work: Callable[[], object]) -> None:
        """Begin, unless the last has not ended. What `work` raises goes to the log: what was known before goes on."""
        if self._busy.acquire(blocking=False):
            threading.Thread(target=self._work, args=(work,), name=self._name, daemon=True).start()

    def _work(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - nobody waits for it, and it is asked again
            _log.error("failed", extra={"fields": {"what": self._name, "error": type(error).__name__}})
        finally:
            self._busy.release()
