"""The schema's version: what it is, and bringing it up to date when several processes start at once."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, inspect, text

from core.errors import IncompatibleError
from core.settings import Settings
from core.sql.address import Dialect, address_of
from core.sql.database import Sql, open_as_it_is

FOLDER = "core.sql:migrations"
_MIGRATION = re.compile(r"v(\d{4})_\w+\.py")
_LOCK = 0x66_69_6E_67
"""PostgreSQL's advisory lock of whoever migrates: "fing"."""
_LOCK_SECONDS = 120


@dataclass(frozen=True)
class SqlStatus:
    """Where the database is and at which version its tables are."""

    where: str
    dialect: Dialect
    version: str | None
    """None: no table of ours is there yet."""
    newest: str
    """The version that this FinGraph brings."""

    @property
    def up_to_date(self) -> bool:
        """Whether the tables are those of this FinGraph."""
        return self.version == self.newest

    def as_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {**asdict(self), "up_to_date": self.up_to_date}


def versions() -> list[str]:
    """Every version that this FinGraph knows, oldest first; a migration's file is named for its own."""
    names = (one.name for one in files("core.sql").joinpath("migrations", "versions").iterdir())
    return sorted(match[1] for name in names if (match := _MIGRATION.fullmatch(name)))


def open_sql(settings: Settings) -> Sql:
    """The database of `settings`, made when it does not exist and brought up to date.

    Raises `UsageError` (`sql.url`), `EnvironmentMissingError` (`sql.driver`, `disk.full`, `sql.read_only`),
    `IncompatibleError` (`sql.newer`, `sql.permissions`, `sql.damaged`) and `SqlUnavailableError`.
    """
    sql = open_as_it_is(settings)
    try:
        _bring_up(sql)
    except BaseException:
        sql.close()
        raise
    return sql


def migrate(settings: Settings) -> SqlStatus:
    """Bring the database of `settings` up to date and say how it is; raises what `open_sql` raises."""
    open_sql(settings).close()
    return sql_status(settings)


def sql_status(settings: Settings) -> SqlStatus:
    """How the database of `settings` is; nothing is made or changed. Raises what `open_sql` raises."""
    address = address_of(settings)
    newest = versions()[-1]
    if address.file is not None and not address.file.exists():
        return SqlStatus(address.where, address.dialect, None, newest)
    with open_as_it_is(settings) as sql, sql.read() as connection:
        return SqlStatus(sql.where, sql.dialect, _version(connection), newest)


def _bring_up(sql: Sql) -> None:
    """Migrate unless the version is the newest: all of it in one transaction, one process at a time."""
    with sql.read() as connection:
        if _known(sql, _version(connection)) == versions()[-1]:
            return
    with sql.write() as connection:
        if sql.dialect == "postgresql":  # SQLite's writers are one at a time as they are
            connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'"))
            connection.execute(text(f"SET LOCAL statement_timeout = '{_LOCK_SECONDS}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _known(sql, _version(connection)) != versions()[-1]:
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _known(sql: Sql, version: str | None) -> str | None:
    if version is not None and version not in versions():
        raise IncompatibleError(
            "sql.newer",
            f"{sql.where} has version {version}; this FinGraph knows {versions()[-1]}. Upgrade it.",
        )
    return version


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", FOLDER)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
