"""A home's own features, of lists among them: computed when one is scored as in a training table, beside the house's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import typer

from cli import replaying
from core.errors import EnvironmentMissingError, IncompatibleError
from core.graph import password_of
from core.sql import open_sql
from features import prepare
from policy import lists, read_policy
from policy.list_columns import with_lists
from policy.lists import Wanted
from policy.store import promote
from registry import Registry
from risk import Training
from scoring import Asked, Decision, Given
from scoring.own import FILE
from scoring.record import keep
from scoring.reply import values_again
from scoring.service import Scoring, open_scoring
from snapshot.columns import NEVER
from snapshot.export import export
from snapshot.read import read_columns
from tests.policy.test_list_columns import WATCHED
from tests.risk.tables import blocks_of
from tests.scoring.conftest import Home, clock, graph_away, sent
from tests.scoring.models import POLICY, features_table
from tests.scoring.models import keep as keep_model

ON = "on_list_list_watched"


@pytest.fixture(scope="module")
def own(home: Home, trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The graph and champions of the other home, with features and decisions of its own."""
    place: Path = tmp_path_factory.mktemp("own") / "home"
    shutil.copytree(trained, place)
    (place / FILE).write_text(WATCHED, encoding="utf-8")
    settings = replace(home.settings, home=place, sql_url=f"sqlite:///{place}/decisions.db")
    with open_sql(settings) as sql:
        promote(sql, read_policy(POLICY))
        opened = Home(settings, home.graph, sql, home.hasher, home.scoring)
        yield replace(opened, scoring=scoring_of(opened))


def scoring_of(home: Home) -> Scoring:
    return open_scoring(home.settings, home.graph, home.sql, home.hasher, clock)


def scored(home: Home, number: int, device: str | None = None) -> Decision:
    """With time enough beside other work."""
    asked = Asked(sent(number, device=device), explain=True)
    return home.scoring.score(asked)


def put(home: Home, device: str) -> None:
    label, key = home.scoring.named(Given("Device", device))
    lists.add(home.sql, Wanted("watched", label, key, "seen", "ops"), clock=clock)


def test_models_decisions_and_what_is_carried_stand_beside_own_features(home: Home, own: Home) -> None:
    before = scored(home, 900, "own-shared")
    told = scored(own, 901, "own-shared")
    assert told.reply["degraded"] == []
    assert set(told.reply["models"]) == {"fraud", "approval", "overdue", "amount"}
    assert told.reply["features"][ON] == 0.0
    assert own.scoring.replay(before).differs == () == own.scoring.replay(told).differs
    with pytest.raises(IncompatibleError) as refused:
        home.scoring.replay(told)
    assert refused.value.code == "features.version"


def test_a_model_reads_a_list_the_same_way_everywhere(own: Home) -> None:
    frame = features_table()
    dice = np.random.default_rng(3)
    listed = (dice.random(frame.height) < 0.1 + 0.6 * frame["label"].to_numpy()).astype(np.float64)
    training = Training(
        blocks_of(frame.with_columns(pl.Series(ON, listed))), (ON, "attribute_amount"), parts=("scorecard",)
    )
    catalogue = own.scoring.parts.catalogue
    keep_model(Registry(own.settings.home / "models"), "fraud", training, catalogue.version)
    own = replace(own, scoring=scoring_of(own))
    scoring = own.scoring
    put(own, "own-watched")
    devices = {910: "own-watched", 911: "own-fine", 912: "own-watched"}
    found = [scored(own, number, device) for number, device in devices.items()]
    assert [one.reply["features"][ON] for one in found] == [1.0, 0.0, 1.0]
    assert [one.reply["degraded"] for one in found] == [[]] * 3
    chance = [one.reply["models"]["fraud"]["probability"] for one in found]
    assert chance[0] > chance[1] < chance[2]
    assert ON in {reason["code"] for reason in found[0].reply["reasons"]}
    folder = own.settings.home / "snapshot"
    made = export(own.graph, scoring.parts.schema, folder)
    columns = read_columns(folder, made, keys=True, carried=scoring.parts.catalogues.carried)
    whole = with_lists(columns, catalogue, folder, made, own.settings)
    place = {key: p for p, key in enumerate(columns.keys) if not columns.event[p]}
    at = np.array([place[one.key] for one in found])
    table = pl.concat([block.frame() for block in prepare(whole, catalogue).blocks(at)])
    said = scoring.pool.champion("fraud").model.told(table)["probability"]
    for one, row, figure in zip(found, table.iter_rows(named=True), said, strict=True):
        values = values_again(one.record)
        assert {name: row[name] for name in values} == values
        assert one.reply["models"]["fraud"]["probability"] == figure
        assert scoring.replay(one).differs == ()


def test_lists_are_known_without_the_graph(own: Home) -> None:
    put(own, "own-unreached")
    with graph_away():
        told = own.scoring.score(Asked(sent(920, device="own-unreached"), explain=True))
    assert told.reply["degraded"] == ["graph"]
    assert told.reply["features"][ON] == 1.0
    assert own.scoring.replay(told).differs == ()
    own.drain()


def test_decisions_of_another_catalogue_keep_no_replay_from_the_rest(
    home: Home, own: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scored(own, 925)
    other = tmp_path / "former.toml"
    other.write_text(WATCHED.replace("on_list", "was_on_list"), encoding="utf-8")
    with open_sql(replace(own.settings, sql_url=f"sqlite:///{tmp_path}/d.db")) as sql:
        promote(sql, read_policy(POLICY))
        former = open_scoring(own.settings, own.graph, sql, own.hasher, clock, own=other)
        keep(own.sql, scored(replace(own, scoring=former), 926))
    served = {"neo4j_uri": home.settings.uri, "neo4j_password": password_of(home.settings)}
    monkeypatch.setattr(replaying, "load_settings", lambda: replace(own.settings, **served))
    with pytest.raises(typer.Exit):
        replaying.replay(0, NEVER, as_json=True)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["other_catalogues"] == {former.parts.catalogue.version: 1}
    assert told["differ"] == []
    assert told["decisions"] > 1


@pytest.mark.parametrize(
    "text",
    [
        WATCHED.replace('"number"', '"mean"'),
        WATCHED.replace("list.watched", "list.W"),
        WATCHED.replace("[[feature]]", "[feature]"),
        WATCHED.replace('name = "on_list"', "name = 5"),
    ],
)
def test_a_file_that_is_wrong_is_the_servers_fault(own: Home, tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    wrong = scoring_of(replace(own, settings=replace(own.settings, home=tmp_path)))
    with pytest.raises(EnvironmentMissingError) as refused:
        wrong.score(Asked(sent(930)))
    assert refused.value.code == "features.own"
