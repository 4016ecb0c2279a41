"""Which champions a process knows, and what it costs to look who they are."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest

from core.errors import IncompatibleError, NotFoundError
from features import house_catalogue
from registry import Registry
from scoring.own import Catalogues
from scoring.pool import Loaded, Pool
from tests.registry.test_store import CARD, keep_versions


class Watched(Pool):
    """A pool whose models are their names, and which counts how often MLflow is searched."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(registry, Catalogues(house_catalogue(), house_catalogue()))
        self.searches, self.broken = 0, set[int]()
        search = registry.champions

        def counted() -> dict[str, int]:
            self.searches += 1
            return search()

        registry.champions = counted  # type: ignore[method-assign]

    def _load(self, name: str, version: int) -> Loaded:
        if version in self.broken:
            raise IncompatibleError("models.changed", "is refused")
        return Loaded(name, version, CARD, None, 1)  # type: ignore[arg-type]

    def look_now(self) -> dict[str, int]:
        """As is done beside a request from time to time."""
        self._looked = time.monotonic()
        with suppress(Exception):  # as beside a request: the champions that are known go on
            self._look(again=True)
        return self._champions or {}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep_versions(tmp_path_factory.mktemp("two"), 2)


@pytest.fixture
def registry(two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Two versions, whose writes do not settle while a test waits for a slow machine."""
    monkeypatch.setattr("registry.store.SETTLED_NS", 3_600_000_000_000)
    return Registry(shutil.copytree(two, tmp_path / "models"))


def test_mlflow_is_searched_only_when_something_was_written(registry: Registry) -> None:
    registry.promote("fraud", 1)
    pool = Watched(registry)
    assert pool.champion("fraud").version == 1
    assert [pool.look_now() for _ in range(3)] == [{"fraud": 1}] * 3
    assert pool.searches == 1
    registry.promote("fraud", 2)
    assert pool.look_now() == {"fraud": 2}
    assert pool.held == ["fraud@1", "fraud@2"]
    assert pool.searches == 2


def test_it_says_which_it_has(registry: Registry) -> None:
    registry.promote("fraud", 1)
    pool = Watched(registry)
    assert not pool.has(["fraud"])
    pool.champion("fraud")
    assert pool.has(["fraud"])
    assert not pool.has(["fraud", "promoted_just_now"])


def test_a_first_champion_is_found_as_soon_as_it_is_promoted(registry: Registry) -> None:
    pool = Watched(registry)
    assert pool.champions() == {}
    registry.promote("fraud", 2)
    assert pool.champion("fraud").version == 2


def test_a_champion_that_cannot_be_loaded_is_tried_again(registry: Registry) -> None:
    registry.promote("fraud", 1)
    pool = Watched(registry)
    assert pool.champion("fraud").version == 1
    registry.promote("fraud", 2)
    pool.broken = {2}
    assert pool.look_now() == {"fraud": 1}
    pool.broken = set()
    assert pool.look_now() == {"fraud": 2}


def test_a_champion_that_cannot_be_loaded_makes_nobody_else_wait(registry: Registry) -> None:
    registry.promote("fraud", 1)
    pool = Watched(registry)
    pool.champion("fraud")
    registry.promote("fraud", 2)
    pool.broken = {2}
    pool.look_now()
    before = pool.searches
    for _ in range(20):
        with pytest.raises(NotFoundError):
            pool.champion("nobody")
    assert pool.searches <= before + 1  # once more, when the last write has settled


def test_two_writes_of_one_tick_are_both_seen(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = registry.stamp
    assert stamp is not None and not stamp[-1]
    monkeypatch.setattr("registry.store.SETTLED_NS", -1)
    assert registry.stamp == (*stamp[:-1], True) != stamp


def test_where_nothing_can_be_told_it_is_searched_each_time(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.promote("fraud", 1)
    assert Registry(Path("nowhere"), "http://localhost:1").stamp is None
    assert Registry(Path("nowhere")).stamp is None
    pool = Watched(registry)
    monkeypatch.setattr(Registry, "stamp", None)
    pool.champions()
    assert [pool.look_now() for _ in range(2)] == [{"fraud": 1}] * 2
    assert pool.searches == 3
    with pytest.raises(NotFoundError):
        pool.champion("nobody")
    assert pool.searches == 3
