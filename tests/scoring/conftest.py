"""A small simulated lender in the run's graph, champions, a policy, and the scoring of that home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.clock import MINUTE, now_us
from core.errors import GraphUnavailableError
from core.graph import Graph
from core.progress import Silent
from core.settings import Settings
from core.sql import Sql, open_sql
from loaders.hashing import Hasher, load_hasher
from loaders.load import Loader
from policy import read_policy
from policy.store import promote
from scoring import Given, Sent, looking
from scoring.outbox import drain
from scoring.service import Scoring, open_scoring
from simulator import order, simulate
from tests.conftest import wipe
from tests.scoring.models import POLICY, keep_models


@dataclass(frozen=True)
class Home:
    """What applications are scored with."""

    settings: Settings
    graph: Graph
    sql: Sql
    hasher: Hasher
    scoring: Scoring

    def drain_once(self) -> int:
        """Tell the graph, in one round, of decisions that it was not told of; of how many."""
        return drain(self.sql, self.graph, lambda: self.scoring.parts)

    def drain(self) -> int:
        """Tell it of all; of how many."""
        told = 0
        while found := self.drain_once():
            told += found
        return told


def clock() -> int:
    """Ten minutes ago: a snapshot leaves out what came within the last one."""
    return now_us() - 10 * MINUTE


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with champions."""
    home: Path = tmp_path_factory.mktemp("trained")
    keep_models(home)
    return home


@pytest.fixture(scope="package")
def home(
    server: Settings, graph: Graph, trained: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    """1,000 applications of a simulated lender, and everything that judges the next."""
    folder = tmp_path_factory.mktemp("lender")
    settings = replace(server, home=server.home, sql_url=f"sqlite:///{folder}/decisions.db")
    wipe(graph)
    simulate(order(1_000, "2025-01-01", 30, 7), folder / "files", progress=Silent())
    Loader(settings, progress=Silent()).load(folder / "files" / "mapping.toml", folder / "files", "batch")
    hasher = load_hasher(settings)
    with open_sql(settings) as sql:
        promote(sql, read_policy(POLICY))
        scoring = open_scoring(replace(settings, home=trained), graph, sql, hasher, clock)
        scoring.warm()
        yield Home(settings, graph, sql, hasher, scoring)
    wipe(graph)


@contextmanager
def graph_away() -> Iterator[None]:
    """The graph takes nothing meanwhile."""

    def away(*_: object, **__: object) -> None:
        raise GraphUnavailableError("graph.unavailable", "away")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Graph, "in_write", away)
        yield


@pytest.fixture(autouse=True)
def healthy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a graph failed or missed in one test is no reason to leave it out, or to be behind, in the next."""
    monkeypatch.setattr(looking, "_HEALTH", looking.Health())
    if "home" in request.fixturenames:
        request.getfixturevalue("home").drain()


def sent(number: int, device: str | None = None, phone: str | None = None, **changed: object) -> Sent:
    """An application with identifiers of its own, but for those that are named."""
    made = Sent(
        source="web",
        id=f"A{number}",
        user=f"U{number}",
        identifiers=(
            Given("Device", device or f"device-{number:06d}"),
            Given("Phone", phone or f"139{number:08d}", "self", {"country": "CN"}),
            Given("IpAddress", f"113.{number % 200}.{number // 200 % 200}.7"),
        ),
        properties={"amount_cents": 500_000, "term_months": 12, "income_cents": 800_000, "lender": "lotus"},
    )
    return replace(made, **changed)  # type: ignore[arg-type]
