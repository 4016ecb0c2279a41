"""The policies that hold now, looked up anew every second; and those that held, by their digests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import lru_cache

from core.sql import Sql
from policy.model import Policy
from policy.store import CHAMPION, ROLES, SHADOW, policy_kept, policy_of
from scoring.beside import Beside

REFRESH_S = 1.0
RECENT_S = 10.0
"""A server that was asked so lately goes on by the policies before until the models of new ones are in memory; who asks another waits
for them, since nobody may be decided about by a policy of long ago."""
Held = dict[str, Policy | None]


class Policies:
    """Many threads may ask."""

    def __init__(
        self, sql: Sql, is_ready: Callable[[Policy], bool], prepare: Callable[[Policy], None]
    ) -> None:
        """A new policy that is not ready is prepared beside the requests; `prepare` raises nothing that a decision would say."""
        self._sql, self._is_ready, self._prepare = sql, is_ready, prepare
        self._lock = threading.Lock()
        self._held: Held = {}
        self._looked = -RECENT_S
        self._beside = Beside("fingraph-policies")
        self.kept = lru_cache(maxsize=64)(self._kept)

    def champion(self) -> Policy | None:
        """What decides. Raises what `Sql.read` raises."""
        return self._now()[CHAMPION]

    def shadow(self) -> Policy | None:
        """What is asked beside it."""
        return self._now()[SHADOW]

    def _now(self) -> Held:
        now = time.monotonic()
        with self._lock:
            held, looked, recent = self._held, self._looked, now < self._looked + RECENT_S
        if held and now < looked + REFRESH_S:
            return held
        found = self._found()
        if not held or not recent or self._can_decide(found, held):
            return self._adopted(found)
        with self._lock:
            self._looked = time.monotonic()
        self._beside.run(lambda: self._adopt(found))
        return held

    def _adopted(self, found: Held) -> Held:
        with self._lock:
            self._held, self._looked = found, time.monotonic()
        return found

    def _can_decide(self, found: Held, held: Held) -> bool:
        known = _digests(held).values()
        return all(one is None or one.digest in known or self._is_ready(one) for one in found.values())

    def _adopt(self, found: Held) -> None:
        """Prepare them, and let them hold unless others were promoted meanwhile."""
        for policy in found.values():
            if policy is not None:
                self._prepare(policy)
        if _digests(self._found()) == _digests(found):
            self._adopted(found)

    def _found(self) -> Held:
        return {role: policy_of(self._sql, role) for role in ROLES}

    def _kept(self, digest: str) -> Policy:
        return policy_kept(self._sql, digest)


def _digests(held: Held) -> dict[str, str | None]:
    return {role: None if policy is None else policy.digest for role, policy in held.items()}
