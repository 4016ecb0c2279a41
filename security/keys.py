"""API keys: `fgk_<id>_<secret>`, made, listed and revoked.

A secret is 256 bits from the system's generator and is kept as its SHA-256 alone. A slow hash (bcrypt, Argon2) makes
guessing dear where a person chose the secret; among 2^256 equally likely ones there is no guessing at any speed, and
a slow hash would only cost every request its milliseconds.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from core.clock import DAY, Clock, iso, now_us
from core.errors import NotFoundError, UsageError
from core.page import Page, page_of, require_limit
from core.sql import Sql
from security.audit import append
from security.entry import Entry
from security.principal import Scope, scopes_of
from security.tables import API_KEYS

PREFIX = "fgk"
ID_BYTES, SECRET_BYTES = 8, 32
TOKEN = re.compile(rf"{PREFIX}_([0-9a-f]{{{2 * ID_BYTES}}})_[0-9a-f]{{{2 * SECRET_BYTES}}}")
_NAMED = re.compile(rf"(?:{PREFIX}_)?([0-9a-f]{{{2 * ID_BYTES}}})(?:_[0-9a-f]{{{2 * SECRET_BYTES}}})?")
DEFAULT_DAYS, MOST_DAYS = 90, 3_650
NAME_MOST = 80
LOCAL = "local"
"""The actor of what is done by command on the machine itself."""


@dataclass(frozen=True)
class ApiKey:
    """A key without its secret. Times are microseconds since 1970 (UTC)."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created_at: int
    expires_at: int | None
    """None: it never expires."""
    revoked_at: int | None
    last_used_at: int | None
    """To the minute: it is not written more often."""
    digest: str = field(repr=False)

    @property
    def prefix(self) -> str:
        """How its token begins, which tells keys apart and opens nothing."""
        return f"{PREFIX}_{self.id}"

    def state(self, now: int) -> str:
        """`valid`, `expired` or `revoked` at `now` (µs)."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "valid"

    def as_dict(self, now: int) -> dict[str, Any]:
        """As one JSON object, with ISO times and its state at `now` (µs)."""
        return {
            "id": self.id,
            "prefix": self.prefix,
            "name": self.name,
            "scopes": [scope.value for scope in Scope if scope in self.scopes],
            "state": self.state(now),
            "created_at": iso(self.created_at),
            "expires_at": iso(self.expires_at),
            "revoked_at": iso(self.revoked_at),
            "last_used_at": iso(self.last_used_at),
        }


def create_key(
    sql: Sql,
    name: str,
    scopes: Iterable[Scope | str],
    *,
    days: int | None = DEFAULT_DAYS,
    actor: str = LOCAL,
    clock: Clock = now_us,
) -> tuple[ApiKey, str]:
    """Make a key and return it with its token, which is nowhere else and is not shown again.

    It is valid for `days`, or for ever with None, which has to be said. `actor` is who made it, for the audit log.
    Raises `UsageError` (`keys.name`, `keys.scopes`, `keys.days`) and what `Sql.write` raises.
    """
    if not 1 <= len(name) <= NAME_MOST or not name.isprintable() or name != name.strip():
        raise UsageError("keys.name", f"A key's name has 1 to {NAME_MOST} printable characters.")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise UsageError("keys.days", f"A key is valid for 1 to {MOST_DAYS:,} days.")
    key_id = secrets.token_hex(ID_BYTES)
    token = f"{PREFIX}_{key_id}_{secrets.token_hex(SECRET_BYTES)}"
    now = clock()
    key = ApiKey(
        id=key_id,
        name=name,
        scopes=scopes_of([str(scope) for scope in scopes]),
        created_at=now,
        expires_at=None if days is None else now + days * DAY,
        revoked_at=None,
        last_used_at=None,
        digest=token_digest(token),
    )
    with sql.write() as connection:
        connection.execute(insert(API_KEYS).values(**{**vars(key), "scopes": _scope_text(key.scopes)}))
        params = {"scopes": sorted(key.scopes), "days": days}
        append(connection, now, Entry(actor, "key.create", f"key/{key_id}", params))
    return key, token


def list_keys(sql: Sql, *, limit: int = 100, after: str | None = None) -> Page[ApiKey]:
    """Keys, the newest first, those that hold no longer too; `after` is the `next` of the page before.

    Raises `UsageError` (`page.limit`, `page.after`).
    """
    require_limit(limit)
    columns = API_KEYS.c
    chosen = select(API_KEYS).order_by(columns.created_at.desc(), columns.id.desc()).limit(limit + 1)
    with sql.read() as connection:
        if after is not None:
            last = connection.execute(select(API_KEYS).where(columns.id == after)).one_or_none()
            if last is None:
                raise UsageError("page.after", "Continue with the `next` of the page before.")
            same_time = (columns.created_at == last.created_at) & (columns.id < last.id)
            chosen = chosen.where(or_(columns.created_at < last.created_at, same_time))
        found = [key_of(row) for row in connection.execute(chosen)]
    return page_of(found, limit, [key.id for key in found])


def revoke_key(sql: Sql, key: str, *, actor: str = LOCAL, clock: Clock = now_us) -> ApiKey:
    """Revoke the key that is named by its id, its prefix or its token; once revoked it stays as it is.

    Servers notice within `keyring.CACHE_SECONDS`. Raises `NotFoundError` (`keys.unknown`).
    """
    named = _NAMED.fullmatch(key)
    with sql.write() as connection:
        wanted = API_KEYS.c.id == (named[1] if named else "")
        row = connection.execute(select(API_KEYS).where(wanted).with_for_update()).one_or_none()
        if row is None:
            raise NotFoundError("keys.unknown", "There is no such key; `fingraph keys list` shows them.")
        if row.revoked_at is not None:
            return key_of(row)
        now = clock()
        connection.execute(update(API_KEYS).where(wanted).values(revoked_at=now))
        append(connection, now, Entry(actor, "key.revoke", f"key/{row.id}"))
        return key_of(connection.execute(select(API_KEYS).where(wanted)).one())


def token_digest(token: str) -> str:
    """SHA-256 of a whole token, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def key_of(row: Row[Any]) -> ApiKey:
    """A key from its row of `api_keys`."""
    held = dict(row._mapping)
    return ApiKey(**{**held, "scopes": scopes_of(held["scopes"].split())})


def _scope_text(scopes: frozenset[Scope]) -> str:
    return " ".join(scope.value for scope in Scope if scope in scopes)
