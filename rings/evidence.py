"""The Cypher that lists what the users of a ring share, made from the schema."""

from __future__ import annotations

from graph_schema import Schema
from rings.bonds import LINKS_PER_BIND


def evidence(schema: Schema) -> str | None:
    """The statement that lists what ties the users of the ring `$key` as run `$run` left it: a row per identifier
    of at least two of them, most users first, from `$skip` at most `$limit`. None when no type binds.

    Identifiers past the links that the finder looks at are left out: what half the town uses is no evidence.
    """
    types = [i for i in schema.identifiers if i.ties]
    if not types:
        return None
    reached = "\n  UNION ALL\n  ".join(
        f"MATCH (u)-[:SUBMITTED|DID]->(t)-[r:{i.relationship}]->(s:{i.label}) "
        f"WHERE 1 < COUNT {{ (s)<-[:{i.relationship}]-() }} <= {i.bind * LINKS_PER_BIND} "
        f"RETURN '{i.label}' AS type, s, t, r.known_at AS at"
        for i in types
    )
    return f"""MATCH (:Ring {{key: $key}})<-[m:MEMBER_OF]-(:Application)<-[:SUBMITTED]-(u:User)
WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
WITH DISTINCT u
CALL (u) {{
  {reached}
}}
WITH type, s, count(DISTINCT u) AS users,
     count(DISTINCT CASE WHEN t:Application THEN t END) AS applications, min(at) AS first_at, max(at) AS last_at
WHERE users > 1
RETURN type, s.key AS key, s.masked AS masked, users, applications, first_at, last_at
ORDER BY users DESC, applications DESC, type, key SKIP $skip LIMIT $limit"""
