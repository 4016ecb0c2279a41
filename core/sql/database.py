"""The SQL database, open: transactions that read and transactions that write, and errors with names."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from core.closing import Closing
from core.errors import IncompatibleError
from core.files import disk_errors, draft_of
from core.settings import Settings
from core.sql.address import Address, Dialect, address_of
from core.sql.named import named_errors

WAIT_SECONDS = 10
"""How long a statement waits for another writer, and a connection for its server."""
STATEMENT_SECONDS = 60
CONNECTIONS, MORE_CONNECTIONS = 5, 10
_WRITES = "fingraph_writes"


class Sql(Closing):
    """A database with its pool of connections; many threads may use one. Close it, or use it in a `with`."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._engine = _engine(address)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @property
    def dialect(self) -> Dialect:
        """`sqlite` or `postgresql`."""
        return self.address.dialect

    @property
    def where(self) -> str:
        """Where it is: a path, or a server without user and password."""
        return self.address.where

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that sees the database as it is at its first statement, however long it lasts.

        Raises `SqlUnavailableError` (`sql.unavailable`, `sql.locked`, `sql.timeout`, …).
        """
        with named_errors(self.address), self._engine.connect() as connection:
            if self.dialect == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed (on disk) when the block ends well and rolled back when it does not.

        On SQLite it is the only writer from its beginning; on PostgreSQL it locks what its statements lock.
        Raises `SqlUnavailableError` (`sql.locked` after 10 s, `sql.unavailable`, …), `EnvironmentMissingError`
        (`disk.full`, `sql.read_only`), `UsageError` (`sql.constraint`, `sql.append_only`).
        """
        with named_errors(self.address), self._engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection


def open_as_it_is(settings: Settings) -> Sql:
    """The database of `settings`, made when it is a file that does not exist, its tables left as they are."""
    address = address_of(settings)
    if address.file is not None:
        _make_file(address.file)
        _require_private(address.file)
    return Sql(address)


def _make_file(path: Path) -> None:
    """Make an empty SQLite file of mode 600 with a write-ahead log, whole when another process first sees it."""
    if path.exists():
        return
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = draft_of(path)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            made = sqlite3.connect(draft)
            made.execute("PRAGMA journal_mode = WAL")  # the file remembers it
            made.close()
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()


def _require_private(path: Path) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise IncompatibleError("sql.permissions", f"{path} can be read by others; run: chmod 600 {path}")


def _engine(address: Address) -> Engine:
    """The pool. `hide_parameters` keeps values out of SQLAlchemy's own messages."""
    if address.dialect == "sqlite":
        engine = create_engine(
            address.url,
            hide_parameters=True,
            connect_args={"timeout": WAIT_SECONDS},
            pool_size=CONNECTIONS,
            max_overflow=MORE_CONNECTIONS,
            pool_timeout=WAIT_SECONDS,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        address.url,
        hide_parameters=True,
        connect_args={"connect_timeout": WAIT_SECONDS, "application_name": "fingraph"},
        pool_size=CONNECTIONS,
        max_overflow=MORE_CONNECTIONS,
        pool_timeout=WAIT_SECONDS,
        pool_pre_ping=True,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # sqlite3 begins no transaction of its own: `_begin_sqlite` does
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")  # what is committed outlives a power cut
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that begins as a reader and writes later fails at once when another has written meanwhile,
    # whatever the timeout: who means to write says so at its beginning.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgresql(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
    cursor.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.close()
    connection.commit()
