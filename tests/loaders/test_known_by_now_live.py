"""What lay ahead when it was loaded stands as learned then, however often it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import DAY, HOUR
from core.graph import Graph
from core.settings import Settings
from loaders.load import Loader
from tests.conftest import dump
from tests.loaders.staging import GOOD, HEAD, NOW, TABLE, mapping, put

pytestmark = pytest.mark.server
KNOWN = """
MATCH (a:Application) RETURN a.event_at AS at, a.known_at AS known
UNION MATCH ()-[r:USED_DEVICE|SUBMITTED]->() RETURN null AS at, r.known_at AS known
"""


def test_a_reload_when_its_future_has_come_changes_nothing(
    server: Settings, empty_graph: Graph, tmp_path: Path
) -> None:
    put(tmp_path, HEAD + GOOD.replace("2024-03-01 10:00", "2025-01-01 09:00"))
    described = mapping(tmp_path, TABLE)
    first = Loader(server, clock=lambda: NOW).load(described, tmp_path / "data", "batch")
    assert (first.created, first.rejected) == (1, 0)
    assert [tuple(row.values()) for row in empty_graph.read(KNOWN)] == [(NOW + 9 * HOUR, NOW), (None, NOW)]
    stands = dump(empty_graph)
    again = Loader(server, clock=lambda: NOW + 2 * DAY).load(described, tmp_path / "data", "batch")
    assert (again.unchanged, again.conflicts) == (1, 0)
    assert dump(empty_graph) == stands
