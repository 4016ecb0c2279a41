"""Where the SQL database is, and how that is said without its password."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.errors import EnvironmentMissingError, UsageError
from core.settings import Settings

FILE = "fingraph.db"
DRIVER = "psycopg"
_POSTGRESQL = ("postgresql", "postgres", f"postgresql+{DRIVER}")

Dialect = Literal["sqlite", "postgresql"]


@dataclass(frozen=True)
class Address:
    """An SQL database: `where` is fit to be shown, `url` holds a password."""

    dialect: Dialect
    where: str
    url: URL = field(repr=False)
    file: Path | None
    """SQLite's file; None on a server."""


def address_of(settings: Settings) -> Address:
    """The database that `settings` name.

    Raises `UsageError` (`sql.url`) when FINGRAPH_SQL_URL is no address we know, and `EnvironmentMissingError`
    (`sql.driver`) when it names PostgreSQL and its driver is not installed.
    """
    if settings.sql_url is None:
        return _sqlite(settings.home / FILE)
    try:
        url = make_url(settings.sql_url)
        port = url.port
    except (ArgumentError, ValueError):  # its message quotes the address, password and all
        raise _no_address() from None
    if url.drivername == "sqlite" and url.database and Path(url.database).is_absolute() and not url.query:
        return _sqlite(Path(url.database))
    if url.drivername not in _POSTGRESQL or not url.database:
        raise _no_address()
    if importlib.util.find_spec(DRIVER) is None:
        raise EnvironmentMissingError(
            "sql.driver",
            f"FINGRAPH_SQL_URL names PostgreSQL, and its driver {DRIVER} is not installed.",
            hints=("pip install 'fingraph-platform[postgresql]'", "Or unset FINGRAPH_SQL_URL to use SQLite."),
        )
    host = (url.host or "localhost") + (f":{port}" if port else "")
    return Address(
        "postgresql", f"postgresql://{host}/{url.database}", url.set(drivername=_POSTGRESQL[-1]), None
    )


def _sqlite(file: Path) -> Address:
    return Address("sqlite", str(file), URL.create("sqlite", database=str(file)), file)


def _no_address() -> UsageError:
    return UsageError(
        "sql.url",
        "FINGRAPH_SQL_URL is neither postgresql://user:password@host/database nor sqlite:////absolute/path.",
    )
