"""Commands over a snapshot: what they say as JSON, what they write, and with what they leave."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import typer

import fingraph
from cli import dataset, features, hubs, snapshot
from core.clock import DAY, moment_us
from core.errors import NotFoundError, UsageError
from core.graph import Graph, password_of
from core.settings import Settings
from features import catalogue_for, house_catalogue, with_carried
from fingraph import home as home_module
from loaders.load import Loader
from tests.loaders.small_lender import write_lender

pytestmark = pytest.mark.server


@pytest.fixture
def folder(server: Settings, empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a snapshot of a small lender that is the graph."""
    for module in (snapshot, hubs, features):
        monkeypatch.setattr(module, "load_settings", lambda: server)
    lender = write_lender(tmp_path)
    Loader(server).load(lender.mapping, lender.data, "batch")
    snapshot.snapshot(folder=tmp_path / "snapshot", as_json=True)
    return tmp_path / "snapshot"


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_snapshot_that_differs_from_the_graph_says_where_and_leaves_with_1(
    folder: Path, graph: Graph, said: Any
) -> None:
    snapshot.snapshot(verify=True, folder=folder, as_json=True)
    assert said()["equal"] is True
    graph.write("MATCH (a:Application {key: 'small:a7'}) SET a.amount_cents = 1")
    with pytest.raises(typer.Exit) as left:
        snapshot.snapshot(verify=True, folder=folder, as_json=True)
    assert left.value.exit_code == 1
    assert [one["table"] for one in said()["compared"] if not one["equal"]] == ["Application"]


def test_an_application_is_explained_with_the_rows_behind_each_value(folder: Path, said: Any) -> None:
    features.explain("small:a250", folder=folder, as_json=True)
    now = {one["name"]: one for one in said()["items"]}
    features.explain(
        "small:a250", as_of=moment_us("2024-06-01"), family="velocity", folder=folder, as_json=True
    )
    later = {one["name"]: one for one in said()["items"]}
    assert set(later) < set(now)
    assert later["terminal_applications_all"]["value"] is None  # a hub by then
    assert now["device_applications_all"]["value"] <= later["device_applications_all"]["value"]
    assert any(one["rows"]["items"] for one in now.values())
    with pytest.raises(NotFoundError):
        features.explain("small:nobody", folder=folder, as_json=True)


def test_what_came_by_files_carries_what_it_was_at_its_own_point_once(
    folder: Path, graph: Graph, said: Any
) -> None:
    features.carry(folder=folder, as_json=True)
    told = said()
    columns, made = snapshot.columns_from(folder)
    catalogue = catalogue_for(made.schema)
    known = with_carried(columns, catalogue)
    held = graph.read(
        "MATCH (a:Application) WHERE a.known_at IS NOT NULL RETURN a.key AS key, a.carried AS carried"
    )
    assert told == {"catalogue": house_catalogue().version, "applications": len(held), "stored": len(held)}
    place = {key: p for p, key in enumerate(known.keys)}
    assert known.carried is not None
    wanted = known.carried[[place[row["key"]] for row in held]]
    np.testing.assert_array_equal(np.array([row["carried"] for row in held]), wanted)
    features.carry(folder=folder, as_json=True)
    assert said()["stored"] == 0


def test_a_training_table_is_the_same_from_the_command_and_from_python(
    folder: Path, server: Settings, tmp_path: Path, said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = ("2024-03-01", "2024-03-20")
    out = tmp_path / "training"
    first, end = (moment_us(day) for day in days)
    dataset.build("fraud", first, end, out, "60d", folder=folder, as_json=True)
    told = said()
    given = replace(server, home=folder.parent, neo4j_uri=server.uri, neo4j_password=password_of(server))
    monkeypatch.setattr(home_module, "load_settings", lambda: given)
    with fingraph.open() as home:
        table = home.training_table("fraud", *days, maturity="60d")
        assert home.columns().size > table.height
        assert home.graph.read("MATCH (a:Application) RETURN count(a) AS n")[0]["n"] == 300
    assert told["rows"] == table.height
    assert pl.read_parquet(out / "table.parquet").equals(table, null_equal=True)


def test_a_certificate_is_written_for_the_catalogue_with_features_of_ones_own(
    folder: Path, tmp_path: Path, said: Any
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[[feature]]\nname = "tills"\nfamily = "sharing"\nmeasure = "count"\nviews = ["terminal"]\nwindows = ["7d"]\n'
        'unit = "rows"\ndescription = "Applications at the till."\nstaff_en = "{value}"\nstaff_zh = "{value}"\n'
    )
    dataset.prove(own=own, out=tmp_path / "c.json", decisions=4, targets=150, folder=folder, as_json=True)
    told = said()
    assert told["holds"]
    assert "terminal_tills_7d" in told["features"]
    assert json.loads((tmp_path / "c.json").read_text()) == told


def test_hubs_of_a_closed_day_are_described_once(folder: Path, graph: Graph, said: Any) -> None:
    day = moment_us("2024-03-15")
    hubs.summarise(day, folder=folder, as_json=True)
    first = said()
    assert first["new"] == len(first["items"]) > 0
    assert {one["label"] for one in first["items"]} == {"Terminal"}
    hubs.summarise(day, folder=folder, as_json=True)
    assert said()["new"] == 0
    asked = graph.read(
        "MATCH (:Terminal)-[:WAS_LIKE]->(s) RETURN sum(s.applications) AS n, min(s.day) AS day"
    )
    (counted,) = graph.read(
        "MATCH (t:Terminal)<-[r:AT_TERMINAL]-(:Application) WHERE t.hub_since < $end AND r.known_at >= $day "
        "AND r.known_at < $end RETURN count(r) AS n",
        day=day,
        end=day + DAY,
    )
    assert asked == [{"n": float(counted["n"]), "day": day}]
    with pytest.raises(UsageError, match="fingraph snapshot"):
        hubs.summarise(moment_us("2999-01-01"), folder=folder, as_json=True)
