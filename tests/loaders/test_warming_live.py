"""Warming leaves nothing in the graph, and plans that are kept while it grows are those of a graph that has grown."""

from __future__ import annotations

from typing import Any

import pytest

from core.clock import HOUR, MINUTE, now_us
from core.graph import KEEP_PLAN, Graph, Row, Transaction
from core.records import Operator
from graph_schema import FINGRAPH, arriving, live
from loaders.arrive import Arrival, Arrivals, Named
from queries import statement
from queries.neighbourhood import MISSING, NeighbourhoodRead
from snapshot.online import asked_for

pytestmark = pytest.mark.server


@pytest.fixture
def door(empty_graph: Graph) -> Arrivals:
    live.apply(empty_graph, FINGRAPH, "k")
    return Arrivals(empty_graph, FINGRAPH, NeighbourhoodRead(asked_for(FINGRAPH)))


def test_nothing_of_warming_stays_and_what_a_killed_server_left_goes(
    empty_graph: Graph, door: Arrivals
) -> None:
    warm = statement("loads/warm")
    now = now_us()
    for name, then in (("warming:killed", now - 2 * HOUR), ("warming:beside", now - MINUTE)):
        warm.run(empty_graph, name=name, now=then)
    door.warm()
    door.rehearse(7)
    left = empty_graph.read(
        "MATCH (n) WHERE NOT n:SchemaState RETURN DISTINCT labels(n) AS labels, left(n.key, 14) AS name"
    )
    assert left == [{"labels": ["Load"], "name": "warming:beside"}]
    assert not statement("snapshot/loads").run(empty_graph)
    assert not statement("loads/sources").run(empty_graph)


def test_facts_that_come_while_a_server_warms_are_of_a_load_that_snapshots_take(
    empty_graph: Graph, door: Arrivals
) -> None:
    statement("loads/warm").run(empty_graph, name="warming:beside", now=now_us())
    door.arrive(Arrival("Application", "a:1", "digest", {"key": "a:1"}, {"key": "a:1"}))
    assert [row["load"] for row in statement("snapshot/loads").run(empty_graph)] == [1]
    assert empty_graph.read("MATCH (a:Application) RETURN a.load AS load") == [{"load": 1}]


def test_keys_of_any_length_are_served_by_the_plans_of_one(
    door: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neo4j keeps a plan for each statement, type of parameter, and length of a text or list in tens."""
    run, asked = Transaction.run, set()

    def noted(tx: Transaction, text: str, **given: object) -> list[Row]:
        asked.add((text, *sorted((name, _size(value)) for name, value in given.items())))
        return run(tx, text, **given)

    def arrived(key: str) -> set[Any]:
        asked.clear()
        named = tuple(Named(kind.label, f"{key}:{kind.label}") for kind in FINGRAPH.identifiers)
        for made in (
            Arrival("Application", key, "digest", {"key": key}, {"key": key}, named),
            Arrival("Outcome", f"{key}:o", "digest", {"key": f"{key}:o", "target": "fraud"}, about=key),
            Arrival("USED_DEVICE", f"{key}:d", "digest", named=(Named("Device", f"{key}:d"),), about=key),
        ):
            door.arrive(made)
        return set(asked)

    monkeypatch.setattr(Transaction, "run", noted)
    arrived("the day's load begins")
    assert arrived("a:1") == arrived("a:" + "1" * 40) == arrived("a:" + "1" * 400)


def _size(value: object) -> object:
    return (type(value), len(str(len(value)))) if isinstance(value, str | list) else type(value)


def test_plans_that_are_kept_do_not_depend_on_what_the_graph_holds(
    empty_graph: Graph, door: Arrivals
) -> None:
    named = {label: [] for label in ("User", *(kind.label for kind in FINGRAPH.identifiers))}
    read = NeighbourhoodRead(asked_for(FINGRAPH))
    point = {"version": None, "missing": MISSING}
    asked: dict[str, dict[str, object]] = {
        read.of_key: {"it": {"key": "a"}, **point},
        read.of_named: {"it": {"key": "a"}, "at": 1, "seq": 1, "named": named, **point},
        arriving.hold_about(FINGRAPH): {"it": {"key": "a"}},
    }
    for label in FINGRAPH.tied:
        asked[arriving.hold_named(FINGRAPH, label)] = {"it": {"key": "a"}, "load": 1, "named": named}
        asked[arriving.write_named(FINGRAPH, label)] = {
            "properties": {}, "known_at": 1, "seq": 1, "links": named, "walk": dict.fromkeys(named, 1),
        }  # fmt: skip

    def plans() -> list[list[str]]:
        empty_graph.implicit("CALL db.clearQueryCaches()")
        return [_named(empty_graph.explain(text, given, seconds=60).root) for text, given in asked.items()]

    empty = plans()
    empty_graph.write(
        "UNWIND range(1, 3000) AS i MERGE (u:User {key: 's:' + i % 900}) MERGE (d:Device {key: 'd' + i % 700}) "
        "MERGE (p:Phone {key: 'p' + i % 800}) CREATE (a:Application {key: 's:' + i, known_at: i, seq: i}) "
        "CREATE (u)-[:SUBMITTED {known_at: i, seq: i}]->(a) CREATE (a)-[:USED_DEVICE {known_at: i, seq: i}]->(d) "
        "CREATE (a)-[:GAVE_PHONE {known_at: i, seq: i, role: 'self'}]->(p)"
    )
    assert plans() == empty
    assert all(text.startswith(KEEP_PLAN) for text in asked)


def _named(plan: Operator | None) -> list[str]:
    """Names of a plan's operators, without where properties are kept for later ones, which moves."""
    assert plan is not None
    return [one.name for one in plan.walk() if not one.name.startswith("CacheProperties")]
