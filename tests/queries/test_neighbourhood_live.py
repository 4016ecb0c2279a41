"""The neighbourhood read: by index, in one round trip, whatever mappings declare."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.errors import NotFoundError
from core.graph import Graph
from core.records import Operator
from graph_schema import FINGRAPH, arriving, cypher, live
from graph_schema.declaration import identifier_type
from queries.neighbourhood import Asked, NeighbourhoodRead

pytestmark = pytest.mark.server

SCHEMA = FINGRAPH.extended(
    [identifier_type("Terminal", "Where.", "AT_TERMINAL", normaliser="code", bind=5, walk=10)]
)
READ = NeighbourhoodRead(
    Asked(
        SCHEMA,
        ("amount_cents",),
        ("lender",),
        {"Phone": ("region",), "IdNumber": ("birth_year", "region")},
        ("amount_cents",),
        ("lender", "kind"),
        (("Phone", "region", True), ("IdNumber", "birth_year", False)),
    )
)
STARTS = {
    "Unwind",
    "Create",
    "Projection",
    "NodeUniqueIndexSeek",
    "NodeIndexSeekByRange",
    "NodeByIdSeek",
    "Argument",
    "NodeUniqueIndexSeek(Locking)",
}


def statements() -> Iterator[tuple[str, str]]:
    """(name, text) of what an arrival runs."""
    yield "read by key", READ.of_key
    yield "read by what it names", READ.of_named
    yield "hold about", arriving.hold_about(SCHEMA)
    for label in SCHEMA.tied:
        yield f"hold {label}", arriving.hold_named(SCHEMA, label)
        yield f"write {label}", arriving.write_named(SCHEMA, label)
    for kind in SCHEMA.identifiers:
        yield f"hold amended {kind.label}", arriving.hold_amended(kind)
        yield f"write amended {kind.label}", arriving.write_amended(kind)
        yield f"summaries {kind.label}", cypher.write_summaries(kind)
    yield "carried", arriving.STORE_CARRIED
    yield "carried of many", arriving.STORE_CARRIED_OF_MANY
    yield "outcome", arriving.WRITE_OUTCOME


def leaves(operator: Operator) -> Iterator[str]:
    """Operators that rows begin at."""
    if not operator.children:
        yield operator.name
    for child in operator.children:
        yield from leaves(child)


@pytest.mark.parametrize(("name", "text"), list(statements()), ids=[name for name, _ in statements()])
def test_every_statement_begins_at_an_index(empty_graph: Graph, name: str, text: str) -> None:
    live.apply(empty_graph, SCHEMA, "k")
    root = empty_graph.explain(text, seconds=60).root
    assert root is not None
    assert set(leaves(root)) <= STARTS, name


def test_an_application_without_a_time_has_no_neighbourhood(empty_graph: Graph) -> None:
    live.apply(empty_graph, SCHEMA, "k")
    empty_graph.write("CREATE (:Application {key: 's:undated'})")
    for key in ("s:undated", "s:none"):
        with pytest.raises(NotFoundError):
            READ.run(empty_graph, key)


def test_what_those_met_came_with_is_the_first_in_order_of_role_and_key(empty_graph: Graph) -> None:
    live.apply(empty_graph, SCHEMA, "k")
    empty_graph.write(
        "CREATE (d:Device {key: 'd'}), (a:Application {key: 's:a', known_at: 5, seq: 1}), "
        "(b:Application {key: 's:b', known_at: 9, seq: 1}), (a)-[:USED_DEVICE {known_at: 5, seq: 1}]->(d), "
        "(b)-[:USED_DEVICE {known_at: 9, seq: 1}]->(d) WITH a UNWIND [['contact', 'a', 5, 'late'], ['self', 'c', 5, 'third'], "
        "['self', 'b', 5, 'first'], ['self', 'a', 7, 'amended']] AS one "
        "CREATE (a)-[:GAVE_PHONE {role: one[0], known_at: one[2], seq: 1}]->(:Phone {key: one[0] + one[1] + one[2], region: one[3]})"
    )
    assert READ.run(empty_graph, "s:b")["of_Phone_region"] == ["first"]


def test_of_equal_points_the_key_decides(empty_graph: Graph) -> None:
    live.apply(empty_graph, SCHEMA, "k")
    empty_graph.write(
        "CREATE (d:Device {key: 'd'}) WITH d UNWIND ['a', 'b', 'c'] AS name "
        "CREATE (:Application {key: 's:' + name, known_at: 5, seq: 1})-[:USED_DEVICE {known_at: 5, seq: 1}]->(d)"
    )
    assert [sorted(READ.run(empty_graph, f"s:{name}")["met_key"]) for name in "abc"] == [
        [],
        ["s:a"],
        ["s:a", "s:b"],
    ]
