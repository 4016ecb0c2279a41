"""Small random worlds, written to the graph by plain statements, and their rings by the obvious way."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from core.clock import DAY
from core.graph import Graph
from graph_schema import FINGRAPH, Bond, Schema
from graph_schema.cypher import constraints
from rings.choose import Finder
from rings.facts import KEYS, LINKS, OUTCOMES, TARGETS, Facts
from rings.found import PROPERTIES, found_rings

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
        at = random_.choice([None, random_.randrange(10), random_.randrange(40 * DAY)])
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


def facts_of(world: World, random_: random.Random | None = None) -> Facts:
    """The facts of `world` as columns, in another order and under other numbers when `random_` is given."""

    def order(rows: Iterable[Any]) -> list[Any]:
        listed = list(rows)
        return random_.sample(listed, len(listed)) if random_ else listed

    rows = order([(x, True) for x in world.applications] + [(x, False) for x in world.events])
    number = {x["key"]: i for i, (x, _) in enumerate(rows)}
    things = {name: i for i, name in enumerate(order({(x["label"], x["key"]) for x in world.links}))}
    targets = [
        (number[x["key"]], x["key"], application, x["user"], x["known_at"], x["seq"], x.get("amount"), None)
        for x, application in rows
    ]
    roles = {i.label for i in SCHEMA.identifiers if i.roles}
    links = [
        (
            x["label"],
            things[x["label"], x["key"]],
            number[x["start"]],
            x["role"] if x["label"] in roles else None,
            x["known_at"],
            x["seq"],
            None,
        )
        for x in order(world.links)
        if x["start"] in number
    ]
    named = {(label, number): key for (label, key), number in things.items()}
    return Facts(
        pl.DataFrame(targets, schema=TARGETS, orient="row"),
        pl.DataFrame(links, schema=LINKS, orient="row"),
        pl.DataFrame(schema=OUTCOMES),
        keys=lambda label, asked: pl.DataFrame(
            [(thing, named[label, thing]) for thing in asked], schema=KEYS, orient="row"
        ),
    )


def expected_rings(world: World) -> dict[frozenset[str], dict[str, Any]]:
    """Rings by their members, with what their nodes say, found without a graph."""
    found = found_rings(Finder(SCHEMA, facts_of(world)))
    return {frozenset(ring.members): ring.properties for ring in found}


def slow_bonds(world: World) -> dict[tuple[str, str], int]:
    """What ties each pair of users, the obvious way: identifier by identifier, link by link."""
    users = {x["key"]: x["user"] or "?" + x["key"] for x in (*world.applications, *world.events)}
    events = {x["key"] for x in world.events}
    late = float("inf")

    def place(x: dict[str, Any]) -> tuple[Any, ...]:
        at, seq = x["known_at"], x["seq"]
        return (
            late if at is None else at,
            late if seq is None else seq,
            x["start"],
            x["start"] in events,
            x["role"],
        )

    strength: dict[tuple[str, str], int] = defaultdict(int)
    for identifier in SCHEMA.identifiers:
        for key in {x["key"] for x in world.links if x["label"] == identifier.label}:
            links = sorted(
                (x for x in world.links if (x["label"], x["key"]) == (identifier.label, key)), key=place
            )
            line: dict[str, dict[str, Any]] = {}
            for x in links[: 20 * identifier.bind]:
                line.setdefault(users[x["start"]], x)
            first = list(line.items())[: identifier.bind]
            for (a, one), (b, two) in itertools.pairwise(first):
                gap = (
                    None if None in {one["known_at"], two["known_at"]} else two["known_at"] - one["known_at"]
                )
                strength[min(a, b), max(a, b)] += max(
                    (
                        round(1000 * t.strength)
                        for t in identifier.ties
                        if _holds(t, gap, (one["role"], two["role"]))
                    ),
                    default=0,
                )
    return {pair: total for pair, total in strength.items() if total}


def _holds(bond: Bond, gap: int | None, roles: tuple[str, str]) -> bool:
    if bond.undated and gap is not None:
        return False
    if bond.within is not None and (gap is None or gap > bond.within):
        return False
    return bond.roles is None or bond.roles == roles


def stored_rings(graph: Graph) -> dict[str, tuple[frozenset[str], dict[str, Any]]]:
    """Rings in the graph by name, as a reader sees them after the last finished run."""
    rows = graph.read(
        "MATCH (x:RingRun) WHERE x.finished_at IS NOT NULL WITH max(x.run) AS run "
        "MATCH (a:Application)-[m:MEMBER_OF]->(r:Ring) "
        "WHERE m.since <= run AND (m.until IS NULL OR m.until > run) AND r.dissolved_run IS NULL "
        "RETURN r {.*} AS ring, collect(a.key) AS members"
    )
    found = {}
    for row in rows:
        ring = dict(row["ring"])
        properties = {name: ring.get(name) for name in PROPERTIES}
        found[ring["key"]] = (frozenset(row["members"]), properties)
    return found


def dump(graph: Graph) -> tuple[list[str], list[str]]:
    """Everything in the graph, in a canonical order."""
    nodes = graph.read("MATCH (n) RETURN labels(n) AS l, properties(n) AS p")
    links = graph.read("MATCH (a)-[r]->(b) RETURN a.key AS a, type(r) AS t, properties(r) AS p, b.key AS b")
    return sorted(_text(x) for x in nodes), sorted(_text(x) for x in links)


def _text(row: dict[str, Any]) -> str:
    return repr({k: sorted(v.items()) if isinstance(v, dict) else v for k, v in row.items()})
