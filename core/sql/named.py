"""What SQLite and PostgreSQL say against a statement, as errors of ours; their own messages quote values."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from core.errors import (
    EnvironmentMissingError,
    FinGraphError,
    IncompatibleError,
    SqlUnavailableError,
    UsageError,
)
from core.files import disk_full
from core.sql.address import Address

_PRIMARY = 0xFF
"""SQLite's extended result codes carry the primary one in their lowest byte."""
_SQLITE = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_CANTOPEN: "unavailable",
    sqlite3.SQLITE_IOERR: "unavailable",
    sqlite3.SQLITE_CONSTRAINT: "constraint",
}
_SQLSTATES = {
    "53100": "full",
    "55P03": "locked",
    "40P01": "locked",
    "40001": "locked",
    "57014": "timeout",
    "25006": "read_only",
    "42501": "read_only",
    "28": "auth",
    "08": "unavailable",
    "53": "unavailable",
    "57P": "unavailable",
    "3D": "unavailable",
    "XX001": "damaged",
    "FG001": "append_only",
    "23": "constraint",
}
"""PostgreSQL's codes by their longest beginning; FG001 is our triggers' own."""


@contextmanager
def named_errors(address: Address) -> Iterator[None]:
    """Turn what the database refuses into errors of the tree; what is one already passes."""
    try:
        yield
    except DBAPIError as error:
        raise _named(error, address) from None
    except PoolTimeoutError:
        raise SqlUnavailableError(
            "sql.connections", f"All connections to {address.where} are in use; try again."
        ) from None
    except SQLAlchemyError as error:
        raise FinGraphError(
            "sql.internal", f"A statement for {address.where} is wrong ({type(error).__name__})."
        ) from None


def _named(error: DBAPIError, address: Address) -> FinGraphError:
    kind, said = _kind(error)
    where = address.where
    match kind:
        case "full" if address.file is not None:
            return disk_full(address.file)
        case "full":
            return SqlUnavailableError(
                "sql.disk_full", f"The disk of {where} is full; free some space there."
            )
        case "locked":
            return SqlUnavailableError(
                "sql.locked", f"Another process keeps {where} locked; try again, or look for what holds it."
            )
        case "timeout":
            return SqlUnavailableError("sql.timeout", f"{where} took longer over a statement than it may.")
        case "auth":
            return SqlUnavailableError(
                "sql.auth", f"{where} refused the user or password of FINGRAPH_SQL_URL ({said})."
            )
        case "read_only":
            return EnvironmentMissingError(
                "sql.read_only", f"FinGraph may not write to {where} ({said}); give it the right to."
            )
        case "damaged":
            return IncompatibleError(
                "sql.damaged", f"{where} is damaged or no database ({said}); put a backup in its place."
            )
        case "append_only":
            return UsageError("sql.append_only", "This table takes new rows only; none may change or go.")
        case "constraint":
            return UsageError(
                "sql.constraint", f"{where} holds a row already that this one clashes with ({said})."
            )
        case "unavailable":
            return SqlUnavailableError("sql.unavailable", f"{where} does not answer ({said}).")
    return FinGraphError("sql.statement", f"{where} refused a statement ({said}).")


def _kind(error: DBAPIError) -> tuple[str, str]:
    """What went wrong, and the database's own name for it, which quotes nothing."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", type(cause).__name__)
        if name == "SQLITE_CONSTRAINT_TRIGGER":
            return "append_only", name
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & _PRIMARY, "statement"), name
    state = getattr(cause, "sqlstate", None)
    if state is None:
        # The server was not reached or went away: the driver has no code from it, and its words name the user.
        return _unreached(str(cause)), type(cause).__name__
    fits = [beginning for beginning in _SQLSTATES if state.startswith(beginning)]
    return (_SQLSTATES[max(fits, key=len)] if fits else "statement"), state


def _unreached(words: str) -> str:
    return "auth" if "authentication failed" in words or "no password supplied" in words else "unavailable"
