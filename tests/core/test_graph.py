"""Opening a graph, and what is said when that or a statement goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import FinGraphError, GraphUnavailableError, IncompatibleError, UsageError
from core.graph import Graph, Transaction, connect
from core.server.local import LocalServer
from core.server.ping import ping
from core.settings import Settings, load_settings


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home without a server, whose password is known."""
    return load_settings({"FINGRAPH_HOME": str(tmp_path), "NEO4J_PASSWORD": "p"})


@pytest.mark.parametrize(
    "uri",
    [
        *("http://host:7687", "host:7687", "bolt://", "bolt://:7687", "bolt://host:port", "bolt://[::1"),
        *("bolt://ann:hunter2@host:7687", "neo4j+s://hunter2@host", "hunter2", "bolt://host?hunter2=1"),
    ],
)
def test_an_address_that_is_none_is_refused_and_never_shown(home: Settings, uri: str) -> None:
    opened: tuple[Callable[[], object], ...] = (
        lambda: connect(replace(home, neo4j_uri=uri)),
        lambda: ping(uri, "neo4j", "p", timeout_s=0.1),
    )
    for attempt in opened:
        with pytest.raises(UsageError) as caught:
            attempt()
        assert caught.value.code == "server.uri"
        assert "hunter2" not in str(caught.value.as_dict())
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("scheme", ["bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"])
def test_every_scheme_of_neo4j_is_taken(home: Settings, scheme: str) -> None:
    connect(replace(home, neo4j_uri=f"{scheme}://host")).close()


def test_a_graph_whose_bulk_load_did_not_end_is_opened_by_that_load_alone(home: Settings) -> None:
    server = LocalServer(home)
    server.folder.mkdir(parents=True)
    server.import_marker.touch()
    with pytest.raises(IncompatibleError) as caught:
        connect(home)
    assert caught.value.code == "graph.half_made"
    assert "fingraph db reset" in " ".join(caught.value.hints)
    connect(home, half_made=True).close()
    connect(replace(home, neo4j_uri="bolt://other:7687")).close()
    server.reset()
    assert not server.import_marker.exists()
    connect(home).close()


@pytest.mark.server
def test_a_refused_statement_is_named_and_no_value_of_it_is_shown(empty_graph: Graph) -> None:
    text = "// why\nMATCH (n:User)\nWHERE n.key = $key RETURN n.key.first.second + date($key)" + " " * 80
    empty_graph.write("CREATE (:User {key: '13800138000'})")
    for run in (
        lambda: empty_graph.read(text, key="13800138000"),
        lambda: empty_graph.implicit(text, key="13800138000"),
        lambda: list(empty_graph.stream(text, key="13800138000")),
    ):
        with pytest.raises(FinGraphError) as caught:
            run()
        assert caught.value.code == "graph.statement"
        assert "MATCH (n:User) WHERE n.key = $key RETURN" in caught.value.message
        assert "13800138000" not in caught.value.message
        assert caught.value.__suppress_context__


@pytest.mark.server
def test_a_statement_alone_has_its_time(empty_graph: Graph) -> None:
    with pytest.raises(FinGraphError) as caught:
        empty_graph.implicit("UNWIND range(1, 10000000000) AS i RETURN count(i + 1) AS n", seconds=0.5)
    assert caught.value.code == "graph.timeout"


@pytest.mark.server
def test_a_plan_tells_what_a_statement_would_do_and_does_nothing(empty_graph: Graph) -> None:
    plan = empty_graph.explain("MATCH (n:User {key: $key}) RETURN n.key AS key", {"key": "a"})
    assert plan.type == "r"
    assert plan.root is not None
    names = [operator.name for operator in plan.root.walk()]
    assert names[0] == "ProduceResults"
    assert any("Seek" in name or "Scan" in name for name in names)
    assert empty_graph.explain("CREATE (n:X)").type == "w"
    assert empty_graph.read("MATCH (n:X) RETURN count(n) AS n") == [{"n": 0}]
    with pytest.raises(UsageError) as caught:
        empty_graph.explain("MATCH (n)\nRETURN m")
    assert caught.value.code == "graph.cypher"
    assert "line 2, column 8" in caught.value.message


@pytest.mark.server
def test_a_bounded_read_stops_at_its_bounds_and_leaves_nothing_open(empty_graph: Graph) -> None:
    for _ in range(150):  # more than the driver has connections
        found = empty_graph.bounded("UNWIND range(1, 100000) AS i RETURN i", seconds=10, rows=3, size=10_000)
        assert (found.columns, found.rows, found.cut_by) == (("i",), [(1,), (2,), (3,)], "rows")
    found = empty_graph.bounded("UNWIND range(1, 3) AS i RETURN i", seconds=10, rows=3, size=8)
    assert (found.rows, found.cut_by) == ([(1,), (2,)], "bytes")
    found = empty_graph.bounded("UNWIND $list AS i RETURN i", {"list": [1, 2]}, seconds=10, rows=3, size=99)
    assert (found.rows, found.cut_by) == ([(1,), (2,)], None)
    with pytest.raises(UsageError):
        empty_graph.bounded("CREATE (n)", seconds=10, rows=1, size=10)


@pytest.mark.server
def test_work_without_the_memory_for_it_is_tried_once(empty_graph: Graph) -> None:
    tried = []

    def work(tx: Transaction) -> None:
        tried.append(True)
        tx.run(
            "UNWIND range(1, 30000000) AS i WITH collect(toString(i) + 'xxxxxxxxxxxxxxxx') AS l RETURN size(l) AS n"
        )

    with pytest.raises(GraphUnavailableError) as caught:
        empty_graph.in_write(work)
    assert (caught.value.code, len(tried)) == ("graph.memory", 1)
