"""The audit log: who did what, in a table that takes new rows only, each row sealed by the hash of the one before.

`hash` = SHA-256 over the canonical JSON of the row without it, `previous` (the hash of the row before) included.
So a row cannot change, go, come between or move without every later hash changing, and the last one is kept
apart: in `audit_head`, and wherever `fingraph audit head` was copied to.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from core.clock import Clock, iso, now_us
from core.errors import IncompatibleError, UsageError
from core.page import Page, page_of, require_limit
from core.sql import Sql
from security.entry import Entry, canonical
from security.tables import AUDIT, AUDIT_HEAD

FIRST = "0" * 64
"""What stands before the first row."""


@dataclass(frozen=True)
class AuditRow:
    """One row, as it is in the table. `at` is microseconds since 1970 (UTC), `params` canonical JSON."""

    seq: int
    at: int
    actor: str
    action: str
    object: str
    params: str
    previous: str
    hash: str

    def computed(self) -> str:
        """The hash that the row must have."""
        sealed = {name: value for name, value in vars(self).items() if name != "hash"}
        return hashlib.sha256(canonical(sealed).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """As one JSON object, with an ISO time."""
        return {**asdict(self), "at": iso(self.at)}


@dataclass(frozen=True)
class Head:
    """The last row: its number, 0 before the first, and its hash."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


def head_of(text: str) -> Head:
    """A head as `SEQ:HASH`; raises `UsageError` (`audit.head`)."""
    seq, _, digest = text.strip().partition(":")
    if not (
        seq.isascii() and seq.isdecimal() and len(digest) == 64 and set(digest) <= set("0123456789abcdef")
    ):
        raise UsageError("audit.head", "A head is SEQ:HASH, as `fingraph audit head` prints it.")
    return Head(int(seq), digest)


def hold_head(connection: Connection) -> Head:
    """Wait until nobody else who writes to the log is at work, and keep others waiting to the end of this transaction of
    `Sql.write`: what is read from here on, the clock too, no other of them comes between.

    Raises `IncompatibleError` (`audit.no_head`) when the head is gone, for then nobody can say what is missing.
    """
    head = connection.execute(select(AUDIT_HEAD).with_for_update()).one_or_none()
    if head is None:
        raise _no_head()
    return Head(head.seq, head.hash)


def append(connection: Connection, at: int, entry: Entry) -> AuditRow:
    """Add a row in the transaction of `Sql.write` that also does what the row tells of: both stand, or neither.

    Writers come one after another from here, or from `hold_head`, to the end of the transaction. Raises as `hold_head`.
    """
    head = hold_head(connection)
    fields = (entry.actor, entry.action, entry.object, entry.params_text(), head.hash)
    row = AuditRow(head.seq + 1, at, *fields, hash="")
    row = AuditRow(**{**vars(row), "hash": row.computed()})
    connection.execute(insert(AUDIT).values(vars(row)))
    connection.execute(update(AUDIT_HEAD).values(seq=row.seq, hash=row.hash))
    return row


def record(sql: Sql, entry: Entry, *, clock: Clock = now_us) -> AuditRow:
    """Add a row in a transaction of its own; it is on disk when this returns. Raises what `Sql.write` raises."""
    with sql.write() as connection:
        return append(connection, clock(), entry)


def read_head(sql: Sql) -> Head:
    """The head now, to be kept where nobody who writes to the database can; raises `IncompatibleError` (`audit.no_head`)."""
    with sql.read() as connection:
        head = held_head(connection)
    if head is None:
        raise _no_head()
    return head


def held_head(connection: Connection) -> Head | None:
    """The head as the table has it."""
    row = connection.execute(select(AUDIT_HEAD)).one_or_none()
    return None if row is None else Head(row.seq, row.hash)


def list_audit(
    sql: Sql,
    *,
    actor: str | None = None,
    action: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[AuditRow]:
    """Rows, the newest first; `after` is the `next` of the page before.

    Raises `UsageError` (`page.limit`, `page.after`).
    """
    require_limit(limit)
    columns = AUDIT.c
    chosen = select(AUDIT).order_by(columns.seq.desc()).limit(limit + 1)
    if actor is not None:
        chosen = chosen.where(columns.actor == actor)
    if action is not None:
        chosen = chosen.where(columns.action == action)
    if after is not None:
        if not (after.isascii() and after.isdecimal() and len(after) <= 18):
            raise UsageError("page.after", "Continue with the `next` of the page before.")
        chosen = chosen.where(columns.seq < int(after))
    with sql.read() as connection:
        found = [row_of(row) for row in connection.execute(chosen)]
    return page_of(found, limit, [str(row.seq) for row in found])


def row_of(row: Row[Any]) -> AuditRow:
    """A row of the table."""
    return AuditRow(**dict(row._mapping))


def _no_head() -> IncompatibleError:
    return IncompatibleError(
        "audit.no_head", "The audit log has lost its head; nothing is written until it is back."
    )
