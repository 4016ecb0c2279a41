"""How a real server would run the statements of a load: by index or internal id, never by a scan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.graph import Graph
from graph_schema import FINGRAPH, Identifier, cypher
from graph_schema.model import Relationship
from tests.queries.test_statements import problems

DEPRECATED_ID = "01N02"
"""Of `id(n)`: its successor is a text, and slower to send."""


def statements() -> Iterator[tuple[str, str]]:
    """(name, text) of every statement that a load may run."""
    for label, node in FINGRAPH.by_label.items():
        names = [p.name for p in node.properties]
        for make in (cypher.merge_nodes, cypher.create_nodes, cypher.fill_nodes):
            yield f"{make.__name__} {label}", make(label, names)
        for ask in (cypher.standing_nodes, cypher.lock_nodes):
            yield f"{ask.__name__} {label}", ask(label)
        if isinstance(node, Identifier):
            yield f"mark_hubs {label}", cypher.mark_hubs(node)
    for link in FINGRAPH.relationships:
        place = f"{link.start} {link.type} {link.end}"
        yield f"standing_links {place}", cypher.standing_links(link)
        for name, text in _making(link):
            yield f"{name} {place}", text


def _making(link: Relationship) -> Iterator[tuple[str, str]]:
    end = FINGRAPH.by_label[link.end]
    for make in (cypher.create_links, cypher.merge_links):
        text = make(link, [p.name for p in link.properties])
        yield make.__name__, text
        if isinstance(end, Identifier) and link.start in FINGRAPH.tied:
            yield f"{make.__name__} hub_candidates", cypher.hub_candidates(text, end)


def against(graph: Graph, text: str) -> list[str]:
    """What the server has to say against a statement; two nodes by their ids are no product to mind."""
    told = [one for one in problems(graph, text) if not one.startswith(DEPRECATED_ID)]
    with graph.driver.session(database="neo4j") as session:
        plan = session.run("EXPLAIN " + text).consume().plan
    return [one for one in told if not (one.startswith("CartesianProduct") and _of_ids(plan))]


def _of_ids(plan: dict[str, Any]) -> bool:
    """Whether every cartesian product in a plan is of single nodes."""
    below = plan.get("children", [])
    single = all(child["operatorType"].startswith("NodeByIdSeek") for child in below)
    return (single or not plan["operatorType"].startswith("CartesianProduct")) and all(map(_of_ids, below))


@pytest.mark.server
def test_every_statement_of_a_load_finds_its_nodes_by_index_or_id(graph: Graph) -> None:
    for constraint in cypher.constraints(FINGRAPH):
        graph.implicit(constraint)
    found = {name: told for name, text in statements() if (told := against(graph, text))}
    assert found == {}
