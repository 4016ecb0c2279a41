from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from core.errors import UsageError
from simulator import simulate
from simulator.difficulty import Difficulty, difficulty, labels, lines
from tests.simulator.conftest import WANTED


@pytest.fixture(scope="module")
def figures(world: Path) -> Difficulty:
    return difficulty(world)


def test_labels_are_the_components_of_networkx() -> None:
    chance = np.random.default_rng(3)
    for count in (5, 60, 400):
        one, other = chance.integers(0, count, (2, count // 2))
        graph = nx.Graph([*zip(one.tolist(), other.tolist(), strict=True)])
        graph.add_nodes_from(range(count))
        expected = np.empty(count, dtype=np.int64)
        for part in nx.connected_components(graph):
            expected[list(part)] = min(part)
        assert np.array_equal(labels(one, other, count), expected)


def test_every_ring_can_be_found_and_plain_components_find_about_half(figures: Difficulty) -> None:
    assert figures.oracle >= 0.9
    assert 0.3 <= figures.plain <= 0.7
    assert figures.precision < 0.05
    assert all(count >= 1 for count in figures.rings_of.values())


def test_innocent_sharing_outnumbers_fraud(figures: Difficulty) -> None:
    assert len(figures.innocent) == 7
    assert sum(figures.innocent.values()) > 0.3 * figures.applications
    assert figures.sharing_fraud <= 0.5


def test_a_folder_without_a_world_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        difficulty(tmp_path)
    assert refused.value.code == "simulate.unfinished"


def test_a_line_of_json_for_each_world(world: Path) -> None:
    (line,) = lines([world])
    assert json.loads(line)["world"] == str(world)


@pytest.mark.proof
@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 8, 9])
def test_the_difficulty_stated_in_the_documentation_holds(tmp_path: Path, seed: int) -> None:
    simulate(replace(WANTED, applications=200_000, seed=seed), tmp_path)
    found = difficulty(tmp_path)
    assert found.oracle >= 0.92
    assert 0.35 <= found.plain <= 0.60
    assert 0.35 <= found.plain_without_events <= 0.60
    assert found.precision < 0.05
    assert min(found.rings_of.values()) >= 15
    assert len(found.rings_of) == 6
