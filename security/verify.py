"""Whether the audit log is what was written: every link of its chain, its end, and its guards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, select, text

from core.files import write_whole
from core.settings import Settings
from core.sql import Sql
from security.audit import FIRST, AuditRow, Head, held_head, row_of
from security.tables import AUDIT, GUARDS

FAULTS_MOST = 100
_BLOCK = 5_000

Kind = Literal["changed", "removed", "broken", "cut", "beyond", "forged", "unguarded"]
"""
- `changed`: the row is not the one that was hashed
- `removed`: numbers are missing
- `broken`: the row does not follow the one before it: a row was inserted, re-ordered, or written anew with its hash
- `cut`: the head, or what was seen of it before, lies behind the last row
- `beyond`: there are rows after the head
- `forged`: the row of that number is another than the one seen before
- `unguarded`: a trigger that refuses changes is missing
"""


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written."""

    kind: Kind
    seq: int | None
    """The first row concerned."""
    about: str


@dataclass(frozen=True)
class AuditReport:
    """What verifying found."""

    rows: int
    """Rows read."""
    head: Head | None
    """The last row read, when the log is whole; a copy of it kept elsewhere proves what came before."""
    faults: tuple[Fault, ...]
    cut: bool = False
    """There are more faults than are shown."""

    @property
    def ok(self) -> bool:
        """Whether the log is what was written, as far as can be seen."""
        return not self.faults

    def as_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        head = None if self.head is None else str(self.head)
        return {
            "ok": self.ok,
            "rows": self.rows,
            "head": head,
            "faults": [asdict(f) for f in self.faults],
            "cut": self.cut,
        }


def verify_audit(sql: Sql, *, seen: tuple[Head, ...] = ()) -> AuditReport:
    """Read the whole log in one transaction and report what is wrong with it.

    `seen` are heads known from before, from outside of the database: the chain must pass through each.
    """
    faults: list[Fault] = []
    with sql.read() as connection:
        chain = _Chain(seen)
        for row in _rows(connection):
            faults.extend(chain.take(row))
            if len(faults) > FAULTS_MOST:
                break
        else:
            faults.extend(chain.end(held_head(connection)))
        faults.extend(_unguarded(connection))
    whole = None if faults else chain.last
    return AuditReport(chain.rows, whole, tuple(faults[:FAULTS_MOST]), len(faults) > FAULTS_MOST)


class _Chain:
    """The rows so far, one after another; after a fault it goes on from what stands there, to find each once."""

    def __init__(self, seen: tuple[Head, ...]) -> None:
        self.rows = 0
        self.last = Head(0, FIRST)
        self._seen = seen

    def take(self, row: AuditRow) -> Iterator[Fault]:
        """Faults of the next row."""
        expected = self.last.seq + 1
        if row.seq < expected:
            yield Fault("broken", row.seq, "The row stands before the first.")
        elif row.seq > expected:
            yield Fault("removed", expected, f"Rows {expected} to {row.seq - 1} are missing.")
        elif row.previous != self.last.hash:
            yield Fault("broken", row.seq, "The row does not follow the one before it.")
        if row.computed() != row.hash:
            yield Fault("changed", row.seq, "The row is not the one that was hashed.")
        if any(one.seq == row.seq and one.hash != row.hash for one in self._seen):
            yield Fault("forged", row.seq, "Another row of this number was seen before.")
        self.rows += 1
        self.last = Head(row.seq, row.hash)

    def end(self, head: Head | None) -> Iterator[Fault]:
        """Faults of the end, when every row was taken."""
        last = self.last
        if head is None:
            yield Fault("cut", last.seq, "The head of the log is gone.")
        elif head.seq > last.seq:
            yield Fault("cut", last.seq + 1, f"Rows {last.seq + 1} to {head.seq} are missing at the end.")
        elif head.seq < last.seq:
            yield Fault(
                "beyond", head.seq + 1, f"Rows {head.seq + 1} to {last.seq} were not written by FinGraph."
            )
        elif head.hash != last.hash:
            yield Fault("broken", last.seq, "The last row is not the head of the log.")
        for one in self._seen:
            if one.seq > last.seq:
                yield Fault("cut", last.seq + 1, f"Row {one.seq} was seen before and is missing.")


def _rows(connection: Connection) -> Iterator[AuditRow]:
    """Every row in order, block by block."""
    last = None
    while True:
        chosen = select(AUDIT).order_by(AUDIT.c.seq).limit(_BLOCK)
        found = connection.execute(chosen if last is None else chosen.where(AUDIT.c.seq > last)).all()
        yield from (row_of(row) for row in found)
        if len(found) < _BLOCK:
            return
        last = found[-1].seq


def _unguarded(connection: Connection) -> Iterator[Fault]:
    dialect = connection.dialect.name
    if dialect == "sqlite":
        found = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        found = text(
            "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') "
            "AND tgrelid IN (CAST('audit' AS regclass), CAST('audit_head' AS regclass))"
        )
    present = set(connection.execute(found).scalars())
    for name in sorted(GUARDS[dialect] - present):
        yield Fault("unguarded", None, f"The trigger {name} is missing.")


class Witness:
    """The head as it was last verified, in a file of this home: outside of the database, a file a database."""

    def __init__(self, settings: Settings, sql: Sql) -> None:
        name = hashlib.sha256(sql.where.encode()).hexdigest()[:16]
        self.path: Path = settings.home / "audit-heads" / f"{name}.json"
        self._where = sql.where

    def seen(self) -> tuple[Head, ...]:
        """What was seen, if anything was."""
        if not self.path.exists():
            return ()
        held = json.loads(self.path.read_text())
        return (Head(held["seq"], held["hash"]),)

    def keep(self, head: Head) -> None:
        """Remember a head that was verified."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self.path, json.dumps({"where": self._where, "seq": head.seq, "hash": head.hash}) + "\n")
