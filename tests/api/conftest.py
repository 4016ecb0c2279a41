"""A small simulated lender in the run's graph, its rings, and a server of the API for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from api import Limits, create_app
from core.clock import now_us
from core.graph import Graph
from core.progress import Silent
from core.settings import Settings
from core.sql import open_sql
from graph_schema.live import live_schema
from loaders.load import Loader
from rings import run_rings
from security import Scope, create_key
from simulator import order, simulate
from tests.api.served import Served, serving, wait_ready
from tests.conftest import wipe

GENEROUS = Limits(rate=100_000, burst=100_000)


@dataclass(frozen=True)
class World:
    """What is in the graph, and names to ask for."""

    settings: Settings
    graph: Graph
    application: Any
    """A member of the first ring: `source, id, key, known_at` (µs), its `user`, and another user of the ring (`other`)."""
    ring: str
    files: Path
    """What was loaded."""


@pytest.fixture(scope="package")
def world(server: Settings, graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """1,500 applications of a simulated lender, and its rings."""
    folder: Path = tmp_path_factory.mktemp("world")
    settings = replace(server, home=server.home, sql_url=f"sqlite:///{folder}/keys.db")
    wipe(graph)
    simulate(order(1_500, "2025-01-01", 60, 7), folder / "files", progress=Silent())
    Loader(settings, progress=Silent()).load(folder / "files" / "mapping.toml", folder / "files", "batch")
    run_rings(graph, live_schema(graph), now_us, Silent())
    found = graph.read(
        "MATCH (r:Ring)<-[:MEMBER_OF]-(a:Application)<-[:SUBMITTED]-(u:User) WHERE r.listed "
        "WITH r, a, u ORDER BY r.score DESC, r.key, a.known_at "
        "WITH r, collect({key: a.key, source: a.source, id: a.id, known_at: a.known_at, user: u.key}) AS members LIMIT 1 "
        "RETURN r.key AS ring, members[0] AS one, head([m IN members WHERE m.user <> members[0].user | m.user]) AS other"
    )[0]
    yield World(settings, graph, {**found["one"], "other": found["other"]}, found["ring"], folder / "files")
    wipe(graph)


@pytest.fixture(scope="package")
def tokens(world: World) -> dict[str, str]:
    """A token by the scope that it has."""
    with open_sql(world.settings) as sql:
        return {
            scope.value: create_key(sql, scope.value, [scope])[1]
            for scope in (Scope.READ, Scope.SCORE, Scope.ADMIN)
        }


@pytest.fixture(scope="package")
def served(world: World, tokens: dict[str, str]) -> Iterator[Served]:
    """A server that is ready."""
    with serving(create_app(world.settings, limits=GENEROUS)) as url:
        wait_ready(url)
        yield Served(url, tokens)
