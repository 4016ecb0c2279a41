"""Every read that a server makes before it says that it is ready, on a graph that has something of each kind."""

from __future__ import annotations

import logging

import pytest

from api.warm import warm_plans
from graph_schema.live import live_schema
from tests.api.conftest import World
from tests.api.served import Served

pytestmark = pytest.mark.server


def test_no_read_of_warming_is_refused_or_breaks(
    served: Served, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "fingraph.ready"):
        warm_plans(world.graph, live_schema(world.graph))
    assert [one.message for one in caplog.records if one.name == "fingraph.ready"] == []
