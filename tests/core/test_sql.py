"""The SQL database: made whole, brought up to date by whoever comes first, and errors with names and no secrets."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import security.tables  # noqa: F401 - declares its tables
from core.errors import (
    EnvironmentMissingError,
    FinGraphError,
    IncompatibleError,
    SqlUnavailableError,
    UsageError,
)
from core.settings import Settings
from core.sql import METADATA, Sql, migrate, open_sql, sql_status
from core.sql import database as database_module
from core.sql.upgrade import FOLDER, versions

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def lite(settings: Settings, tmp_path: Path) -> Settings:
    """A home with no SQL database yet, on SQLite whatever the run's server is."""
    return replace(settings, home=tmp_path / "lite", sql_url=None)


def test_the_declared_tables_are_those_that_migrations_make(sql: Sql) -> None:
    with sql.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_versions_are_one_chain_named_by_their_files() -> None:
    config = Config()
    config.set_main_option("script_location", FOLDER)
    chain = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert versions() == chain[::-1]


def test_status_makes_nothing(lite: Settings) -> None:
    found = sql_status(lite)
    assert (found.version, found.up_to_date) == (None, False)
    assert not lite.home.exists()


def test_migrating_twice_changes_nothing(sql_settings: Settings) -> None:
    first = migrate(sql_settings)
    assert first.up_to_date
    assert migrate(sql_settings) == first == sql_status(sql_settings)


def test_processes_that_start_at_once_all_find_the_database_up_to_date(sql_settings: Settings) -> None:
    with ProcessPoolExecutor(4, mp_context=SPAWN) as pool:
        found = list(pool.map(migrate, [sql_settings] * 4))
    assert all(one.up_to_date for one in found)
    with open_sql(sql_settings) as sql, sql.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_head")).scalar_one() == 1


def test_threads_that_start_at_once_make_one_file(lite: Settings) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert all(status.up_to_date for status in pool.map(migrate, [lite] * 6))
    assert {path.name.split("-")[0] for path in lite.home.iterdir()} == {"fingraph.db"}


def test_a_migration_that_fails_leaves_nothing_half_made(
    sql_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import command

    upgrade = command.upgrade

    def breaks(config: Config, revision: str) -> None:
        upgrade(config, revision)
        raise RuntimeError("after the last statement")

    monkeypatch.setattr(command, "upgrade", breaks)
    with pytest.raises(RuntimeError):
        open_sql(sql_settings)
    assert sql_status(sql_settings).version is None
    monkeypatch.undo()
    assert migrate(sql_settings).up_to_date


def test_a_newer_database_is_refused(sql_settings: Settings) -> None:
    with open_sql(sql_settings) as sql, sql.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(IncompatibleError, match="9999") as refused:
        open_sql(sql_settings)
    assert refused.value.code == "sql.newer"
    assert sql_status(sql_settings).version == "9999"


def test_sqlite_is_private_durable_and_keeps_its_keys(lite: Settings) -> None:
    with open_sql(lite) as sql:
        path = Path(sql.where)
        with sql.read() as connection:
            told = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            }
        modes = {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert told == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 10_000}
    assert modes == {0o600}


def test_a_file_that_others_can_read_is_refused(lite: Settings) -> None:
    open_sql(lite).close()
    (lite.home / "fingraph.db").chmod(0o644)
    with pytest.raises(IncompatibleError, match="chmod 600") as refused:
        open_sql(lite)
    assert refused.value.code == "sql.permissions"


def test_a_file_that_is_no_database_is_named_damaged(lite: Settings) -> None:
    lite.home.mkdir(parents=True)
    path = lite.home / "fingraph.db"
    path.write_text("no database at all\n" * 100)
    path.chmod(0o600)
    with pytest.raises(IncompatibleError) as refused:
        open_sql(lite)
    assert refused.value.code == "sql.damaged"


def test_a_full_disk_is_named(lite: Settings) -> None:
    with open_sql(lite) as sql:
        with pytest.raises(EnvironmentMissingError) as refused, sql.write() as connection:
            connection.execute(text("PRAGMA max_page_count = 1"))
            connection.execute(text("CREATE TABLE big (x TEXT)"))
            connection.execute(text("INSERT INTO big VALUES (zeroblob(1000000))"))
        assert refused.value.code == "disk.full"


def test_a_database_that_another_keeps_locked_is_named(
    sql_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "WAIT_SECONDS", 1)
    with open_sql(sql_settings) as holder, open_sql(sql_settings) as waiting:
        with holder.write() as held:
            held.execute(text("UPDATE audit_head SET seq = seq"))
            with pytest.raises(SqlUnavailableError) as refused, waiting.write() as connection:
                connection.execute(text("UPDATE audit_head SET seq = seq"))
            assert refused.value.code == "sql.locked"
        with waiting.write() as connection:  # and it goes on when the other is done
            connection.execute(text("UPDATE audit_head SET seq = seq"))


def test_a_reader_sees_one_moment(sql_settings: Settings) -> None:
    count = text("SELECT count(*) FROM api_keys")
    insert = text(
        "INSERT INTO api_keys (id, name, digest, scopes, created_at) VALUES ('a', 'a', 'a', 'read', 1)"
    )
    with open_sql(sql_settings) as sql, sql.read() as reader:
        before = reader.execute(count).scalar_one()
        with sql.write() as writer:
            writer.execute(insert)
        assert reader.execute(count).scalar_one() == before
    with open_sql(sql_settings) as sql, sql.read() as reader:
        assert reader.execute(count).scalar_one() == before + 1


def test_a_block_that_fails_writes_nothing(sql: Sql) -> None:
    with pytest.raises(RuntimeError), sql.write() as connection:
        connection.execute(text("UPDATE audit_head SET seq = 7"))
        raise RuntimeError
    with sql.read() as connection:
        assert connection.execute(text("SELECT seq FROM audit_head")).scalar_one() == 0


def test_a_value_never_gets_into_an_error(sql: Sql) -> None:
    row = {"v": "13800138000", "n": 1}
    insert = text("INSERT INTO api_keys (id, name, digest, scopes, created_at) VALUES (:v, :v, :v, :v, :n)")
    with sql.write() as connection:
        connection.execute(insert, row)
    for statement in (insert, text("SELECT nonsense FROM api_keys WHERE name = :v OR created_at = :n")):
        with pytest.raises(FinGraphError) as refused, sql.write() as connection:
            connection.execute(statement, row)
        told = [refused.value, refused.value.__cause__]
        assert "13800138000" not in "".join(f"{one} {one!r}" for one in told)
        assert refused.value.code in ("sql.constraint", "sql.statement")


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://app:hunter2@host/app",
        "sqlite://",
        "sqlite:///relative.db",
        "postgresql://app:hunter2@host",
        "postgresql://app:hunter2@host:port/app",
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(settings: Settings, url: str) -> None:
    with pytest.raises(UsageError) as refused:
        sql_status(replace(settings, sql_url=url))
    assert refused.value.code == "sql.url"
    assert "hunter2" not in str(refused.value) + repr(replace(settings, sql_url=url))


def test_a_missing_driver_is_named_with_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EnvironmentMissingError, match="psycopg") as refused:
        open_sql(replace(settings, sql_url="postgresql://app:hunter2@host/app"))
    assert refused.value.code == "sql.driver"
    assert "hunter2" not in str(refused.value.as_dict())


@pytest.mark.skipif(
    importlib.util.find_spec("psycopg") is None, reason="PostgreSQL's driver is not installed"
)
def test_a_server_that_does_not_answer_is_named_without_its_password(settings: Settings) -> None:
    with pytest.raises(SqlUnavailableError, match=r"postgresql://127\.0\.0\.1:1/app") as refused:
        open_sql(replace(settings, sql_url="postgresql://someone:hunter2@127.0.0.1:1/app"))
    assert refused.value.code == "sql.unavailable"
    assert not {"hunter2", "someone"} & set(str(refused.value.as_dict()).replace(":", " ").split())


def test_a_file_elsewhere_can_be_named(lite: Settings, tmp_path: Path) -> None:
    found = migrate(replace(lite, sql_url=f"sqlite:///{tmp_path}/other/place.db"))
    assert found.where == f"{tmp_path}/other/place.db"
    assert found.up_to_date


def test_migrations_are_found_from_any_working_folder(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "cli", "sql", "upgrade", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root), "FINGRAPH_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with sqlite3.connect(tmp_path / "home" / "fingraph.db") as made:
        assert made.execute("SELECT version_num FROM alembic_version").fetchall() == [(versions()[-1],)]
