"""Cypher derived from the schema: every statement that reads the graph whole, a block of internal ids at a time.

A block comes back as one row of columns, a list a property, which is seven times as fast as a row a node. Lists are
made by comprehension and not by `collect`, which would leave out what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable

TAKEN = "(x.load IN $loads OR (x.load IN $online AND x.known_at >= $since AND x.known_at < $until))"
"""Whether a node or relationship belongs to these loads, or arrived in this time."""
RECORDED = "CASE WHEN x.load IN $online THEN x.known_at / 86400000000 ELSE -1 - coalesce(x.load, 0) END"
"""When it was recorded: the day (since 1970) that it arrived on, or of a file load -1 - its number."""


def node_places() -> str:
    """`$first`, `$last`, `$labels`, `$every` and what `TAKEN` names → (label, recorded, ids)."""
    return (
        "UNWIND range($first, $last) AS id MATCH (x) WHERE id(x) = id WITH x, labels(x)[0] AS label "
        f"WHERE label IN $labels AND ($every OR {TAKEN}) "
        f"WITH label, {RECORDED} AS recorded, id(x) AS id RETURN label, recorded, collect(id) AS ids"
    )


def nodes_of(label: str) -> str:
    """Internal ids of all nodes of a label that has few → ids."""
    return f"MATCH (x:{label}) RETURN collect(id(x)) AS ids"


def link_places() -> str:
    """`$first`, `$last`, `$types` and what `TAKEN` names: relationships with a load of their own, and those that
    an arrival before `$since` was given later → (type, start, end, recorded, ids)."""
    return (
        "UNWIND range($first, $last) AS id MATCH (a)-[x]->(b) WHERE id(x) = id AND type(x) IN $types "
        f"AND {_LATER} {_PLACED}"
    )


def few_link_places(type_: str) -> str:
    """As `link_places`, of one type of which there are few."""
    return f"MATCH (a)-[x:{type_}]->(b) WHERE {_LATER} {_PLACED}"


_LATER = (
    f"({TAKEN} OR (x.load IS NULL AND a.load IN $online AND a.known_at < $since "
    "AND x.known_at >= $since AND x.known_at < $until))"
)
_PLACED = (
    "WITH type(x) AS type, labels(a)[0] AS start, labels(b)[0] AS end, "
    f"CASE WHEN x.load IS NULL THEN x.known_at / 86400000000 ELSE {RECORDED} END AS recorded, id(x) AS id "
    "RETURN type, start, end, recorded, collect(id) AS ids"
)


def node_columns(properties: Iterable[str]) -> str:
    """`$ids` → (_id, a column a property), in the order of `$ids`."""
    columns = "".join(f", [x IN found | x.{name}] AS {name}" for name in properties)
    return (
        "UNWIND $ids AS id MATCH (x) WHERE id(x) = id WITH collect(x) AS found "
        f"RETURN [x IN found | id(x)] AS _id{columns}"
    )


def links_from(types: Iterable[str], properties: Iterable[str]) -> str:
    """`$ids` of start nodes, `$loads`, `$online`, `$until`: their relationships of some types known by then, a row a
    type → (_type, _start, _end, …). A node's chain of relationships is walked once for all types."""
    known = (
        "((r.load IS NULL AND (NOT coalesce(a.load, 0) IN $online OR r.known_at < $until)) "
        "OR r.load IN $loads OR (r.load IN $online AND r.known_at < $until))"
    )
    return (
        f"UNWIND $ids AS id MATCH (a) WHERE id(a) = id MATCH (a)-[r:{'|'.join(types)}]->(b) WHERE {known} "
        "WITH type(r) AS _type, collect(id(a)) AS _start, collect(id(b)) AS _end, collect(r) AS links "
        f"RETURN _type, _start, _end{_of_links(properties)}"
    )


def links_between(type_: str, end: str, properties: Iterable[str]) -> str:
    """`$ids` of start nodes: all their relationships of a type that lead to `end` → (_start, _end, …)."""
    return f"UNWIND $ids AS id MATCH (a) WHERE id(a) = id MATCH (a)-[r:{type_}]->(b:{end}) {_link_columns(properties)}"


def links_of_end(type_: str, start: str, properties: Iterable[str]) -> str:
    """`$ids` of end nodes: all their relationships of a type that begin at `start` → (_start, _end, …)."""
    return (
        f"UNWIND $ids AS id MATCH (b) WHERE id(b) = id MATCH (a:{start})-[r:{type_}]->(b) "
        f"{_link_columns(properties)}"
    )


def links_by_id(properties: Iterable[str]) -> str:
    """`$ids` of relationships → (_start, _end, …)."""
    return f"UNWIND $ids AS id MATCH (a)-[r]->(b) WHERE id(r) = id {_link_columns(properties)}"


def count_links(type_: str) -> str:
    """How many relationships of a type there are, from the count store → count."""
    return f"MATCH ()-[r:{type_}]->() RETURN count(r) AS count"


def count_given(label: str, mark: str) -> str:
    """How many nodes of a label that are meant have the property `mark` → count."""
    return f"MATCH (x:{label}) WHERE x.{mark} IS NOT NULL AND {TAKEN} RETURN count(x) AS count"


def given_places(mark: str) -> str:
    """As `node_places`, those that have the property `mark`."""
    return node_places().replace("WITH label,", f"AND x.{mark} IS NOT NULL WITH label,", 1)


def marked(label: str, mark: str) -> str:
    """Internal ids of the few nodes that have the property `mark` → ids."""
    return f"MATCH (x:{label}) WHERE x.{mark} IS NOT NULL RETURN collect(id(x)) AS ids"


def _link_columns(properties: Iterable[str]) -> str:
    return (
        "WITH collect(id(a)) AS _start, collect(id(b)) AS _end, collect(r) AS links "
        f"RETURN _start, _end{_of_links(properties)}"
    )


def _of_links(properties: Iterable[str]) -> str:
    return "".join(f", [x IN links | x.{name}] AS {name}" for name in properties)
