"""Features that read lists: 1 for who was on one at its own point, and nothing of anybody else's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.results import ROOT
from core.errors import UsageError
from core.settings import Settings, load_settings
from core.sql import open_sql
from features import Catalogue, application_positions, compute, house_catalogue
from features.catalogue import parse
from policy import lists
from policy.list_columns import lists_read, nobody_on, reading_lists, with_lists, without_lists
from policy.lists import Wanted
from snapshot.columns import NEVER
from snapshot.read import read_columns
from tests.policy.small_snapshot import Fact, write_snapshot

WATCHED = (ROOT / "examples" / "features.toml").read_text("utf-8")
ELSEWHERE = WATCHED.replace('measure = "number"', 'measure = "mean"\nviews = ["device"]\nwindows = ["all"]')


def own(text: str) -> Catalogue:
    return parse(text, "own.toml", house_catalogue())


def test_which_lists_are_read() -> None:
    assert lists_read(house_catalogue()) == ()
    assert lists_read(own(WATCHED)) == ("watched", "trusted")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ELSEWHERE, id="of others"),
        pytest.param(WATCHED.replace('"number"', '"number_missing"'), id="missing"),
        pytest.param(WATCHED.replace("list.watched", "list.Watched"), id="no name of a list"),
        pytest.param('carried = ["on_list_list_watched"]\n' + WATCHED, id="carried"),
    ],
)
def test_a_list_is_read_of_the_application_itself_alone(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("features.catalogue.MOST_CARRIED", 17)
    with pytest.raises(UsageError) as refused:
        lists_read(own(text))
    assert refused.value.code == "features.list"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(load_settings({}), home=tmp_path)


def test_a_feature_says_who_was_on_a_list_and_no_later_entry_changes_it(settings: Settings) -> None:
    device, folder = ("Device", "d-z", None), settings.home / "snapshot"
    facts = [Fact(f"a{at}", at, f"s:u{at}", (device,)) for at in (100, 200, 300)]
    made, catalogue = write_snapshot(folder, facts), own(WATCHED)
    columns = read_columns(folder, made, keys=True)
    at = application_positions(columns, 0, NEVER)

    def told() -> dict[str, list[float]]:
        found = compute(with_lists(columns, catalogue, folder, made, settings), catalogue, at, ["on_list"])
        return {one.name: row.tolist() for one, row in zip(found.variants, found.values, strict=True)}

    assert told() == {"on_list_list_watched": [0, 0, 0], "on_list_list_trusted": [0, 0, 0]}
    with open_sql(settings) as sql:
        put = lists.add(sql, Wanted("watched", "Device", "d-z", "seen", "ops"), clock=lambda: 150)
        assert told() == {"on_list_list_watched": [0, 1, 1], "on_list_list_trusted": [0, 0, 0]}
        lists.remove(sql, put.id, clock=lambda: 250)
        lists.add(sql, Wanted("trusted", "User", "s:u100", "known", "ops"), clock=lambda: 260)
    assert told() == {"on_list_list_watched": [0, 1, 0], "on_list_list_trusted": [0, 0, 0]}
    whole = with_lists(columns, catalogue, folder, made, settings)
    assert np.isnan(compute(without_lists(whole), catalogue, at, ["on_list"]).values).all()
    assert nobody_on(whole) == ["trusted"]
    assert reading_lists(catalogue) == ["on_list_list_watched", "on_list_list_trusted"]
