from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from cli.simulate import simulate
from core.errors import UsageError

app = typer.Typer()
app.command()(simulate)


def test_the_command_ends_with_counts_as_one_json_object(tmp_path: Path) -> None:
    wanted = ["--applications", "1000", "--days", "30", "--out", str(tmp_path / "w"), "--json"]
    result = CliRunner().invoke(app, wanted, catch_exceptions=False)
    counts = json.loads(result.stdout)
    assert counts["applications"] == 1000
    assert counts["mapping"] == str(tmp_path / "w" / "mapping.toml")
    assert (tmp_path / "w" / "mapping.toml").exists()


def test_incidents_are_named_as_often_as_wanted(tmp_path: Path) -> None:
    wanted = ["--applications", "1000", "--days", "30", "--out", str(tmp_path / "w"), "--json"]
    happens = ["--incident", "device_farm@9", "--incident", "office_wifi@2025-01-20"]
    result = CliRunner().invoke(app, [*wanted, *happens], catch_exceptions=False)
    assert json.loads(result.stdout)["impressions"] > 0
    incidents = pl.read_parquet(tmp_path / "w" / "truth" / "incidents.parquet")
    assert incidents["from_at"].dt.day().to_list() == [10, 20]


def test_the_command_refuses_with_a_code(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        CliRunner().invoke(app, ["--applications", "10", "--out", str(tmp_path)], catch_exceptions=False)
