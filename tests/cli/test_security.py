"""`fingraph keys`, `audit` and `sql` as people use them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.settings import load_settings
from core.sql import open_sql
from security import Keyring, Scope

Done = subprocess.CompletedProcess[str]


class Home:
    """A home in which commands run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: str) -> Done:
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            env={**os.environ, "FINGRAPH_HOME": str(self.path)},
            capture_output=True,
            text=True,
            check=False,
        )

    def json(self, *arguments: str, code: int = 0) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_key_from_its_making_to_its_end(home: Home) -> None:
    made = home.run("keys", "create", "decision engine", "--scope", "read", "--scope", "score")
    token = made.stdout.strip()
    assert made.returncode == 0
    assert token not in made.stderr
    with open_sql(load_settings({"FINGRAPH_HOME": str(home.path)})) as sql:
        assert Keyring(sql).authenticate(token, Scope.SCORE).name == "decision engine"
    listed = home.run("keys", "list", "--json").stdout
    (key,) = json.loads(listed)["items"]
    assert (key["state"], key["scopes"]) == ("valid", ["read", "score"])
    assert token.rsplit("_", 1)[1] not in listed + home.run("keys", "list").stdout
    assert home.json("keys", "revoke", key["prefix"])["state"] == "revoked"
    assert home.json("keys", "revoke", "nobody", code=3)["error"] == "keys.unknown"
    actions = [row["action"] for row in home.json("audit", "list")["items"]]
    assert actions == ["key.revoke", "key.create"]


def test_a_key_goes_to_a_new_private_file_and_to_no_screen(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "engine.key"
    create = ("keys", "create", "engine", "--scope", "admin", "--out", str(file))
    assert home.json(*create, "--scope", "nonsense", code=2)["error"] == "keys.scopes"
    assert not file.exists()
    told = home.json(*create, "--no-expiry")
    assert told["key"]["expires_at"] is None
    assert set(told) == {"key", "token_file"}
    assert file.read_text().startswith(told["key"]["prefix"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert home.json(*create, code=2)["error"] == "keys.file"
    assert len(home.json("keys", "list")["items"]) == 1


def test_no_expiry_and_days_exclude_each_other(home: Home) -> None:
    both = ("keys", "create", "a", "--scope", "read", "--days", "3", "--no-expiry")
    assert home.json(*both, code=2)["error"] == "keys.expiry"
    assert home.json("keys", "create", "a", "--scope", "read", "--days", "0", code=2)["error"] == "keys.days"


def test_verifying_says_by_its_exit_code_whether_the_log_is_whole(home: Home) -> None:
    home.json("keys", "create", "a", "--scope", "read")
    head = home.run("audit", "head").stdout.strip()
    report = home.json("audit", "verify", "--head", head)
    assert (report["ok"], report["rows"], report["head"]) == (True, 1, head)
    for database in home.path.glob("fingraph.db*"):  # a whole other database in its place
        database.unlink()
    assert home.json("audit", "verify", code=1)["faults"][0]["kind"] == "cut"


def test_the_database_is_made_by_a_command_and_seen_by_the_doctor(home: Home) -> None:
    def seen() -> str:
        findings = json.loads(home.run("doctor", "--json").stdout)["findings"]
        return next(one["verdict"] for one in findings if one["name"] == "SQL database")

    assert home.json("sql", "status", code=1)["version"] is None
    assert seen() == "note"
    assert not home.path.exists()
    assert home.json("sql", "upgrade")["up_to_date"]
    assert home.json("sql", "status")["up_to_date"]
    assert seen() == "ok"
