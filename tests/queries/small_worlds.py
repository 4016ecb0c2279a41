"""Small random worlds of facts, written by plain statements, and what a question should say of them, the obvious way."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import networkx as nx

from core.clock import DAY, MINUTE
from core.graph import Graph
from graph_schema import FINGRAPH, Schema

WALK = 5
SCHEMA: Schema = replace(
    FINGRAPH, identifiers=tuple(replace(i, bind=min(i.bind, WALK), walk=WALK) for i in FINGRAPH.identifiers)
)
"""A hub has more than five links."""
START = 1_700_000_000_000_000
TYPES = ("Device", "BankCard", "Phone")
RELATIONSHIPS = {i.label: i.relationship for i in SCHEMA.identifiers}


@dataclass
class Facts:
    """Applications `{key, user, at, links: [(type, id)], fraud_at}`; `at` None: undated."""

    applications: list[dict[str, Any]] = field(default_factory=list)
    relations: list[tuple[str, str, int | None]] = field(default_factory=list)

    def seen(self, as_of: int) -> list[dict[str, Any]]:
        """Those known before `as_of`."""
        return [a for a in self.applications if (a["at"] or 0) < as_of]

    def links(self, as_of: int) -> dict[tuple[str, str], list[dict[str, Any]]]:
        """Applications seen by (type, id)."""
        found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for a in self.seen(as_of):
            for link in a["links"]:
                found[link].append(a)
        return found

    def hubs(self, as_of: int) -> set[tuple[str, str]]:
        """Identifiers with more links than are walked."""
        return {link for link, named in self.links(as_of).items() if len(named) > WALK}


def random_facts(dice: random.Random) -> Facts:
    """A few users who share things, some of them hubs, some applications without a time."""
    facts = Facts()
    users = [f"s:u{i}" for i in range(dice.randint(4, 12))]
    for n in range(dice.randint(8, 30)):
        at = None if dice.random() < 0.1 else START + dice.randrange(5 * DAY) // MINUTE * MINUTE
        links = {
            (kind, f"{kind}-{0 if dice.random() < 0.12 else dice.randrange(1, 9)}")
            for kind in TYPES
            if dice.random() < 0.7
        }
        facts.applications.append(
            {
                "key": f"s:a{n:02}",
                "user": dice.choice(users),
                "at": at,
                "links": sorted(links),
                "fraud_at": START + dice.randrange(6 * DAY) if dice.random() < 0.3 else None,
            }
        )
    for _ in range(2):
        one, two = dice.sample(users, 2)
        facts.relations.append((one, two, dice.choice([None, START + dice.randrange(5 * DAY)])))
    return facts


def write(graph: Graph, facts: Facts) -> None:
    """Write `facts`; hubs carry the point at which they became one, as loads mark it."""
    graph.write(
        "UNWIND $rows AS x MERGE (u:User {key: x.user}) CREATE (a:Application {key: x.key, lender: 'one', "
        "amount_cents: 100}) SET a.known_at = x.at, a.seq = CASE WHEN x.at IS NULL THEN null ELSE 0 END "
        "CREATE (u)-[s:SUBMITTED]->(a) SET s.known_at = x.at, s.seq = a.seq "
        "WITH a, x WHERE x.fraud_at IS NOT NULL CREATE (a)-[:HAD_OUTCOME {known_at: x.fraud_at, seq: 0}]->"
        "(:Outcome {key: x.key + ':f', target: 'fraud', value: 1.0, known_at: x.fraud_at, seq: 0})",
        rows=facts.applications,
    )
    for kind in TYPES:
        rows = [
            {"a": a["key"], "i": link[1], "at": a["at"]}
            for a in facts.applications
            for link in a["links"]
            if link[0] == kind
        ]
        role = "{role: 'self'}" if kind == "Phone" else ""
        graph.write(
            f"UNWIND $rows AS x MATCH (a:Application {{key: x.a}}) MERGE (i:{kind} {{key: x.i}}) "
            f"CREATE (a)-[r:{RELATIONSHIPS[kind]} {role}]->(i) SET r.known_at = x.at, r.seq = a.seq",
            rows=rows,
        )
        graph.write(
            f"MATCH (i:{kind}) CALL (i) {{ MATCH (i)<-[r]-() WHERE r.known_at IS NOT NULL "
            "RETURN r.known_at AS at ORDER BY at SKIP $walk LIMIT 1 } SET i.hub_since = at",
            walk=WALK,
        )
    graph.write(
        "UNWIND $rows AS x MERGE (a:User {key: x[0]}) MERGE (b:User {key: x[1]}) "
        "MERGE (a)-[r:RELATED_TO {kind: 'relative'}]->(b) SET r.known_at = x[2]",
        rows=[list(one) for one in facts.relations],
    )


def shares(facts: Facts, application: str, as_of: int) -> set[tuple[Any, ...]]:
    """(type, id, user, applications, first_at, last_at, undated, hub)."""
    links, hubs = facts.links(as_of), facts.hubs(as_of)
    mine = next(a for a in facts.seen(as_of) if a["key"] == application)
    found: set[tuple[Any, ...]] = set()
    for link in mine["links"]:
        if link in hubs:
            found.add((*link, None, 0, None, None, 0, True))
            continue
        others = [a for a in links[link] if a is not mine]
        for user in {a["user"] for a in others}:
            times = [a["at"] for a in others if a["user"] == user]
            dated = [at for at in times if at is not None]
            first, last = min(dated, default=None), max(dated, default=None)
            found.add((*link, user, len(times), first, last, len(times) - len(dated), False))
    return found


def chains(facts: Facts, user: str, other: str, hops: int, as_of: int) -> list[list[str]]:
    """Every simple chain between two users that no hub is in, the shortest first."""
    graph: nx.Graph[str] = nx.Graph()
    hubs = facts.hubs(as_of)
    for a in facts.seen(as_of):
        graph.add_edge("User " + a["user"], "Application " + a["key"])
        graph.add_edges_from(
            ("Application " + a["key"], " ".join(link)) for link in a["links"] if link not in hubs
        )
    graph.add_edges_from(
        ("User " + one, "User " + two) for one, two, at in facts.relations if (at or 0) < as_of
    )
    ends = ("User " + user, "User " + other)
    if not all(end in graph for end in ends):
        return []
    return sorted(nx.all_simple_paths(graph, *ends, cutoff=hops), key=lambda path: (len(path), _parts(path)))


def _parts(path: Iterable[str]) -> list[list[str]]:
    return [node.split(" ", 1) for node in path]


def bursts(facts: Facts, as_of: int, days: int, minutes: int, least: int) -> set[tuple[Any, ...]]:
    """(type, id, applications, users, hub)."""
    found: set[tuple[Any, ...]] = set()
    since = as_of - days * DAY
    for link, every in facts.links(as_of).items():
        named = sorted((a for a in every if a["at"] is not None and a["at"] >= since), key=lambda a: a["at"])
        dated = sorted(a["at"] for a in every if a["at"] is not None)
        if len(dated) > WALK:
            if len(named) >= least:
                found.add((*link, len(named), len({a["user"] for a in named}), True))
            continue
        runs = [[b for b in named if 0 <= b["at"] - a["at"] <= minutes * MINUTE] for a in named]
        most = max(map(len, runs), default=0)
        if most >= least:
            first = next(run for run in runs if len(run) == most)
            found.add((*link, most, len({a["user"] for a in first}), False))
    return found


def used_since(facts: Facts, kind: str, key: str, as_of: int) -> set[tuple[Any, ...]]:
    """(application, user, flagged_at) after the first of them was known as fraud."""
    every = facts.links(as_of).get((kind, key), [])
    flags = [a["fraud_at"] for a in every if a["fraud_at"] is not None and a["fraud_at"] < as_of]
    if not flags or len(every) > WALK:
        return set()
    flag = min(flags)
    return {(a["key"], a["user"], flag) for a in every if a["at"] is not None and a["at"] > flag}


def changed_hands(facts: Facts, kind: str, as_of: int, days: int, gap: int) -> set[tuple[Any, ...]]:
    """(id, before, after, until_at, from_at, hub)."""
    found: set[tuple[Any, ...]] = set()
    for (label, key), every in facts.links(as_of).items():
        if label != kind:
            continue
        if len(every) > WALK:
            if any(a["at"] is not None and as_of - days * DAY <= a["at"] < as_of for a in every):
                found.add((key, None, None, None, None, True))
            continue
        spans: dict[str, list[int]] = defaultdict(list)
        for a in every:
            if a["at"] is not None:
                spans[a["user"]].append(a["at"])
        people = sorted(spans, key=lambda user: (min(spans[user]), user))
        for n, (_, later) in enumerate(pairwise(people), 1):
            earlier = max(people[:n], key=lambda user: (max(spans[user]), -people.index(user)))
            silence = min(spans[later]) - max(spans[earlier])
            if silence >= gap * DAY and min(spans[later]) >= as_of - days * DAY:
                found.add((key, earlier, later, max(spans[earlier]), min(spans[later]), False))
    return found
