"""Questions against a slow, obvious version of each, on small random worlds."""

from __future__ import annotations

import random

import pytest
from small_worlds import (
    SCHEMA,
    START,
    TYPES,
    Facts,
    bursts,
    chains,
    changed_hands,
    random_facts,
    shares,
    used_since,
    write,
)

from core.clock import DAY
from core.graph import Graph
from graph_schema import FINGRAPH
from graph_schema.cypher import constraints, indexes
from queries import Answer, ask

pytestmark = pytest.mark.server

SEEDS = range(4)


def moments(dice: random.Random) -> list[int]:
    """One moment in the middle, one after everything."""
    return [START + dice.randrange(1, 5) * DAY + dice.randrange(DAY), START + 10 * DAY]


@pytest.fixture(scope="module")
def constrained(graph: Graph) -> Graph:
    for statement in [*constraints(FINGRAPH), *indexes(FINGRAPH)]:
        graph.implicit(statement)
    return graph


@pytest.fixture(params=SEEDS)
def world(
    request: pytest.FixtureRequest, constrained: Graph, empty_graph: Graph
) -> tuple[Graph, Facts, random.Random]:
    dice = random.Random(request.param)
    facts = random_facts(dice)
    write(empty_graph, facts)
    return empty_graph, facts, dice


def columns(answer: Answer, *names: str) -> list[tuple[object, ...]]:
    """Some columns of every row."""
    place = [[column.name for column in answer.columns].index(name) for name in names]
    return [tuple(row[n] for n in place) for row in answer.rows]


def test_who_shares_what(world: tuple[Graph, Facts, random.Random]) -> None:
    graph, facts, dice = world
    for as_of in moments(dice):
        for a in dice.sample(facts.seen(as_of), 4):
            answer = ask(graph, SCHEMA, "shares", {"application": a["key"]}, as_of=as_of)
            names = ("type", "id", "user", "applications", "first_at", "last_at", "undated", "hub")
            found = columns(answer, *names)
            assert set(found) == shares(facts, a["key"], as_of)
            assert len(found) == len(set(found))
            assert ("hubs" in answer.cut_by) == any(row[-1] for row in found)


def test_chains_between_people(world: tuple[Graph, Facts, random.Random]) -> None:
    graph, facts, dice = world
    for as_of in moments(dice):
        people = sorted({a["user"] for a in facts.seen(as_of)})
        for _ in range(4):
            user, other = dice.sample(people, 2)
            hops = dice.choice([3, 4, 5, 6])
            params = {"user": user, "other": other, "hops": hops}
            answer = ask(graph, SCHEMA, "links_between", params, as_of=as_of, limit=5)
            expected = chains(facts, user, other, hops, as_of)
            told = [_nodes(steps) for (steps,) in columns(answer, "steps")]
            assert [len(path) for path in told] == [len(path) for path in expected[:5]]
            assert all(path in expected for path in told)
            assert told == sorted(told, key=lambda path: (len(path), [node.split(" ", 1) for node in path]))
            assert len({tuple(path) for path in told}) == len(told)
            assert ("rows" in answer.cut_by) == (len(expected) > 5)


def _nodes(steps: object) -> list[str]:
    """What a chain goes over, without the links between."""
    assert isinstance(steps, list)
    return [steps[0], *(step.split(" ", 1)[1] for step in steps[1:])]


@pytest.mark.parametrize(("minutes", "least"), [(15, 2), (1440, 2), (1440, 3)])
def test_bursts(world: tuple[Graph, Facts, random.Random], minutes: int, least: int) -> None:
    graph, facts, dice = world
    for as_of in moments(dice):
        params = {"days": 7, "minutes": minutes, "least": least}
        answer = ask(graph, SCHEMA, "bursts", params, as_of=as_of)
        found = columns(answer, "type", "id", "applications", "users", "hub")
        assert set(found) == bursts(facts, as_of, 7, minutes, least)
        assert len(found) == len(set(found))


def test_who_used_it_since_it_was_flagged(world: tuple[Graph, Facts, random.Random]) -> None:
    graph, facts, dice = world
    for as_of in moments(dice):
        for kind, key in facts.links(as_of):
            if (kind, key) in facts.hubs(as_of):
                continue
            params = {"type": kind, "identifier": key}
            answer = ask(graph, SCHEMA, "used_since_flagged", params, as_of=as_of)
            assert set(columns(answer, "application", "user", "flagged_at")) == used_since(
                facts, kind, key, as_of
            )


@pytest.mark.parametrize("kind", TYPES)
def test_what_changed_hands(world: tuple[Graph, Facts, random.Random], kind: str) -> None:
    graph, facts, dice = world
    for as_of in moments(dice):
        params = {"type": kind, "days": 30, "gap": 1}
        answer = ask(graph, SCHEMA, "passed_on", params, as_of=as_of)
        found = columns(answer, "id", "before", "after", "until_at", "from_at", "hub")
        assert set(found) == changed_hands(facts, kind, as_of, 30, 1)
