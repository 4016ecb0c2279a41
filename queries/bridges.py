"""The graph for people who work with other clients: py2neo, to read; Neo4j's own for graph data science.

FinGraph itself needs neither. py2neo is end-of-life (2021.2.4 is its last); what of it works on Neo4j 5.26 and what
does not is in docs/decisions/py2neo.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import UsageError
from core.graph import Graph, password_of
from core.settings import Settings
from queries.console import PLAN_SECONDS, check_plan, check_text

if TYPE_CHECKING:
    from graphdatascience import GraphDataScience


class Py2neoReader:
    """Reads the graph into py2neo's nodes, relationships and paths.

    A statement is checked as the console checks it, then run in a read transaction: two locks on one door, for
    py2neo's own calls go round the first. It knows no time limit: only the server's stops a statement (an hour).
    """

    def __init__(self, graph: Graph, client: Any) -> None:
        self._graph = graph
        self._client = client

    def run(self, text: str, **parameters: object) -> Any:
        """A `py2neo.cypher.Cursor` over the rows of `text`: `.data()`, `.evaluate()`, `.to_data_frame()`, `for row in`.

        Rows come as they are asked for. Raises `UsageError`: `console.refused` for what does not only read,
        `graph.cypher` for what Neo4j cannot read.
        """
        check_text(text)
        check_plan(self._graph.explain(text, parameters, seconds=PLAN_SECONDS))
        return self._client.query(text, parameters)


def py2neo_reader(settings: Settings, graph: Graph) -> Py2neoReader:
    """The graph of `settings`, which `graph` is connected to, through py2neo over Bolt.

    Raises `UsageError` (`bridge.missing`) when the extra is not installed.
    """
    try:
        from py2neo import Graph as Py2neoGraph
    except ImportError:
        raise UsageError(
            "bridge.missing",
            "py2neo is not installed; add the extra: pip install 'fingraph-platform[py2neo]'",
        ) from None
    return Py2neoReader(graph, Py2neoGraph(settings.uri, auth=(settings.neo4j_user, password_of(settings))))


def gds_client(graph: Graph) -> GraphDataScience:
    """Neo4j's client for graph data science, on the connection of `graph`: projections and algorithms in Python.

    For analysts: it writes where it is told to, and a projection stays in the server's memory until it is dropped.
    """
    from graphdatascience import GraphDataScience

    return GraphDataScience(graph.driver)
