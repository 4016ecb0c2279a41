"""The Cypher that lists what the users of a ring share, made from the schema."""

from __future__ import annotations

from graph_schema import Identifier, Schema
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

    Identifiers past the links that the finder looks at are left out: what half the town uses is no evidence.
    """
    types = [i for i in schema.identifiers if i.ties]
    if not types:
        return None
    reached = "\n  UNION ALL\n  ".join(
        f"MATCH (u)-[by:SUBMITTED|DID]->(t)-[r:{i.relationship}]->(s:{i.label}) "
        f"WHERE {seen('by')} AND {seen('t')} AND {seen('r')} AND {_within(i)} "
        f"RETURN '{i.label}' AS type, s, t, r.known_at AS at"
        for i in types
    )
    more = f" AND ({after(PLACE)})" if continued else ""
    return f"""MATCH (:Ring {{key: $key}})<-[m:MEMBER_OF]-(:Application)<-[:SUBMITTED]-(u:User) WHERE {holds("m")}
WITH DISTINCT u
CALL (u) {{
  {reached}
}}
WITH type, s, s.key AS key, count(DISTINCT u) AS users,
     count(DISTINCT CASE WHEN t:Application THEN t END) AS applications, min(at) AS first_at, max(at) AS last_at
WHERE users > 1{more}
RETURN type, key, s.masked AS masked, users, applications, first_at, last_at
ORDER BY {order(PLACE)} LIMIT $limit"""


def _within(identifier: Identifier) -> str:
    """Whether two links and more name `s`, and no more than are looked at; as of a day before it had more today, those
    seen are counted, unless it has too many to look through."""
    most = identifier.bind * LINKS_PER_BIND
    links = f"(s)<-[{{0}}:{identifier.relationship}]-()"
    return (
        f"COUNT {{ {links.format('')} }} > 1 AND (COUNT {{ {links.format('')} }} <= {most} "
        f"OR COUNT {{ {links.format('')} }} <= {most * LOOKBACK} "
        f"AND COUNT {{ {links.format('x')} WHERE {seen('x')} }} <= {most})"
    )
