"""Who a token belongs to: what a server asks at every request."""

from __future__ import annotations

import hmac
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import or_, select, update

from core.clock import MINUTE, Clock, now_us
from core.errors import EnvironmentMissingError, SqlUnavailableError, UnauthenticatedError
from core.sql import Sql
from security.keys import TOKEN, ApiKey, key_of, token_digest
from security.principal import Principal, Scope
from security.tables import API_KEYS

CACHE_SECONDS = 5.0
"""How long a key is believed without asking SQL again: a revocation works everywhere within this time."""
CACHED_MOST = 10_000
_NOBODY = "0" * 64
"""A digest that no token has; an unknown key is compared with it, so that it takes as long as a known one."""

_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class _Held:
    """What SQL said of an id: its key, or that there is none."""

    key: ApiKey | None
    until: float


class Keyring:
    """Keys as one server sees them; many threads may use one.

    What is kept between requests are rows of the table (digests), never tokens. Expiry holds to the microsecond,
    revocation within `ttl_s` seconds. `timer` counts seconds, for tests.
    """

    def __init__(
        self,
        sql: Sql,
        clock: Clock = now_us,
        *,
        ttl_s: float = CACHE_SECONDS,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sql = sql
        self._clock = clock
        self._ttl_s = ttl_s
        self._timer = timer
        self._lock = threading.Lock()
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._touched: OrderedDict[str, int] = OrderedDict()

    def authenticate(self, token: str | None, scope: Scope) -> Principal:
        """Who `token` belongs to, when it allows `scope`.

        Raises `UnauthenticatedError` (`auth.key`), one and the same whether the token is missing, malformed, unknown,
        wrong, expired or revoked; `ForbiddenError` (`auth.scope`) when the key is valid and `scope` is not its own;
        `SqlUnavailableError` when SQL does not answer and the key is not held any more: nobody passes unseen.
        """
        principal = self.identify(token)
        principal.require(scope)
        return principal

    def identify(self, token: str | None) -> Principal:
        """Who `token` belongs to, whatever its scopes; raises what `authenticate` raises but for the scope."""
        shaped = TOKEN.fullmatch(token or "")
        key = self._key(shaped[1]) if shaped else None
        given = token_digest(shaped[0] if shaped else "")
        right = hmac.compare_digest(given, key.digest if key else _NOBODY)
        now = self._clock()
        if key is None or not right or key.state(now) != "valid":
            raise UnauthenticatedError(
                "auth.key",
                "No valid key came with this. It may be missing, mistyped, expired or revoked; "
                "send one as `Authorization: Bearer fgk_…`, or ask for a new one.",
            )
        self._touch(key, now)
        return Principal(key.id, key.name, key.scopes)

    def forget(self, key_id: str) -> None:
        """Ask SQL again when this key comes next: for the server that revoked it itself."""
        with self._lock:
            self._held.pop(key_id, None)

    def _key(self, key_id: str) -> ApiKey | None:
        with self._lock:
            held = self._held.get(key_id)
            if held is not None and self._timer() < held.until:
                return held.key
        until = self._timer() + self._ttl_s  # counted from before the question, not from its answer
        with self._sql.read() as connection:
            row = connection.execute(select(API_KEYS).where(API_KEYS.c.id == key_id)).one_or_none()
        key = None if row is None else key_of(row)
        with self._lock:
            _remember(self._held, key_id, _Held(key, until))
        return key

    def _touch(self, key: ApiKey, now: int) -> None:
        """Note the use of a key, at most once a minute. A use that cannot be noted is allowed all the same."""
        with self._lock:
            if now < max(key.last_used_at or 0, self._touched.get(key.id, 0)) + MINUTE:
                return
            _remember(self._touched, key.id, now)
        columns = API_KEYS.c
        older = or_(columns.last_used_at.is_(None), columns.last_used_at <= now - MINUTE)
        try:
            with self._sql.write() as connection:
                connection.execute(
                    update(API_KEYS).where(columns.id == key.id, older).values(last_used_at=now)
                )
        except (SqlUnavailableError, EnvironmentMissingError) as error:
            _log.warning("The use of key %s was not noted: %s", key.id, error.code)


def _remember(where: OrderedDict[str, T], key_id: str, value: T) -> None:
    """Keep `value`, and let go of the oldest: made-up ids cannot fill the memory."""
    where[key_id] = value
    where.move_to_end(key_id)
    while len(where) > CACHED_MOST:
        where.popitem(last=False)
