"""Reads as of a moment show what was known then: the same on the graph of today as on the graph of that day."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from core.clock import DAY
from core.errors import NotFoundError, UsageError
from core.graph import Graph
from graph_schema import FINGRAPH, Schema
from graph_schema.cypher import mark_hubs
from queries.entities import application, identifier, user, user_applications
from queries.entity_texts import application_text
from queries.expand import expand
from queries.neighbours import Order
from queries.sight import walks
from rings import (
    RingFilter,
    Sort,
    list_rings,
    outcome_shares,
    ring_evidence,
    ring_history,
    ring_members,
    run_rings,
    show_ring,
)
from tests.rings.ring_worlds import SCHEMA, World, constrain, random_world, write

pytestmark = pytest.mark.server


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that has planned nothing yet, on a machine that does much else, may take its time."""
    original = Graph.in_read

    def in_read(self: Graph, work: Callable[[Any], Any], *, seconds: float = 60) -> Any:
        return original(self, work, seconds=max(seconds, 120))

    monkeypatch.setattr(Graph, "in_read", in_read)


SMALL: Schema = replace(
    SCHEMA, identifiers=tuple(replace(i, walk=max(5, i.bind)) for i in SCHEMA.identifiers)
)
"""Some identifiers of a random world are hubs."""
STAGES = (5, 15 * DAY, 30 * DAY, 41 * DAY)
Answers = dict[tuple[str, ...], Any]


@pytest.fixture
def graph_(empty_graph: Graph) -> Graph:
    constrain(empty_graph)
    return empty_graph


def mark(graph: Graph) -> None:
    """Mark hubs as loads do."""
    for kind in SMALL.identifiers:
        ids = graph.read(
            f"MATCH (i:{kind.label}) WHERE COUNT {{ (i)<-[:{kind.relationship}]-() }} > $walk RETURN id(i) AS id",
            walk=kind.walk,
        )
        graph.write(mark_hubs(kind), id=[row["id"] for row in ids], walk=kind.walk)


def grow(graph: Graph, world: World, outcomes: list[dict[str, Any]], point: int) -> None:
    """Write what was known before `point`, and find the rings as of it."""

    def known(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [x for x in rows if x["known_at"] is None or x["known_at"] < point]

    write(graph, World(known(world.applications), known(world.events), known(world.links)))
    graph.write(
        "UNWIND $rows AS x MATCH (a:Application {key: x.application}) MERGE (o:Outcome {key: x.key}) "
        "SET o.target = x.target, o.value = x.value, o.known_at = x.known_at, o.seq = x.seq "
        "MERGE (a)-[:HAD_OUTCOME]->(o)",
        rows=known(outcomes),
    )
    graph.write(
        "UNWIND $rows AS x MATCH (a:User {key: x.a}) MATCH (b:User {key: x.b}) "
        "MERGE (a)-[r:RELATED_TO {kind: 'relative'}]->(b) SET r.known_at = x.known_at",
        rows=known([x | {"known_at": x["known_at"]} for x in relations(world)]),
    )
    mark(graph)
    run_rings(graph, SMALL, lambda: point)


def relations(world: World) -> list[dict[str, Any]]:
    """Some users are related; known when the later of both was."""
    dated = [x for x in world.applications if x["user"] and x["known_at"] is not None]
    pairs = zip(dated[::3], dated[1::3], strict=False)
    return [{"a": a["user"], "b": b["user"], "known_at": max(a["known_at"], b["known_at"])} for a, b in pairs]


def outcomes_of(world: World, random_: random.Random) -> list[dict[str, Any]]:
    """Outcomes of some applications, some of them corrected later, some undated."""
    return [
        {
            "application": x["key"],
            "key": f"{x['key']}-{target}-{n}",
            "target": target,
            "value": float(random_.randrange(2)),
            "known_at": random_.choice([None, (x["known_at"] or 0) + random_.randrange(20 * DAY)]),
            "seq": random_.randrange(3),
        }
        for x in world.applications
        for target in ("fraud", "approval")
        for n in range(random_.choice([0, 0, 1, 2]))
    ]


def told(ask: Callable[[], Any]) -> Any:
    """The answer, or that there is none."""
    try:
        found = ask()
    except NotFoundError as error:
        return error.code
    return found.as_dict() if hasattr(found, "as_dict") else found


def questions(graph: Graph, world: World, names: list[str], at: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every read of everything as of `at`."""
    nodes = [("Application", x["key"]) for x in world.applications]
    nodes += [("Event", x["key"]) for x in world.events]
    nodes += [("User", x["user"]) for x in (*world.applications, *world.events) if x["user"]]
    nodes += [(x["label"], x["key"]) for x in world.links]
    nodes += [("Ring", name) for name in names]
    orders = list(Order)
    for label, key in sorted(set(nodes)):
        source, _, id_ = key.partition(":")
        order = orders[sum(key.encode()) % len(orders)]
        yield (
            ("expand", label, key),
            told(
                lambda label=label, key=key, order=order: expand(
                    graph, SMALL, label, key, as_of=at, order=order, limit=7
                )
            ),
        )
        if label == "Application":
            yield ("view", key), told(lambda s=source, i=id_: application(graph, SMALL, s, i, as_of=at))
        if label == "User":
            yield ("view", key), told(lambda s=source, i=id_: user(graph, SMALL, s, i, as_of=at, limit=2))
        if label in {i.label for i in SMALL.identifiers}:
            yield ("view", label, key), told(lambda a=label, b=key: identifier(graph, SMALL, a, b, as_of=at))
    for sort in Sort:
        yield ("list", sort), list_rings(graph, as_of=at, sort=sort, everything=True, limit=2)
    for some in (RingFilter(lender="one", everything=True), RingFilter(tied_by="Phone", everything=True)):
        yield ("list", repr(some)), list_rings(graph, as_of=at, filters=some)
    yield ("shares",), outcome_shares(graph, as_of=at, everything=True)
    for name in names:
        yield ("ring", name), told(lambda n=name: show_ring(graph, SMALL, n, as_of=at, limit=2))
        yield ("evidence", name), told(lambda n=name: ring_evidence(graph, SMALL, n, as_of=at))
        yield ("history", name), told(lambda n=name: ring_history(graph, n, as_of=at))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_an_answer_as_of_a_day_is_the_one_that_was_given_on_that_day(graph_: Graph, seed: int) -> None:
    random_ = random.Random(seed)
    world = random_world(random_)
    for x in random_.sample(world.links, len(world.links) // 5):
        if x["known_at"] is not None:  # a link that became known after its application
            x["known_at"] += random_.randrange(10 * DAY)
    outcomes = outcomes_of(world, random_)
    then: dict[int, Answers] = {}
    asked: dict[int, list[str]] = {}
    for point in STAGES:
        grow(graph_, world, outcomes, point)
        asked[point] = [row["key"] for row in graph_.read("MATCH (r:Ring) RETURN r.key AS key ORDER BY key")]
        then[point] = dict(questions(graph_, world, asked[point], point))
    later = asked[STAGES[-1]]
    for point in STAGES:
        now = dict(questions(graph_, world, later, point))
        for question, answer in now.items():
            unknown = {"expand": "entities.unknown"}.get(question[0], "rings.unknown")
            assert answer == then[point].get(question, unknown), (question, point)
    assert any(answer != then[STAGES[-1]].get(name) for name, answer in then[STAGES[0]].items())


def crowd(graph: Graph, size: int, random_: random.Random) -> list[dict[str, Any]]:
    """Applications on the device `d`, some undated, many at equal times; each with devices of its own."""
    world = World()
    for n in range(size):
        at = random_.choice([None, *range(6)])
        world.apply(f"s:{n:03}", f"s:u{n}", at, Device="d")
        for more in range(n % 4):
            world.link(f"s:{n:03}", "Device", f"own-{n}-{more}", at)
    for x in (*world.applications, *world.links):
        x["seq"] = None if x["known_at"] is None else sum(x.get("start", x["key"]).encode()) % 3
    write(graph, world)
    return [x | {"degree": 1 + int(x["key"][2:]) % 4} for x in world.applications]


def in_order(rows: list[dict[str, Any]], order: Order) -> list[str]:
    """The slow obvious order: of facts, or by degree and then the newest; what has no time comes last."""
    sign = 1 if order is Order.OLDEST else -1

    def place(x: dict[str, Any]) -> tuple[Any, ...]:
        undated = x["known_at"] is None
        return (undated, *(() if undated else (sign * x["known_at"], sign * x["seq"])), x["key"])

    ranked = sorted(rows, key=place)
    if order.by_degree:
        ranked.sort(key=lambda x: -x["degree"] if order is Order.MOST_CONNECTED else x["degree"])
    return [x["key"] for x in ranked]


@pytest.mark.parametrize("order", Order)
def test_all_pages_together_are_all_neighbours_once_while_others_write(graph_: Graph, order: Order) -> None:
    rows = crowd(graph_, 40, random.Random(3))
    expected = in_order(rows, order)
    seen: list[str] = []
    after = None
    for number in range(100):
        found = expand(graph_, FINGRAPH, "Device", "d", order=order, limit=7, after=after, clock=lambda: 100)
        seen += [one.key for one in found.page.items]
        assert found.as_of == 100
        newer = World()
        newer.apply(f"s:new{number}", None, 50, Device="d")
        newer.apply(f"s:later{number}", None, 100, Device="d")
        write(graph_, newer)
        after = found.page.next
        assert found.page.cut == (after is not None)
        if after is None or number > 30:
            break
    assert [key for key in seen if "new" not in key] == expected
    assert len(seen) == len(set(seen))
    assert not [key for key in seen if "later" in key]
    if order is Order.NEWEST:
        assert seen == expected


def test_pages_of_a_users_applications_hold_each_once(graph_: Graph) -> None:
    world = World()
    random_ = random.Random(4)
    for n in range(23):
        world.apply(f"s:{n:02}", "s:u", random_.choice([None, 1, 2, 3]))
    write(graph_, world)
    keys, after = [], None
    while True:
        page = user_applications(graph_, "s", "u", as_of=9, limit=5, after=after)
        keys += [row["key"] for row in page.items]
        after = page.next
        if after is None:
            break
    late = sorted(
        world.applications,
        key=lambda x: (x["known_at"] is not None, x["known_at"] or 0, x["key"]),
        reverse=True,
    )
    assert keys == [x["key"] for x in late]
    first = user(graph_, FINGRAPH, "s", "u", as_of=9, limit=5)
    assert [row["key"] for row in first.applications.items] == keys[:5]
    assert (first.applications.total, first.applications.total_cut) == (23, False)
    with pytest.raises(UsageError, match="page before"):
        user_applications(graph_, "s", "other", after=first.applications.next)


def test_a_hub_is_reported_and_never_walked(graph_: Graph) -> None:
    world = World()
    world.apply("s:a", "s:u", 1, Device="hub", Phone="p")
    write(graph_, world)
    graph_.write(
        "MATCH (d:Device {key: 'hub'}) UNWIND range(1, 3000) AS n "
        "CREATE (:Application {key: 'x:' + n, known_at: n, seq: 0})-[:USED_DEVICE {known_at: n, seq: 0}]->(d)"
    )
    for kind in FINGRAPH.identifiers[:1]:
        ids = [row["id"] for row in graph_.read("MATCH (d:Device) RETURN id(d) AS id")]
        graph_.write(mark_hubs(kind), id=ids, walk=kind.walk)
    view = application(graph_, FINGRAPH, "s", "a", as_of=10_000)
    assert [(link.type, link.links, link.hub) for link in view.links] == [
        ("Device", 1000, True),
        ("Phone", 1, False),
    ]
    assert application(graph_, FINGRAPH, "s", "a", as_of=500).links[0].links == 500
    told = identifier(graph_, FINGRAPH, "Device", "hub", as_of=10_000)
    assert (told.hub, told.links, told.applications, told.cut) == (True, 1000, None, ("hub",))
    page = expand(graph_, FINGRAPH, "Device", "hub", as_of=10_000, order=Order.MOST_CONNECTED, limit=3)
    assert (page.hub, page.order, page.page.total, page.page.total_cut) == (True, Order.NEWEST, 1000, True)
    assert [one.known_at for one in page.page.items] == [3000, 2999, 2998]
    assert page.cut_by == ("rows", "order", "total")
    more = expand(
        graph_, FINGRAPH, "Device", "hub", order=Order.MOST_CONNECTED, limit=2, after=page.page.next
    )
    assert [one.known_at for one in more.page.items] == [2997, 2996]
    with graph_.driver.session(database="neo4j") as session:
        summary = session.run(
            "PROFILE " + application_text(FINGRAPH),
            key="s:a", as_of=10_000, run=0, walk=walks(FINGRAPH), listed=201,
        ).consume()  # fmt: skip
    assert hits(summary.profile) < 300


def hits(plan: dict[str, Any]) -> int:
    """Reads of the store in a plan."""
    return int(plan.get("dbHits", 0)) + sum(hits(child) for child in plan.get("children", []))


def test_neighbours_are_narrowed_and_what_is_unknown_is_refused(graph_: Graph) -> None:
    world = World()
    world.apply("s:a", "s:u", 5, Device="d", Phone="p")
    world.link("s:a", "Phone", "p", 7, role="contact")
    write(graph_, world)

    def keys(**how: Any) -> list[tuple[str, str, Any]]:
        found = expand(graph_, FINGRAPH, "Application", "s:a", as_of=9, order=Order.OLDEST, **how)
        return [(one.relation, one.key, one.properties.get("role")) for one in found.page.items]

    assert keys() == [
        ("GAVE_PHONE", "p", "self"), ("SUBMITTED", "s:u", None), ("USED_DEVICE", "d", None), ("GAVE_PHONE", "p", "contact"),
    ]  # fmt: skip
    assert keys(relation="SUBMITTED") == [("SUBMITTED", "s:u", None)]
    assert keys(neighbour="Device") == [("USED_DEVICE", "d", None)]
    for how, code in (
        ({"relation": "FROM_IP", "neighbour": "Device"}, "expand.neighbour"),
        ({"relation": "NOTHING"}, "expand.relation"),
        ({"limit": 1001}, "page.limit"),
        ({"after": "x"}, "page.after"),
    ):
        with pytest.raises(UsageError) as refused:
            keys(**how)
        assert refused.value.code == code
    with pytest.raises(UsageError, match="can be expanded"):
        expand(graph_, FINGRAPH, "RingRun", "1")
    for label, key in (("Application", "s:a"), ("User", "s:u"), ("Device", "d"), ("Ring", "r")):
        with pytest.raises(NotFoundError):
            expand(graph_, FINGRAPH, label, key, as_of=5)


def test_pages_of_rings_members_and_evidence_hold_each_once(graph_: Graph) -> None:
    for n in range(7):
        world = World()
        for m in range(4):
            world.apply(f"s:{n}{m}", f"s:u{n}{m}", n * DAY + m, Device=f"d{n}", BankCard=f"c{n}")
        write(graph_, world)
    run_rings(graph_, SMALL, lambda: 20 * DAY)
    whole = list_rings(graph_, everything=True, limit=100, as_of=21 * DAY)
    assert whole.total == len(whole.items) == 7

    def pages(ask: Callable[[str | None], Any]) -> list[Any]:
        rows, after = [], None
        while True:
            page = ask(after)
            rows += page.items
            after = page.next
            if after is None:
                return rows

    for sort in Sort:
        ordered = list_rings(graph_, sort=sort, everything=True, limit=100, as_of=21 * DAY).items
        assert pages(
            lambda after, sort=sort: list_rings(
                graph_, sort=sort, everything=True, limit=2, after=after, clock=lambda: 21 * DAY
            )
        ) == ordered  # fmt: skip
    key = whole.items[0].key
    members = pages(lambda after: ring_members(graph_, key, limit=3, after=after))
    assert [row["application"] for row in members] == sorted(row["application"] for row in members)
    assert len(members) == 4
    evidence = pages(lambda after: ring_evidence(graph_, SMALL, key, limit=1, after=after))
    assert [row["type"] for row in evidence] == ["BankCard", "Device"]
    assert list_rings(graph_, everything=True, filters=RingFilter(name=key)).total == 1
    assert list_rings(graph_, everything=True, filters=RingFilter(born_since=20 * DAY)).total == 7
    for nothing in (
        RingFilter(lender="two"),
        RingFilter(tied_by="Phone"),
        RingFilter(born_since=20 * DAY + 1),
    ):
        assert list_rings(graph_, everything=True, filters=nothing).total == 0
    token = list_rings(graph_, everything=True, limit=2).next
    with pytest.raises(UsageError, match="page before"):
        list_rings(graph_, everything=True, limit=2, sort=Sort.MONEY, after=token)
