"""Cypher derived from the schema: constraints, and every statement that a load runs.

Labels, relationship types and property names come from validated declarations only; values are parameters.
Rows travel as columns, one list a property, which is a third of the bytes of a map a row. Nodes made or found
in a transaction are named by their internal id for the rest of it: no key is looked up twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph_schema.model import SUMMARISED, Identifier, Relationship, Schema

_EACH = "UNWIND range(0, size($key) - 1) AS i"
_IDS = "RETURN collect($key[i]) AS keys, collect(id(n)) AS ids"


def constraints(schema: Schema) -> list[str]:
    """One uniqueness constraint a label, on `key`."""
    return [
        f"CREATE CONSTRAINT {label.lower()}_key IF NOT EXISTS FOR (n:{label}) REQUIRE n.key IS UNIQUE"
        for label in schema.by_label
    ]


def indexes(schema: Schema) -> list[str]:
    """Further indexes: the order of facts, for reads by time; what the list of rings begins with, as they are and as
    they were; the last run known by a moment."""
    ordered = [
        f"CREATE INDEX {label.lower()}_known_at IF NOT EXISTS FOR (n:{label}) ON (n.known_at, n.seq)"
        for label in schema.tied
    ]
    listed = [
        f"CREATE INDEX {label.lower()}_listed IF NOT EXISTS FOR (n:{label}) ON (n.listed, n.{then})"
        for label, then in (("Ring", "score"), ("RingState", "until"))
        if label in schema.by_label
    ]
    runs = ["CREATE INDEX ringrun_known_at IF NOT EXISTS FOR (n:RingRun) ON (n.known_at)"]
    return [*ordered, *listed, *(runs if "RingRun" in schema.by_label else [])]


def held(label: str) -> str:
    """Whether the graph holds a node of that label, from the count store."""
    return f"RETURN COUNT {{ (:{label}) }} > 0 AS held"


def standing_nodes(label: str) -> str:
    """`$key` → (key, digest, id) of those that stand."""
    return f"UNWIND $key AS key MATCH (n:{label} {{key: key}}) RETURN key, n.digest AS digest, id(n) AS id"


def lock_nodes(label: str) -> str:
    """`$key`: hold these nodes until the transaction ends."""
    return f"UNWIND $key AS key MATCH (n:{label} {{key: key}}) SET n._lock = true REMOVE n._lock"


def merge_nodes(label: str, properties: Iterable[str]) -> str:
    """Columns `$key`, …: nodes that come to be when something names them; those that stand stay. → (keys, ids)"""
    return f"{_EACH} MERGE (n:{label} {{key: $key[i]}}) ON CREATE SET n += {_map(properties)} {_IDS}"


def create_nodes(label: str, properties: Iterable[str]) -> str:
    """Columns: nodes known not to stand. A concurrent writer makes this fail and be tried again. → (keys, ids)"""
    return f"{_EACH} CREATE (n:{label} {_map(properties)}) {_IDS}"


def fill_nodes(label: str, properties: Iterable[str]) -> str:
    """Columns: nodes that stand as a bare name get their content. → (keys, ids)"""
    return f"{_EACH} MATCH (n:{label} {{key: $key[i]}}) SET n += {_map(properties)} {_IDS}"


def create_links(link: Relationship, properties: Iterable[str]) -> str:
    """Columns `$start`, `$end` (internal ids), …: relationships known not to stand."""
    return f"{_ends()} CREATE (a)-[r:{link.type} {_map(properties)}]->(b)"


def merge_links(link: Relationship, properties: Iterable[str]) -> str:
    """As `create_links`, for relationships that another load may be making too."""
    same = _map(link.identity)
    return f"{_ends()} MERGE (a)-[r:{link.type} {same}]->(b) ON CREATE SET r += {_map(properties)}"


def hub_candidates(statement: str, identifier: Identifier) -> str:
    """`statement` makes links to identifiers; → `id` of those past `$walk` links whose `hub_since` it may change.

    Near the limit they are held until the transaction ends: of two writers the second counts the first's links.
    """
    count = f"COUNT {{ (b)<-[:{identifier.relationship}]-() }}"
    return (
        f"{statement} WITH b, r WHERE b.hub_since IS NULL OR r.known_at < b.hub_since "
        "OR (r.known_at = b.hub_since AND r.seq < b.hub_seq) "
        f"WITH DISTINCT b WHERE {count} > $walk / 8 "
        f"SET b._lock = true REMOVE b._lock WITH b WHERE {count} > $walk RETURN id(b) AS id"
    )


def mark_hubs(identifier: Identifier) -> str:
    """`$id`, `$walk`: set the point at which each identifier passed its `walk`."""
    dated = f"(n)<-[r:{identifier.relationship}]-() WHERE r.known_at IS NOT NULL"
    return (
        "UNWIND $id AS id MATCH (n) WHERE id(n) = id "
        f"CALL (n) {{ MATCH {dated} RETURN r.known_at AS at, r.seq AS seq ORDER BY at, seq SKIP $walk LIMIT 1 }} "
        "SET n.hub_since = at, n.hub_seq = seq"
    )


def write_summaries(identifier: Identifier) -> str:
    """Columns `$key` (of identifiers), …, with `$day`: what hubs were like on a day, known to nobody yet; what stands stays."""
    figures = ("applications", "users", "newcomers", "busiest_hour")
    label = identifier.label
    return (
        f"{_EACH} MATCH (n:{label} {{key: $key[i]}}) "
        f"MERGE (s:HubSummary {{key: '{label}:' + $key[i] + '@' + toString($day)}}) "
        f"ON CREATE SET s += {_map(figures)}, s.day = $day "
        f"MERGE (n)-[:{SUMMARISED}]->(s) RETURN count(*) AS rows"
    )


def know_summaries(identifier: Identifier) -> str:
    """`$keys` of identifiers, `$day`, `$known_at`: from when their summaries are known, once. → made"""
    return (
        f"UNWIND $keys AS key MATCH (s:HubSummary {{key: '{identifier.label}:' + key + '@' + toString($day)}}) "
        "WHERE s.known_at IS NULL SET s.known_at = $known_at RETURN count(*) AS made"
    )


def standing_links(link: Relationship) -> str:
    """Columns `$start`, `$end` (keys) and the identity → (i, digest) of the relationships that stand."""
    same = " AND ".join(f"r.{name} = ${name}[i]" for name in link.identity)
    return (
        f"UNWIND range(0, size($start) - 1) AS i MATCH (a:{link.start} {{key: $start[i]}})-[r:{link.type}]->"
        f"(b:{link.end} {{key: $end[i]}}) {'WHERE ' + same if same else ''} "
        "RETURN i, r.digest AS digest"
    )


def _ends() -> str:
    return "UNWIND range(0, size($start) - 1) AS i MATCH (a) WHERE id(a) = $start[i] MATCH (b) WHERE id(b) = $end[i]"


def _map(properties: Iterable[str]) -> str:
    return "{" + ", ".join(f"{name}: ${name}[i]" for name in properties) + "}"
