"""Small random worlds, written to the graph by plain statements, and their rings by the obvious way."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import networkx as nx

from core.graph import Graph
from graph_schema import FINGRAPH, Schema
from graph_schema.cypher import constraints
from rings.binding import Link, binding_links

LIMITS = {"Device": 3, "Phone": 2, "BankCard": 4, "IpAddress": 0}
SCHEMA: Schema = replace(
    FINGRAPH,
    identifiers=tuple(replace(i, bind=LIMITS[i.label]) for i in FINGRAPH.identifiers if i.label in LIMITS),
)


@dataclass
class World:
    """Applications and events `{key, user, known_at, seq, amount}` and links to identifiers."""

    applications: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)

    def apply(
        self, key: str, user: str | None, at: int | None = None, *, cents: int = 100, **named: str
    ) -> None:
        """An application of `user` at `at` that names identifiers: `Device="d1"`."""
        seq = None if at is None else 0
        self.applications.append({"key": key, "user": user, "known_at": at, "seq": seq, "amount": cents})
        for label, identifier in named.items():
            self.link(key, label, identifier, at)

    def link(self, start: str, label: str, key: str, at: int | None, role: str = "self") -> None:
        """A link from the application or event `start`."""
        seq = None if at is None else 0
        self.links.append(
            {"start": start, "label": label, "key": key, "known_at": at, "seq": seq, "role": role}
        )


def farm(size: int, device: str = "d1", prefix: str = "a", start: int = 0) -> World:
    """Applications of as many users on one device."""
    world = World()
    for i in range(size):
        world.apply(f"s:{prefix}{i:02}", f"s:{prefix}-user{i}", start + i, Device=device)
    return world


def random_world(random_: random.Random) -> World:
    """Users with few devices, phones and cards; some of them hubs, some links undated, some events."""
    world = World()
    users = [f"s:u{i}" for i in range(random_.randint(4, 25))]
    for i in range(random_.randint(5, 45)):
        at = random_.choice([None, random_.randrange(10), random_.randrange(10**6)])
        user = None if random_.random() < 0.05 else random_.choice(users)
        row = {"key": f"s:{i:03}", "user": user, "known_at": at, "seq": None if at is None else i % 3}
        if random_.random() < 0.2:
            row["key"] = f"s:{random_.randrange(60):03}e{i}"
            world.events.append(row)
        else:
            world.applications.append({**row, "amount": random_.choice([None, random_.randrange(1000)])})
        for label in LIMITS:
            for _ in range(random_.choice([0, 0, 1, 1, 2])):
                hub = random_.random() < 0.15
                key = f"{label}-{0 if hub else random_.randrange(1, 30)}"
                role = random_.choice(["self", "contact"]) if label == "Phone" else "self"
                world.links.append(
                    {"start": row["key"], "label": label, "key": key, "role": role}
                    | {"known_at": row["known_at"], "seq": row["seq"]}
                )
    unique = {(x["start"], x["label"], x["key"], x["role"]): x for x in world.links}
    world.links = list(unique.values())
    return world


def constrain(graph: Graph) -> None:
    """The uniqueness constraints that every graph has."""
    for statement in constraints(FINGRAPH):
        graph.implicit(statement)


def write(graph: Graph, world: World, random_: random.Random | None = None) -> None:
    """Write `world`, in another order when `random_` is given. What is there already stays as it is."""

    def order(rows: Iterable[Any]) -> list[Any]:
        listed = list(rows)
        return random_.sample(listed, len(listed)) if random_ else listed

    for label, relationship, rows in order(
        [("Application", "SUBMITTED", world.applications), ("Event", "DID", world.events)]
    ):
        graph.write(
            f"UNWIND $rows AS x MERGE (a:{label} {{key: x.key}}) "
            "SET a.known_at = x.known_at, a.seq = x.seq, a.amount_cents = x.amount, a.lender = 'one' "
            "WITH a, x WHERE x.user IS NOT NULL MERGE (u:User {key: x.user}) "
            f"MERGE (u)-[r:{relationship}]->(a) SET r.known_at = x.known_at, r.seq = x.seq",
            rows=order(rows),
        )
    for identifier in order(SCHEMA.identifiers):
        role = "role: x.role" if identifier.roles else ""
        for label in ("Application", "Event"):
            graph.write(
                f"UNWIND $rows AS x MATCH (a:{label} {{key: x.start}}) "
                f"MERGE (i:{identifier.label} {{key: x.key}}) SET i.masked = '**' "
                f"MERGE (a)-[r:{identifier.relationship} {{{role}}}]->(i) "
                "SET r.known_at = x.known_at, r.seq = x.seq",
                rows=order(x for x in world.links if x["label"] == identifier.label),
            )


def slow_rings(world: World) -> dict[frozenset[str], dict[str, Any]]:
    """Rings by their members, with their figures, the obvious way."""
    graph = nx.Graph()
    users = {x["key"]: x["user"] for x in (*world.applications, *world.events)}
    events = {x["key"] for x in world.events}
    for key, user in users.items():
        graph.add_node(key)
        if user is not None:
            graph.add_edge(key, ("user", user))
    binding: dict[tuple[str, str], set[str]] = defaultdict(set)
    for identifier in SCHEMA.identifiers:
        by_key: dict[str, list[Link]] = defaultdict(list)
        for x in world.links:
            if x["label"] == identifier.label:
                link = Link(x["start"], x["known_at"], x["seq"], x["role"], x["start"] in events)
                by_key[x["key"]].append(link)
        for key, links in by_key.items():
            for link in binding_links(links, identifier.bind, identifier.binding_roles):
                graph.add_edge(link.key, (identifier.label, key))
                binding[identifier.label, key].add(link.key)
    rings = {}
    for component in nx.connected_components(graph):
        rows = [x for x in world.applications if x["key"] in component]
        people = {x["user"] for x in rows} - {None}
        if len(rows) >= 3 and len(people) >= 2:
            rings[frozenset(x["key"] for x in rows)] = _figures(rows, people, users, binding)
    return rings


def _figures(
    rows: list[dict[str, Any]],
    people: set[str],
    users: dict[str, str | None],
    binding: dict[tuple[str, str], set[str]],
) -> dict[str, Any]:
    times = [x["known_at"] for x in rows if x["known_at"] is not None]
    shared: dict[str, int] = defaultdict(int)
    for (label, _), starts in binding.items():
        if len({users[start] for start in starts} & people) >= 2:
            shared[label] += 1
    ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0]))
    return {
        "applications": len(rows),
        "users": len(people),
        "first_at": min(times, default=None),
        "last_at": max(times, default=None),
        "amount_cents": sum(x["amount"] or 0 for x in rows),
        "shared": ", ".join(f"{label}={count}" for label, count in ranked),
    }


def stored_rings(graph: Graph) -> dict[str, tuple[frozenset[str], dict[str, Any]]]:
    """Rings in the graph by name, as a reader sees them after the last finished run."""
    rows = graph.read(
        "MATCH (x:RingRun) WHERE x.finished_at IS NOT NULL WITH max(x.run) AS run "
        "MATCH (a:Application)-[m:MEMBER_OF]->(r:Ring) "
        "WHERE m.since <= run AND (m.until IS NULL OR m.until > run) AND r.dissolved_run IS NULL "
        "RETURN r {.key, .applications, .users, .first_at, .last_at, .amount_cents, .shared} AS ring, "
        "collect(a.key) AS members"
    )
    found = {}
    for row in rows:
        ring = dict(row["ring"])
        found[ring.pop("key")] = (frozenset(row["members"]), ring)
    return found


def dump(graph: Graph) -> tuple[list[str], list[str]]:
    """Everything in the graph, in a canonical order."""
    nodes = graph.read("MATCH (n) RETURN labels(n) AS l, properties(n) AS p")
    links = graph.read("MATCH (a)-[r]->(b) RETURN a.key AS a, type(r) AS t, properties(r) AS p, b.key AS b")
    return sorted(_text(x) for x in nodes), sorted(_text(x) for x in links)


def _text(row: dict[str, Any]) -> str:
    return repr({k: sorted(v.items()) if isinstance(v, dict) else v for k, v in row.items()})
