"""Hand-written and generated statements: their headers, and how a real server would run them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from planning import plan_anew, problems

from core.errors import NotFoundError, UsageError
from core.graph import Graph
from graph_schema import FINGRAPH, reading
from graph_schema.cypher import constraints, indexes
from queries import Mode, statement, statement_names
from queries.entity_texts import application_text, applications_text, identifier_text, user_text, uses_text
from queries.neighbours import head_text, page_text, steps
from queries.statements import parse
from rings.evidence import evidence
from rings.gds import projecting
from rings.read import _all_links, _first_links, _shared
from rings.ring_graph import things_statement
from snapshot.tables import MARKS, tables
from tests.conftest import wipe

HEADER = "// name: a\n// mode: read\n// params: key\n// returns: n\n"


def reading_statements() -> Iterator[tuple[str, str]]:
    """Those by which the graph is exported and compared."""
    yield "node_places", reading.node_places()
    yield "link_places", reading.link_places()
    yield "given_places", reading.given_places("carried")
    yield "count of carried", reading.count_given("Application", "carried")
    for label, table in tables(FINGRAPH).nodes.items():
        yield f"columns of {label}", reading.node_columns(table.columns)
        yield f"nodes of {label}", reading.nodes_of(label)
    for kind in tables(FINGRAPH).links:
        link, names = kind.link, list(kind.columns)
        yield f"between {kind.name}", reading.links_between(link.type, link.end, names)
        yield f"to {kind.name}", reading.links_of_end(link.type, link.start, names)
        yield f"by id {kind.name}", reading.links_by_id(names)
        yield f"count of {link.type}", reading.count_links(link.type)
        yield f"few {link.type}", reading.few_link_places(link.type)
    named = [i.relationship for i in FINGRAPH.identifiers]
    yield "links of facts", reading.links_from(named, ["role", *(p.name for p in FINGRAPH.link_properties)])
    for identifier in FINGRAPH.identifiers:
        yield f"hubs of {identifier.label}", reading.marked(identifier.label, MARKS[0])


GENERATED = {
    "evidence": evidence(FINGRAPH) or "",
    "ring_things": things_statement(FINGRAPH) or "",
    "evidence continued": evidence(FINGRAPH, continued=True) or "",
    "application": application_text(FINGRAPH),
    "user": user_text(FINGRAPH),
    "user applications": applications_text(continued=False),
    "user applications continued": applications_text(continued=True),
    **{f"identifier {i.label}": identifier_text(FINGRAPH, i) for i in FINGRAPH.identifiers},
    **{f"uses {i.label}": uses_text(i) for i in FINGRAPH.identifiers},
    **{
        f"expand {label} by {'degree' if by_degree else 'time'}{' continued' * continued}": page_text(
            FINGRAPH, label, steps(FINGRAPH, label), by_degree=by_degree, continued=continued
        )
        for label in ("Application", "Event", "User", "Ring", "Device", "Phone")
        for by_degree in (False, True)
        for continued in (False, True)
    },
    **{
        f"expand {step.relation} of {label}": page_text(
            FINGRAPH, label, [step], by_degree=True, continued=False
        )
        for label in ("Application", "User", "Ring", "Device", "Phone")
        for step in steps(FINGRAPH, label)
    },
    **{
        f"head {label}": head_text(FINGRAPH, label, steps(FINGRAPH, label))
        for label in ("Application", "Event", "User", "Ring", "Device", "Phone")
    },
    **dict(reading_statements()),
    "shared": _shared(FINGRAPH.identifiers[0]),
    "all_links": _all_links(FINGRAPH.identifiers[0]),
    "first_links": _first_links(FINGRAPH.identifiers[0]),
    "projecting": projecting(FINGRAPH),
}
WHOLE = {
    *(
        "rings/finish",
        "rings/last_run",
        "rings/leftovers",
        "rings/living",
        "rings/decisions",
        "rings/remove_states",
    ),
    *("loads/arrivals", "loads/carried_otherwise", "rings/forget_runs"),
    *("loads/begin", "loads/holds_facts", "loads/sources"),
    *(
        "rings/outcome_shares",
        "rings/remove_rings",
        "rings/ring_keys",
        "rings/forget_rings",
        "rings/memberships",
        "rings/run_as_of",
        "rings/runs",
        "rings/run_since",
        "shared",
        "projecting",
    ),
    *("snapshot/last_node", "snapshot/last_link", "snapshot/loads", "snapshot/ring_runs"),
    *(name for name in GENERATED if name.startswith(("nodes of ", "count of ", "few ", "hubs of "))),
}
"""Statements that mean to read all nodes of a label or all relationships of a type."""
EVERY = {"snapshot/last_node"}
"""Those that mean to look at every node."""


@pytest.mark.parametrize("name", statement_names())
def test_every_statement_has_a_whole_header(name: str) -> None:
    found = statement(name)
    assert found.name == name
    assert found.returns
    assert all(column in found.text for column in found.returns)


def test_a_statement_is_read_from_its_file() -> None:
    found = parse("a", HEADER + "// why\nMATCH (n {key: $key}) RETURN n")
    assert (found.mode, found.params, found.returns) == (Mode.READ, ("key",), ("n",))
    assert found.text.startswith("// why")


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("MATCH (n {key: $key}) RETURN n", "needs"),
        (HEADER.replace("name: a", "name: b") + "MATCH (n {key: $key}) RETURN n", "names"),
        (HEADER.replace("read", "both") + "MATCH (n {key: $key}) RETURN n", "mode"),
        (HEADER + "MATCH (n {key: $key, id: $id}) RETURN n", "parameters"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(source: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        parse("a", source)


def test_an_unknown_statement_or_parameter_is_refused() -> None:
    with pytest.raises(NotFoundError):
        statement("rings/../../secret")
    with pytest.raises(UsageError):
        statement("rings/ring").within(None, key="x")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def planner(graph: Graph) -> Iterator[Graph]:
    """The graph with the constraints that every graph has."""
    for constraint in (*constraints(FINGRAPH), *indexes(FINGRAPH)):
        graph.implicit(constraint)
    # In an empty graph the planner looks at everything, which costs nothing.
    graph.write("UNWIND range(1, 1000) AS n CREATE (:Filling)-[:FILLS]->(:Filling)")
    plan_anew(graph)
    yield graph
    wipe(graph)


@pytest.mark.server
@pytest.mark.parametrize("name", statement_names())
def test_the_server_finds_an_index_and_no_cartesian_product(planner: Graph, name: str) -> None:
    found = problems(planner, statement(name).text, whole=name in WHOLE)
    assert [one for one in found if not (name in EVERY and one.startswith("AllNodesScan"))] == []


@pytest.mark.server
@pytest.mark.parametrize("name", sorted(GENERATED))
def test_generated_statements_are_planned_as_well(planner: Graph, name: str) -> None:
    assert problems(planner, GENERATED[name], whole=name in WHOLE) == []


@pytest.mark.server
def test_the_list_of_rings_begins_with_the_indexes_made_for_it(planner: Graph) -> None:
    with planner.driver.session(database="neo4j") as session:
        plan = session.run("EXPLAIN " + statement("rings/list").text).consume().plan
    used = str(plan)
    assert "Ring(listed, score)" in used
    assert "RingState(listed, until)" in used


@pytest.mark.server
def test_the_check_itself_sees_a_cartesian_product_and_a_missing_index(planner: Graph) -> None:
    assert problems(planner, "MATCH (a:User), (b:Ring) RETURN a, b LIMIT 1")
    assert problems(planner, "MATCH (a:Application {amount_cents: $key}) RETURN a")
