"""The policies that hold now, looked up anew every second; and those that held, by their digests."""

from __future__ import annotations

import threading
import time
from functools import lru_cache

from core.sql import Sql
from policy.model import Policy
from policy.store import CHAMPION, ROLES, SHADOW, policy_kept, policy_of

REFRESH_S = 1.0


class Policies:
    """Many threads may ask."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self._lock = threading.Lock()
        self._held: dict[str, Policy | None] = {}
        self._looked = -REFRESH_S
        self.kept = lru_cache(maxsize=64)(self._kept)

    def champion(self) -> Policy | None:
        """What decides. Raises what `Sql.read` raises."""
        return self._now()[CHAMPION]

    def shadow(self) -> Policy | None:
        """What is asked beside it."""
        return self._now()[SHADOW]

    def _now(self) -> dict[str, Policy | None]:
        with self._lock:
            if self._held and time.monotonic() < self._looked + REFRESH_S:
                return self._held
        found = {role: policy_of(self._sql, role) for role in ROLES}
        with self._lock:
            self._held, self._looked = found, time.monotonic()
        return found

    def _kept(self, digest: str) -> Policy:
        return policy_kept(self._sql, digest)
