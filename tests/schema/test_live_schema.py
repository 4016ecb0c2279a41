"""The declaration on a real server: what several loads declare at once is all there afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import IncompatibleError, UsageError
from core.graph import Graph
from graph_schema import FINGRAPH, Schema, live
from graph_schema.declaration import identifier_type
from graph_schema.model import Property, Type

pytestmark = pytest.mark.server


def with_own(number: int, walk: int = 100) -> Schema:
    """FinGraph's schema with an identifier type and a property of its own."""
    own = identifier_type(
        f"Own{number}", "One's own.", f"USED_OWN{number}", normaliser="code", bind=5, walk=walk
    )
    return FINGRAPH.extended([own], {"User": (Property(f"own{number}", Type.STRING, "One's own."),)})


@pytest.fixture
def bare(empty_graph: Graph) -> Iterator[Graph]:
    """A graph without any node or constraint, as a first load finds it."""
    _unconstrain(empty_graph)
    yield empty_graph
    _unconstrain(empty_graph)
    live.apply(empty_graph, FINGRAPH, "k")
    empty_graph.implicit("MATCH (s:SchemaState) DELETE s")


def _unconstrain(graph: Graph) -> None:
    for row in graph.implicit("SHOW CONSTRAINTS YIELD name RETURN name"):
        graph.implicit(f"DROP CONSTRAINT {row['name']} IF EXISTS")


def test_loads_that_declare_at_once_lose_nothing(bare: Graph) -> None:
    schemas = [with_own(n % 4) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        changed = list(pool.map(lambda schema: live.apply(bare, schema, "k"), schemas))
    found = live.live_schema(bare)
    for n in range(4):
        assert found.identifier(f"Own{n}").relationship == f"USED_OWN{n}"
        assert found.node("User").property(f"own{n}") is not None
    assert sum(changed) == 4, "each declaration is stored once"
    assert bare.read("MATCH (s:SchemaState) RETURN count(s) AS n, collect(keys(s)) AS k")[0]["n"] == 1
    assert live.check(bare, found) == []
    assert not live.apply(bare, FINGRAPH, "k"), "who declares less takes nothing away"
    assert live.live_schema(bare) == found


def test_a_declaration_against_one_that_stands_is_refused_and_nothing_changes(bare: Graph) -> None:
    live.apply(bare, with_own(1), "k")
    before = live.stored_state(bare)
    with pytest.raises(UsageError) as caught:
        live.apply(bare, with_own(1, walk=200), "k")
    assert caught.value.code == "schema.redeclared"
    with pytest.raises(IncompatibleError) as other:
        live.apply(bare, with_own(2), "another")
    assert other.value.code == "schema.hash_key"
    assert live.stored_state(bare) == before
