"""A ring as a graph: its members, and the identifiers that at least two of its users named.

Bounded: two statements, and at most `limit` nodes come back, whatever the size of the ring. What is left out is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.clock import Clock, now_us
from core.graph import Graph, Row, Transaction
from core.page import require_limit
from graph_schema import Identifier, Personal, Schema
from queries import statement
from queries.sight import LOOKBACK, SECONDS, point, seen
from rings.bonds import LINKS_PER_BIND
from rings.listing import RingSummary
from rings.view import TARGET, seen_ring

LIMIT = 300
RESERVED = 10
"""Where members alone would fill a graph, identifiers keep one place in so many: without them nothing hangs together."""
USER, APPLICATION = "User", "Application"
UNEXPORTED = ("source", "digest", "load", "seq", "event_at", "known_at", "hub_since", "hub_seq")
"""Properties that say where a row came from, and times that a node or edge carries in its own place."""


@dataclass(frozen=True)
class RingNode:
    """A user, an application or an identifier."""

    id: str
    """Type and key: keys are unique within their type alone."""
    type: str
    key: str
    label: str
    """What a person may see of it: the masked form of an identifier, the key of a user or application."""
    known_at: int | None
    """When it was known first (µs): an application itself, the rest by what links them to this ring."""
    properties: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    """What neither identifies nor describes a person; what is not known is left out. An application has `since_run`
    and, once it is known, the outcome `fraud` (1 or 0). An identifier has `users` and `applications` (members that
    named it), `links` (of everybody), `last_at` (µs) and `hub`: a hub's other links were not followed."""

    @property
    def is_hub(self) -> bool:
        """Whether it is an identifier of so many that it ties nobody."""
        return self.properties.get("hub") is True


@dataclass(frozen=True)
class RingEdge:
    """A user submitted an application, or an application named an identifier.

    Where a user named the identifier in an event, or in an application that is no member, the edge begins at the user.
    """

    source: str
    target: str
    type: str
    role: str | None
    known_at: int | None


@dataclass(frozen=True)
class RingTotal:
    """What the whole ring has, shown or not."""

    nodes: int
    edges: int
    by_type: Mapping[str, int]


@dataclass(frozen=True)
class RingGraph:
    """A ring with its nodes (users and applications in the order of facts, then identifiers, most users first) and edges."""

    ring: RingSummary
    nodes: Sequence[RingNode]
    edges: Sequence[RingEdge]
    cut: bool
    """Whether nodes were left out: `total` has more."""
    total: RingTotal
    as_of: int
    """Outcomes are those known by this moment (µs)."""

    def as_dict(self) -> dict[str, Any]:
        """The graph as one JSON object."""
        return asdict(self)

    def of_type(self, *types: str) -> list[RingNode]:
        """Its nodes of these types, in order."""
        return [node for node in self.nodes if node.type in types]

    @property
    def identifiers(self) -> list[RingNode]:
        """Its nodes that are neither user nor application."""
        return [node for node in self.nodes if node.type not in (USER, APPLICATION)]


def ring_graph(
    graph: Graph,
    schema: Schema,
    key: str,
    *,
    as_of: int | None = None,
    limit: int = LIMIT,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> RingGraph:
    """The ring named `key` as of `as_of` (µs; default now), one that had dissolved as it was last.

    At most `limit` nodes. Where there are more, the identifiers that tie fewest users are left out first (hubs before
    all others), then the latest members. Raises `NotFoundError` (`rings.unknown`), `UsageError` (`page.limit`).
    """
    require_limit(limit)
    moment = point(as_of, clock)

    def read(tx: Transaction) -> RingGraph:
        ring = seen_ring(tx, key, moment)
        asked = {"key": key, "run": ring.run, "as_of": moment, "limit": limit}
        members = statement("rings/graph_members").within(tx, target=TARGET, **asked)
        kinds = _things(tx, schema, members, asked)
        total = _total(members, kinds)
        things = sorted(
            (dict(thing, type=kind["type"]) for kind in kinds for thing in kind["things"]), key=_rank
        )
        kept, things = _fit(members, things, limit)
        nodes, edges = _drawn(schema, kept, things)
        return RingGraph(ring.summary, nodes, edges, len(nodes) < total.nodes, total, moment)

    return graph.in_read(read, seconds=seconds)


def things_statement(schema: Schema) -> str | None:
    """The statement that lists the identifiers that at least two users of the ring `$key` named, as run `$run` left it:
    a row a type with its counts and at most `$limit` of them, most users first, with their links to `$applications`
    and `$users`. None when no type binds.

    An application without a user counts as a user of its own. Nothing is read beyond an identifier but its degree.
    """
    types = [i for i in schema.identifiers if i.ties]
    if not types:
        return None
    named = "\n  UNION ALL\n  ".join(
        f"MATCH (t)-[r:{i.relationship}]->(s:{i.label}) WHERE {seen('r')} "
        f"RETURN '{i.label}' AS type, s, r, {_links(i)} AS links, {i.bind * LINKS_PER_BIND} AS most"
        for i in types
    )
    return f"""MATCH (:Ring {{key: $key}})<-[m:MEMBER_OF]-(a:Application)
WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
OPTIONAL MATCH (u:User)-[by:SUBMITTED]->(a) WHERE {seen("by")}
WITH DISTINCT u, CASE WHEN u IS NULL THEN a END AS alone
CALL (u, alone) {{
  MATCH (u)-[by:SUBMITTED|DID]->(t) WHERE {seen("by")} AND {seen("t")} RETURN t
  UNION ALL
  WITH alone AS t WHERE t IS NOT NULL RETURN t
}}
WITH u, t, coalesce('user ' + u.key, 'alone ' + alone.key) AS who, EXISTS {{
  MATCH (t)-[m:MEMBER_OF]->(x:Ring)
  WHERE x.key = $key AND m.since <= $run AND (m.until IS NULL OR m.until > $run)
}} AS member
CALL (t) {{
  {named}
}}
WITH type, s, r.role AS role, links, links > most AS hub, type(r) AS relationship,
     CASE WHEN member THEN t.key END AS application, CASE WHEN NOT member THEN u.key END AS user,
     min(r.known_at) AS first_at, max(r.known_at) AS last_at, collect(DISTINCT who) AS namers
WITH type, s, links, hub, relationship, min(first_at) AS first_at, max(last_at) AS last_at,
     count(DISTINCT application) AS applications, collect(namers) AS namers,
     collect({{application: application, user: user, role: role, known_at: first_at}}) AS named
CALL (namers) {{ UNWIND namers AS some UNWIND some AS who RETURN count(DISTINCT who) AS users }}
WITH * WHERE users > 1
ORDER BY hub, users DESC, applications DESC, s.key
WITH type, count(*) AS total, sum(size(named)) AS edges, collect({{
       properties: properties(s), relationship: relationship, hub: hub, links: links, users: users,
       applications: applications, first_at: first_at, last_at: last_at,
       named: [x IN named WHERE x.application IN $applications OR x.user IN $users]
     }})[..$limit] AS things
RETURN type, total, edges, things ORDER BY type"""


def _links(identifier: Identifier) -> str:
    """How many links `s` had by then; where it has too many today to look through, as many as are looked through."""
    links, most = f"(s)<-[{{0}}:{identifier.relationship}]-()", identifier.bind * LINKS_PER_BIND * LOOKBACK
    return (
        f"CASE WHEN COUNT {{ {links.format('')} }} > {most} THEN {most} "
        f"ELSE COUNT {{ {links.format('x')} WHERE {seen('x')} }} END"
    )


def _things(tx: Transaction, schema: Schema, members: Sequence[Row], asked: Row) -> list[Row]:
    query = things_statement(schema)
    if query is None:
        return []
    applications = [row["application"] for row in members]
    users = sorted({user["key"] for row in members for user in row["users"]})
    return tx.run(query, applications=applications, users=users, **asked)


def _total(members: Sequence[Row], kinds: Sequence[Row]) -> RingTotal:
    first = members[0] if members else {"people": 0, "applications": 0, "submitted": 0}
    by_type = {USER: first["people"], APPLICATION: first["applications"]}
    by_type |= {kind["type"]: kind["total"] for kind in kinds}
    edges = first["submitted"] + sum(kind["edges"] for kind in kinds)
    return RingTotal(sum(by_type.values()), edges, by_type)


def _rank(thing: Row) -> tuple[object, ...]:
    """What comes first is left out last."""
    return (
        thing["hub"],
        -thing["users"],
        -thing["applications"],
        thing["type"],
        thing["properties"]["key"],
    )


def _fit(members: Sequence[Row], things: list[Row], limit: int) -> tuple[list[Row], list[Row]]:
    """The members and things that are shown: `limit` nodes, users included."""
    whole = members[0]["people"] + members[0]["applications"] if members else 0
    kept_things = things[: max(limit - whole, limit // RESERVED, 1)]
    room = limit - len(kept_things)
    kept: list[Row] = []
    users: set[str] = set()
    for row in members:
        named = users | {user["key"] for user in row["users"]}
        if len(kept) + 1 + len(named) > room:
            break
        kept.append(row)
        users = named
    return kept, kept_things


def _drawn(
    schema: Schema, members: Sequence[Row], things: Sequence[Row]
) -> tuple[list[RingNode], list[RingEdge]]:
    edges = [*_submitted(members), *_named(members, things)]
    first: dict[str, int] = {}
    for edge in edges:
        if edge.known_at is not None:
            first[edge.source] = min(edge.known_at, first.get(edge.source, edge.known_at))
    users = dict.fromkeys(user["key"] for row in members for user in row["users"])
    nodes = [RingNode(_id(USER, key), USER, key, key, first.get(_id(USER, key))) for key in users]
    nodes += [_application(schema, row) for row in members]
    nodes += [_thing(schema, row) for row in things]
    return nodes, edges


def _submitted(members: Iterable[Row]) -> list[RingEdge]:
    return [
        RingEdge(
            _id(USER, user["key"]),
            _id(APPLICATION, row["application"]),
            *("SUBMITTED", None, user["known_at"]),
        )
        for row in members
        for user in row["users"]
    ]


def _named(members: Iterable[Row], things: Iterable[Row]) -> list[RingEdge]:
    """Links of the shown members to the shown things, in a canonical order."""
    kept = {_id(APPLICATION, row["application"]) for row in members}
    kept |= {_id(USER, user["key"]) for row in members for user in row["users"]}
    edges = []
    for thing in things:
        target = _id(thing["type"], thing["properties"]["key"])
        for link in thing["named"]:
            application = link["application"]
            source = _id(USER, link["user"]) if application is None else _id(APPLICATION, application)
            if source in kept:
                edges.append(RingEdge(source, target, thing["relationship"], link["role"], link["known_at"]))
    return sorted(edges, key=lambda e: (e.target, e.source, e.role or ""))


def _application(schema: Schema, row: Row) -> RingNode:
    key, properties = row["application"], row["properties"]
    shown = _shown(schema, APPLICATION, properties) | {"since_run": row["since"]}
    if row["outcome"] is not None:
        shown[TARGET] = row["outcome"]
    return RingNode(_id(APPLICATION, key), APPLICATION, key, key, properties.get("known_at"), shown)


def _thing(schema: Schema, row: Row) -> RingNode:
    label, properties = row["type"], row["properties"]
    key = properties["key"]
    shown = _shown(schema, label, properties)
    shown |= {name: row[name] for name in ("users", "applications", "links", "hub")}
    if row["last_at"] is not None:
        shown["last_at"] = row["last_at"]
    return RingNode(_id(label, key), label, key, properties.get("masked") or "***", row["first_at"], shown)


def _shown(schema: Schema, label: str, properties: Row) -> dict[str, Any]:
    """The declared properties that neither identify nor describe a person."""
    names = [
        p.name
        for p in schema.node(label).properties
        if p.personal is Personal.NONE and p.name not in UNEXPORTED
    ]
    return {name: properties[name] for name in names if properties.get(name) is not None}


def _id(type_: str, key: str) -> str:
    return f"{type_}:{key}"
