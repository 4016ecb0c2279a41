"""Other clients on the same graph: py2neo reads and only reads; graph data science projects and drops."""

from __future__ import annotations

import pytest

from core.errors import UsageError
from core.graph import Graph
from core.settings import Settings
from queries.bridges import gds_client, py2neo_reader

pytestmark = pytest.mark.server

SHARED = """\
CREATE (:User {key: 's:u1'})-[:SUBMITTED]->(a:Application {key: 's:a1', amount_cents: 120000})-[:USED_DEVICE]->(d:Device {key: 'd1'})
CREATE (:User {key: 's:u2'})-[:SUBMITTED]->(:Application {key: 's:a2', amount_cents: 90000})-[:USED_DEVICE]->(d)"""


@pytest.fixture
def shared(empty_graph: Graph) -> Graph:
    """Two people on one device."""
    empty_graph.write(SHARED)
    return empty_graph


def test_py2neo_reads_nodes_relationships_and_paths(settings: Settings, shared: Graph) -> None:
    pytest.importorskip("py2neo", reason="the extra [py2neo] is not installed")
    reader = py2neo_reader(settings, shared)
    rows = reader.run(
        "MATCH p = (a:Application {key: $key})-[r:USED_DEVICE]->(d:Device) RETURN p, a, r, d", key="s:a1"
    ).data()
    assert len(rows) == 1
    assert dict(rows[0]["a"]) == {"key": "s:a1", "amount_cents": 120000}
    assert rows[0]["a"].has_label("Application")
    assert type(rows[0]["r"]).__name__ == "USED_DEVICE"
    assert [dict(node)["key"] for node in rows[0]["p"].nodes] == ["s:a1", "d1"]
    frame = reader.run("MATCH (a:Application) RETURN a.key AS key, a.amount_cents AS cents ORDER BY key")
    assert frame.to_data_frame()["cents"].tolist() == [120000, 90000]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (:User {key: 'x'})",
        "MATCH (a:Application) SET a.amount_cents = 0",
        "LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
        "CALL dbms.listConfig() YIELD name RETURN name",
        "SHOW TRANSACTIONS",
    ],
)
def test_py2neo_is_refused_what_does_not_only_read(settings: Settings, shared: Graph, text: str) -> None:
    pytest.importorskip("py2neo", reason="the extra [py2neo] is not installed")
    before = shared.read("MATCH (n) RETURN count(n) AS n, sum(n.amount_cents) AS cents")
    with pytest.raises(UsageError) as refused:
        py2neo_reader(settings, shared).run(text)
    assert refused.value.code == "console.refused"
    assert shared.read("MATCH (n) RETURN count(n) AS n, sum(n.amount_cents) AS cents") == before


def test_py2neo_past_the_check_still_does_not_write(settings: Settings, shared: Graph) -> None:
    """The second lock: what goes to py2neo goes in a read transaction."""
    pytest.importorskip("py2neo", reason="the extra [py2neo] is not installed")
    from py2neo.errors import ClientError

    with pytest.raises(ClientError, match="read access mode"):
        py2neo_reader(settings, shared)._client.query("CREATE (:User {key: 'x'})").data()


def test_graph_data_science_projects_counts_and_leaves_nothing(shared: Graph) -> None:
    gds = gds_client(shared)
    with gds.graph.project.native(
        "shared-devices", ["Application", "Device"], {"USED_DEVICE": {"orientation": "UNDIRECTED"}}
    ) as projected:
        assert projected.node_count() == 3
        assert gds.wcc.stream(projected)["componentId"].nunique() == 1
    assert not gds.graph.list()
