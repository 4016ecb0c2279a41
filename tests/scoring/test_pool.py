"""Which champions a process knows, and what it costs to look who they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import IncompatibleError
from features import house_catalogue
from registry import Registry
from scoring.own import Catalogues
from scoring.pool import REFRESH_S, Loaded, Pool
from tests.registry.test_store import CARD, model


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
        """As a request does that comes `REFRESH_S` later, waited for."""
        self._looked -= REFRESH_S
        self._look_again()
        return self._champions or {}


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    made = Registry(tmp_path / "models")
    for number in (1, 2):
        made.register("fraud", model(tmp_path / f"made{number}", f'{{"n": {number}}}'), CARD)
    return made


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


def test_a_server_is_asked_each_time(tmp_path: Path) -> None:
    assert Registry(tmp_path, "http://localhost:1").stamp is None
