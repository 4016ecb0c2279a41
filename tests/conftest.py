"""Fixtures of the whole suite: real Neo4j servers for the run, one a worker that needs one, each in a home of its own."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url

from core.graph import Graph, connect
from core.server.local import LocalServer
from core.settings import Settings, load_settings
from core.sql import Sql, open_sql

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
PORT_OFFSET = 400
PORT_STEP = 3
"""Between workers: each may start a server."""
OURS = "FINGRAPH_TEST_"
"""What a test run may be told of a server to use up; NEO4J_URI names one that somebody needs."""


def _theirs(name: str) -> bool:
    """Whether a variable names a database that somebody needs."""
    return name.startswith("NEO4J_") or name == "FINGRAPH_SQL_URL"


for _name in [name for name in os.environ if _theirs(name)]:
    del os.environ[_name]  # tests empty the graph, and so do the commands that they run
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m")
"""A server of tests lives for minutes and plans all the time: what compiles most thoroughly takes a third longer (measured). What is
compiled has the room that it has by default; else it were a fifth of that, which a minute's plans fill."""


@pytest.hookimpl(tryfirst=True)  # before the groups are read, and what is marked is chosen
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on a server are marked so, and stay together, on the worker that starts it: loads, which stop and kill it, and all others.

    On a server that is given all stay together, since tests empty it.
    """
    given = bool(os.environ.get(OURS + "NEO4J_URI"))
    for item in items:
        if "server" not in getattr(item, "fixturenames", ()):
            continue
        item.add_marker(pytest.mark.server)
        if not item.get_closest_marker("xdist_group"):
            loads = not given and "loaders" in item.path.parts
            item.add_marker(pytest.mark.xdist_group("loads" if loads else "graph"))


def settings_of(environ: Mapping[str, str]) -> Settings:
    """Settings of a test run: those of the environment, but the server that `FINGRAPH_TEST_NEO4J_URI` names."""
    kept = {name: value for name, value in environ.items() if not _theirs(name)}
    for name in ("NEO4J_URI", "NEO4J_PASSWORD"):
        kept[name] = environ.get(OURS + name, "")
    return load_settings(kept)


def _worker() -> int:
    """Number of this worker of a parallel run."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of the run: a home below the temporary folder, or FINGRAPH_TEST_NEO4J_URI to use up."""
    given = settings_of(os.environ)
    home = tmp_path_factory.mktemp("home")
    cache = Path(os.environ.get("FINGRAPH_CACHE") or ROOT / ".fingraph" / "cache")
    yield replace(
        given,
        home=home,
        cache=cache,
        port_offset=int(os.environ.get(OURS + "PORT_OFFSET", PORT_OFFSET)) + PORT_STEP * _worker(),
        heap_mb=given.heap_mb or 1_000,
        pagecache_mb=given.pagecache_mb or 512,
        graph_seconds=60.0,  # whether a machine is quick is no test's question
        warm_seconds=1.0,
    )
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def sql_settings(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an SQL database of a test's own: a file, or one on the server of FINGRAPH_TEST_SQL_URL."""
    given = os.environ.get(OURS + "SQL_URL")
    if given is None:
        yield replace(settings, home=tmp_path / "home")
        return
    name = f"fingraph_test_{secrets.token_hex(6)}"
    url = make_url(given).set(drivername="postgresql+psycopg")
    server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    own = url.set(database=name).render_as_string(hide_password=False)
    yield replace(settings, home=tmp_path / "home", sql_url=own)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sql(sql_settings: Settings) -> Iterator[Sql]:
    """An SQL database of a test's own, up to date."""
    with open_sql(sql_settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def server(settings: Settings) -> Iterator[Settings]:
    """Settings of a server that runs until the run ends."""
    if not settings.is_local:
        yield settings
        return
    local = LocalServer(settings)
    local.start()
    yield settings
    local.stop()


@pytest.fixture(scope="session")
def graph(server: Settings) -> Iterator[Graph]:
    """The graph of the run's server; tests empty it."""
    with connect(server) as opened:
        yield opened


@pytest.fixture
def empty_graph(graph: Graph) -> Graph:
    """The graph without any node."""
    wipe(graph)
    return graph


def wipe(graph: Graph) -> None:
    """Delete every node."""
    graph.implicit("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")


def dump(graph: Graph) -> tuple[list[object], list[object]]:
    """Every node and relationship of the graph by content, without what names the run that wrote it."""
    nodes = graph.read(
        "MATCH (n) WHERE NOT n:Load AND NOT n:SchemaState "
        "RETURN labels(n) AS labels, properties(n) AS p ORDER BY labels[0], p.key"
    )
    links = graph.read(
        "MATCH (a)-[r]->(b) RETURN type(r) AS type, a.key AS start, b.key AS end, properties(r) AS p "
        "ORDER BY type, start, end, p.role, p.since, p.kind"
    )
    for row in (*nodes, *links):
        row["p"].pop("load", None)
    return nodes, links
