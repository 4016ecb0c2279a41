"""A process holds as many models as fit, the lately asked ones, and loads the others again when they are asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from features import house_catalogue
from registry import Registry
from scoring.own import Catalogues
from scoring.pool import MOST_BYTES, Loaded, Pool

ROW = {"attribute_amount": 400_000.0, "id_age": 33.0}


class Counted(Pool):
    """A pool that tells which models it loaded, in their order."""

    def __init__(self, home: Path, most_bytes: int = MOST_BYTES) -> None:
        house = house_catalogue()
        super().__init__(Registry(home / "models"), Catalogues(house, house), most_bytes=most_bytes)
        self.loaded: list[str] = []

    def _load(self, name: str, version: int) -> Loaded:
        self.loaded.append(name)
        return super()._load(name, version)

    @property
    def names(self) -> list[str]:
        """Of the models that are held."""
        return [label.partition("@")[0] for label in self.held]


@pytest.fixture(scope="module")
def sizes(trained: Path) -> dict[str, int]:
    """Of every champion, what it takes."""
    pool = Counted(trained)
    return {name: pool.champion(name).size for name in sorted(pool.champions())}


def told(loaded: Loaded) -> object:
    row = dict.fromkeys(loaded.model.encoding.features) | ROW
    return loaded.said([row]), loaded.reasons([row])


def test_what_is_held_stays_within_its_bound_and_is_what_was_asked_last(
    trained: Path, sizes: dict[str, int]
) -> None:
    most = sum(sorted(sizes.values())[-2:])  # any two, and seldom three
    pool, asked = Counted(trained, most), list(sizes) * 2
    for place, name in enumerate(asked, 1):
        pool.champion(name)
        assert sum(sizes[one] for one in pool.names) <= most
        assert asked[place - len(pool.names) : place] == pool.names
    assert len(sizes) > len(pool.names) >= 2


def test_a_model_that_was_let_go_is_loaded_again_and_says_the_same(
    trained: Path, sizes: dict[str, int]
) -> None:
    pool = Counted(trained, max(sizes.values()))
    before = {name: told(pool.champion(name)) for name in sizes}
    first = next(iter(sizes))
    assert first not in pool.names
    assert told(pool.champion(first)) == before[first]
    assert pool.loaded == [*sizes, first]
    pool.champion(first)
    assert pool.loaded == [*sizes, first]


def test_what_is_asked_often_stays_and_costs_no_load(trained: Path, sizes: dict[str, int]) -> None:
    often, *others = sorted(sizes, key=lambda name: sizes[name])
    pool = Counted(trained, sizes[often] + max(sizes.values()))
    for name in others:
        pool.champion(often)
        pool.champion(name)
    assert often in pool.names
    assert pool.loaded.count(often) == 1


def test_one_that_is_larger_than_the_bound_is_held_alone(trained: Path, sizes: dict[str, int]) -> None:
    pool = Counted(trained, 1)
    for name in sizes:
        assert told(pool.champion(name)) is not None
        assert pool.names == [name]
