"""The policies that hold now, looked up anew every second; and those that held, by their digests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache

from core.sql import Sql
from policy.model import Policy
from policy.store import CHAMPION, ROLES, SHADOW, policy_kept, policy_of
from scoring.beside import Beside

REFRESH_S = 1.0
WAIT_S = 30.0
"""Longest time that a new policy waits for its models while the one before goes on; where nobody asked for so long it waits for nothing,
since nobody may be decided about by a policy of long ago."""
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
        self._looked = -REFRESH_S
        self._since: dict[str, float] = {}
        """By digests of policies that wait."""
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
            held, looked, since = self._held, self._looked, self._since
        if held and now < looked + REFRESH_S:
            return held
        found = {role: policy_of(self._sql, role) for role in ROLES}
        late = {} if not held or now >= looked + WAIT_S else self._late(found, held, since, now)
        held = {**found, **{role: held[role] for role in late}}
        with self._lock:
            self._since = {one.digest: since.get(one.digest, now) for one in late.values()}
            self._held, self._looked = held, now
        if late:
            self._beside.run(lambda: self._prepared(*late.values()))
        return held

    def _late(self, found: Held, held: Held, since: Mapping[str, float], now: float) -> dict[str, Policy]:
        """Those of what was found that cannot decide yet; before the first champion there is none that could go on."""
        known = {one.digest for one in held.values() if one is not None}
        return {
            role: one
            for role, one in found.items()
            if one is not None
            and one.digest not in known
            and now < since.get(one.digest, now) + WAIT_S
            and not (role == CHAMPION and held[role] is None)
            and not self._is_ready(one)
        }

    def _prepared(self, *policies: Policy) -> None:
        """Prepare them; what could not be had by then a decision says."""
        for policy in policies:
            self._prepare(policy)
            with self._lock:
                self._since[policy.digest] = -WAIT_S

    def _kept(self, digest: str) -> Policy:
        return policy_kept(self._sql, digest)
