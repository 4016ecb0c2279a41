"""The Cypher that lists what the users of a ring share, made from the schema."""

from __future__ import annotations

from graph_schema import Schema
from queries.pages import after, order
from queries.sight import LOOKBACK, holds, seen
from rings.bonds import LINKS_PER_BIND

PLACE = (("users", True), ("applications", True), ("type", False), ("key", False))
"""Order of the rows: its columns make the place of each unique."""
PLACE_KINDS = (int, int, str, str)


def evidence(schema: Schema, *, continued: bool = False) -> str | None:
    """The statement that lists what ties the users of the ring `$key` as the run `$run` left it, by what was known
    before `$as_of`: a row per identifier of at least two of them, most users first, at most `$limit`, after the place
    `$after` when `continued`. None when no type binds.

    Identifiers past the links that the finder looks at are left out: what half the town uses is no evidence. As of a day
    before one had more than those, the links seen are counted, unless there are too many to look through.

    All types are one walk: a branch for each took Neo4j seconds to plan on a large graph.
    """
    types = [i for i in schema.identifiers if i.ties]
    if not types:
        return None
    named = "|".join(i.relationship for i in types)
    labels = " ".join(f"WHEN '{i.relationship}' THEN '{i.label}'" for i in types)
    links = " ".join(f"WHEN '{i.label}' THEN COUNT {{ (s)<-[:{i.relationship}]-() }}" for i in types)
    most = " ".join(f"WHEN '{i.label}' THEN {i.bind * LINKS_PER_BIND}" for i in types)
    more = f" AND ({after(PLACE)})" if continued else ""
    return f"""MATCH (:Ring {{key: $key}})<-[m:MEMBER_OF]-(:Application)<-[:SUBMITTED]-(u:User) WHERE {holds("m")}
WITH DISTINCT u
MATCH (u)-[by:SUBMITTED|DID]->(t)-[r:{named}]->(s) WHERE {seen("by")} AND {seen("t")} AND {seen("r")}
WITH s, CASE type(r) {labels} END AS type, s.key AS key, count(DISTINCT u) AS users,
     count(DISTINCT CASE WHEN t:Application THEN t END) AS applications,
     min(r.known_at) AS first_at, max(r.known_at) AS last_at
WHERE users > 1{more}
WITH *, CASE type {links} END AS links, CASE type {most} END AS most
WHERE links <= most
   OR links <= most * {LOOKBACK} AND COUNT {{ (s)<-[x:{named}]-() WHERE {seen("x")} }} <= most
RETURN type, key, s.masked AS masked, users, applications, first_at, last_at
ORDER BY {order(PLACE)} LIMIT $limit"""
