"""No question walks a hub: what is behind one costs nothing, and the answer says that it is there."""

from __future__ import annotations

from typing import Any

import pytest
from planning import plan_anew

from core.clock import DAY
from core.graph import Graph
from graph_schema import FINGRAPH
from graph_schema.cypher import constraints, indexes
from queries import ask, picture, question, questions
from queries.ask import framed_picture, paged
from queries.words import expand, limits

pytestmark = pytest.mark.server

START = 1_700_000_000_000_000
USERS = 2_000
BUSY = START + 30 * DAY
NOW = START + 400 * DAY
GIVEN: dict[str, Any] = {
    "application": "s:mine",
    "user": "s:me",
    "other": "s:friend",
    "ring": "r1",
    "type": "Device",
    "identifier": "hub",
    "since": NOW - DAY,
}
REPORTED = (
    "shares",
    "links_between",
    "changed_since",
    "outcomes_around",
    "used_since_flagged",
    "several_identities",
)


@pytest.fixture(scope="module")
def town(graph: Graph) -> Graph:
    """A device and a phone of 2,000 users, a year ago; two people who share them and one device of their own."""
    graph.implicit("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
    for statement in [*constraints(FINGRAPH), *indexes(FINGRAPH)]:
        graph.implicit(statement)
    graph.write(
        "CREATE (d:Device {key: 'hub', masked: 'h**'}), (p:Phone {key: 'line', masked: '0**'}) WITH d, p "
        "UNWIND range(1, $users) AS n "
        "CREATE (u:User {key: 's:u' + n}), (a:Application {key: 's:a' + n, known_at: $busy + n, seq: 0, lender: 'one'}), "
        "(u)-[:SUBMITTED {known_at: $busy + n, seq: 0}]->(a), (a)-[:USED_DEVICE {known_at: $busy + n, seq: 0}]->(d), "
        "(a)-[:GAVE_PHONE {known_at: $busy + n, seq: 0, role: 'self'}]->(p)",
        users=USERS,
        busy=BUSY,
    )
    graph.write("MATCH (i:Device|Phone) SET i.hub_since = $since, i.hub_seq = 0", since=BUSY + 1_001)
    graph.write(
        "MATCH (d:Device {key: 'hub'}), (p:Phone {key: 'line'}) "
        "CREATE (own:Device {key: 'own', masked: 'o**'}) CREATE (x:RingRun {key: '1', run: 1, finished_at: 1, known_at: 1}) "
        "CREATE (r:Ring {key: 'r1', born_run: 1, run: 1})-[:WAS]->(:RingState {key: 'r1@1', run: 1, score: 0.9}) WITH d, p, own, r "
        "UNWIND [['s:me', 's:mine', true], ['s:friend', 's:theirs', true], ['s:stranger', 's:far', false]] AS x "
        "CREATE (u:User {key: x[0]}), (a:Application {key: x[1], known_at: $at, seq: 0, lender: 'one', amount_cents: 1}), "
        "(u)-[:SUBMITTED {known_at: $at, seq: 0}]->(a), (a)-[:USED_DEVICE {known_at: $at, seq: 0}]->(d), "
        "(a)-[:GAVE_PHONE {known_at: $at, seq: 0, role: 'self'}]->(p) WITH * WHERE x[2] "
        "CREATE (a)-[:USED_DEVICE {known_at: $at, seq: 0}]->(own), (a)-[:MEMBER_OF {since: 1}]->(r)",
        at=NOW - DAY,
    )
    plan_anew(graph)
    return graph


def given(name: str) -> dict[str, Any]:
    return {param.name: GIVEN[param.name] for param in question(name).params if param.name in GIVEN}


def hits(graph: Graph, text: str, params: dict[str, Any]) -> int:
    """What the database looks at for a statement."""
    used = {name: value for name, value in params.items() if f"${name}" in text}
    with graph.driver.session(database="neo4j") as session:
        profile = session.run("PROFILE " + text, used).consume().profile

    def total(plan: Any) -> int:
        return int(plan.get("dbHits", 0)) + sum(total(child) for child in plan.get("children", []))

    return total(profile)


def _measured(graph: Graph, name: str, text: str) -> int:
    defaults = {param.name: param.default for param in question(name).params if param.default is not None}
    frontier = [row["id"] for row in graph.read("MATCH (n:Device|Phone) RETURN elementId(n) AS id")]
    more = {"as_of": NOW, "run": 1, "limit": 101, "frontier": frontier, **limits(FINGRAPH)}
    plain = expand(text, FINGRAPH, FINGRAPH.identifier("Device"))
    return hits(graph, plain, {**defaults, **GIVEN, **more})


@pytest.mark.parametrize("name", [spec.name for spec in questions()])
def test_what_is_behind_a_hub_is_not_looked_at(town: Graph, name: str) -> None:
    spec = question(name)
    assert _measured(town, name, spec.text if spec.steps else paged(spec, continued=False)) < USERS
    if spec.picture and not spec.steps:
        assert _measured(town, name, framed_picture(spec.picture)) < USERS


def test_the_measure_sees_a_hub_that_is_walked(town: Graph) -> None:
    walked = "MATCH (i:Device {key: $identifier})<-[r]-(a) RETURN count(a.key) AS n"
    assert hits(town, walked, GIVEN) > USERS


@pytest.mark.parametrize("name", REPORTED)
def test_a_hub_is_reported(town: Graph, name: str) -> None:
    answer = ask(town, FINGRAPH, name, given(name), as_of=NOW)
    assert "hubs" in answer.cut_by
    assert answer.cut


def test_the_hub_joins_nobody(town: Graph) -> None:
    answer = ask(town, FINGRAPH, "links_between", given("links_between"), as_of=NOW)
    assert [row[2] for row in answer.rows] == [
        [
            "User s:me",
            "SUBMITTED Application s:mine",
            "USED_DEVICE Device o**",
            "USED_DEVICE Application s:theirs",
            "SUBMITTED User s:friend",
        ]
    ]
    strangers = {"user": "s:me", "other": "s:stranger"}
    assert ask(town, FINGRAPH, "links_between", strangers, as_of=NOW).rows == []
    assert not picture(town, FINGRAPH, "links_between", strangers, as_of=NOW).edges


def test_before_it_was_a_hub_it_is_walked(town: Graph) -> None:
    early = BUSY + 501
    params = {"type": "Device", "identifier": "hub"}
    drawn = picture(town, FINGRAPH, "used_since_flagged", params, as_of=early, limit=2_000)
    assert len([node for node in drawn.nodes if node.type == "Application"]) == 500
    found = ask(town, FINGRAPH, "shares", {"application": "s:a1"}, as_of=early)
    assert "hubs" not in found.cut_by
    assert len(found.rows) == 100
    later = ask(town, FINGRAPH, "shares", {"application": "s:a1"}, as_of=BUSY + 1_500)
    assert "hubs" in later.cut_by
