"""Identifier types that are declared in a graph which decides: they add features, and change nothing that was there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.progress import Silent
from core.sql import open_sql
from graph_schema.live import stored_state
from loaders.load import Loader
from policy import read_policy
from policy.store import promote
from registry import Registry
from risk import Training
from scoring import Asked, Decision, Given
from scoring.own import FILE
from scoring.reply import values_again
from scoring.schemas import Schemas
from scoring.service import open_scoring
from tests.policy.test_list_columns import WATCHED
from tests.risk.tables import blocks_of
from tests.scoring.conftest import Home, clock, sent
from tests.scoring.models import POLICY, SHARED, features_table
from tests.scoring.models import keep as keep_model

MAPPING = """
format = 1
source = "typed"

[[identifier]]
label = "{label}"
relationship = "AT_{upper}"
description = "Where it was asked."

[[table]]
name = "asked"
file = "asked.csv"
becomes = "application"
id = "id"
event_at = {{ column = "at" }}
identifiers = [{{ type = "{label}", column = "where" }}]
"""
TWO_HOPS, TYPED = "device_carried_most_device_other_users_all", "terminal_applications_all"
Declare = Callable[[str], None]


@pytest.fixture
def schemas() -> Schemas:
    return Schemas()


@pytest.fixture(params=[(950, None), (960, WATCHED)], ids=["house", "own"])
def live(
    home: Home, trained: Path, schemas: Schemas, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Home, int]]:
    """The graph and champions of the other home, without and with features of its own; and the first free number."""
    place, (first, features) = tmp_path / "home", request.param
    shutil.copytree(trained, place)
    if features is not None:
        (place / FILE).write_text(features, encoding="utf-8")
    settings = replace(home.settings, home=place, sql_url=f"sqlite:///{place}/decisions.db")
    with open_sql(settings) as sql:
        promote(sql, read_policy(POLICY))
        opened = Home(settings, home.graph, sql, home.hasher, home.scoring)
        yield started(opened, schemas), first


def started(home: Home, schemas: Schemas) -> Home:
    """The home with a server that starts now."""
    scoring = open_scoring(home.settings, home.graph, home.sql, home.hasher, clock, schemas)
    return replace(home, scoring=scoring)


@pytest.fixture
def declare(
    home: Home, schemas: Schemas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Declare]:
    """What declares a type of that label in the graph, by a backfill; none of it stays."""
    state = stored_state(home.graph)
    assert state is not None

    def load(label: str) -> None:
        folder = tmp_path / label
        folder.mkdir()
        (folder / "mapping.toml").write_text(MAPPING.format(label=label, upper=label.upper()), "utf-8")
        (folder / "asked.csv").write_text(f"id,at,where\n{label},2025-01-10T10:00:00Z,corner\n", "utf-8")
        loader = Loader(home.settings, progress=Silent())
        assert loader.load(folder / "mapping.toml", folder, "batch", backfill=True).accepted == 1
        with monkeypatch.context() as patch:
            patch.setattr("scoring.schemas.SECONDS", 0.0)
            schemas.of(home.graph)

    yield load
    home.graph.write("MATCH (n) WHERE n:Terminal OR n:Branch OR n.source = 'typed' DETACH DELETE n")
    home.graph.write("MATCH (s:SchemaState) SET s.extensions = $was", was=state["extensions"])


def scored(home: Home, number: int, *more: Given) -> Decision:
    own = sent(number, device=f"typed-{number // 10}")
    asked = Asked(replace(own, identifiers=(*own.identifiers, *more)), explain=True)
    return home.scoring.score(asked)


def keep_reading_terminals(home: Home) -> None:
    """Let a model decide that reads a feature of the declared type and one of what neighbours carry."""
    drawn = features_table().rename({SHARED[0]: TYPED, SHARED[1]: TWO_HOPS})
    training = Training(
        blocks_of(drawn), (TYPED, TWO_HOPS, "attribute_amount", "id_age"), parts=("scorecard",)
    )
    registry = Registry(home.settings.home / "models")
    keep_model(registry, "fraud", training, home.scoring.parts.catalogue.version)


def test_models_decisions_and_what_is_carried_stand_after_a_type_is_declared(
    live: tuple[Home, int], schemas: Schemas, declare: Declare
) -> None:
    home, first = live
    at_corner = Given("Terminal", "corner")
    bare = scored(home, first)
    declare("Terminal")
    between = scored(home, first + 1, at_corner)
    keep_reading_terminals(home)
    home = started(home, schemas)
    decided = scored(home, first + 2, at_corner)
    rows = [values_again(one.record) for one in (between, decided)]
    champion = home.scoring.pool.champion("fraud")
    assert {TYPED, TWO_HOPS} <= set(champion.card.features)
    said = champion.said(rows)
    declare("Branch")
    after = scored(home, first + 3, at_corner, Given("Branch", "corner"))
    every = (bare, between, decided, after)
    assert len({one.record["catalogue"] for one in every}) == 3
    assert after.reply["features"]["branch_applications_all"] == 0.0
    assert [one.reply["features"].get(TYPED) for one in every] == [None, 0.0, 1.0, 2.0]
    assert [one.reply["degraded"] for one in every] == [[]] * 4
    assert [one.reply["features"][TWO_HOPS] for one in every] == [None, 0.0, 1.0, 2.0]
    assert set(after.reply["models"]) == {"fraud", "approval", "overdue", "amount"}
    assert after.reply["models"]["fraud"]["version"] == champion.version
    again = home.scoring.pool.champion("fraud")
    assert again is not champion
    assert again.said(rows) == said
    assert [home.scoring.replay(one).differs for one in every] == [()] * 4
