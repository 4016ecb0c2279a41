"""The statements that read one thing as of a moment, made from the schema: a mapping may declare more identifiers.

Parameters: `$key`, `$as_of`, `$run`, `$walk` (by label), `$listed` (rows of a list), `$most` (what is gone through of a
user).
"""

from __future__ import annotations

from graph_schema import Identifier, Schema
from queries.pages import after, order
from queries.sight import holds, link_types, links_of, seen

LATE = 2**62
"""Stands for the time of what has none, so that it comes last."""
APPLICATIONS_ORDER = (("at", False), ("nth", False), ("key", True))
"""A user's applications, newest first: `at` and `nth` are the negated time and place, the greatest key first."""
NEWEST = "{0}.known_at IS NULL, {0}.known_at DESC, {0}.seq DESC, {0}.key"
"""Order in which the latest of several outcomes comes first."""


def application_text(schema: Schema) -> str:
    """→ node, users, links, outcomes, rings; no row when it was not known."""
    return f"""MATCH (a:Application {{key: $key}}) WHERE {seen("a")}
RETURN a {{.*}} AS node,
  COLLECT {{ MATCH (u:User)-[s:SUBMITTED]->(a) WHERE {seen("s")} RETURN u.key ORDER BY u.key LIMIT $listed }} AS users,
  COLLECT {{
    MATCH (a)-[r:{link_types(schema)}]->(i) WHERE {seen("r")}
    WITH r, i, head(labels(i)) AS type ORDER BY type, r.known_at, r.seq, r.role, i.key LIMIT $listed
    RETURN {{type: type, key: i.key, masked: i.masked, relation: type(r), role: r.role, known_at: r.known_at,
            hub_since: i.hub_since, links: {links_of("i", schema.identifiers)}}}
  }} AS links,
  COLLECT {{
    MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE {seen("o")}
    WITH o ORDER BY {NEWEST.format("o")} LIMIT $listed
    RETURN {{target: o.target, value: o.value, source: o.source, event_at: o.event_at, known_at: o.known_at}}
  }} AS outcomes,
  {_rings("WITH a")} AS rings"""


def user_text(schema: Schema) -> str:
    """→ node, applications, events, relations (counts up to `$most` and one), identifiers, rings; no row when nothing
    of theirs was known."""
    counts = ",\n     ".join(
        f"COUNT {{ {match} WITH 1 AS one LIMIT $most + 1 RETURN one }} AS {name}"
        for name, match in {
            "applications": f"MATCH (u)-[s:SUBMITTED]->(t) WHERE {seen('s')} AND {seen('t')}",
            "events": f"MATCH (u)-[s:DID]->(t) WHERE {seen('s')} AND {seen('t')}",
            "relations": f"MATCH (u)-[s:RELATED_TO]-() WHERE {seen('s')}",
        }.items()
    )
    return f"""MATCH (u:User {{key: $key}})
WITH u, {counts}
WITH * WHERE applications + events + relations > 0
RETURN u {{.*}} AS node, applications, events, relations,
  COLLECT {{
    {_newest("SUBMITTED|DID", "t")}
    MATCH (t)-[r:{link_types(schema)}]->(i) WHERE {seen("r")}
    WITH i, head(labels(i)) AS type, i.key AS key, count(DISTINCT t) AS named, min(r.known_at) AS first_at,
         max(r.known_at) AS last_at, collect(DISTINCT r.role) AS roles
    ORDER BY named DESC, type, key LIMIT $listed
    RETURN {{type: type, key: key, masked: i.masked, roles: roles, applications: named, first_at: first_at,
            last_at: last_at, hub_since: i.hub_since, links: {links_of("i", schema.identifiers)}}}
  }} AS identifiers,
  {_rings(_newest("SUBMITTED", "a"))} AS rings"""


def _newest(relations: str, name: str) -> str:
    return (
        f"MATCH (u)-[s:{relations}]->({name}) WHERE {seen('s')} AND {seen(name)} "
        f"WITH {name} ORDER BY {NEWEST.format(name)} LIMIT $most"
    )


def applications_text(*, continued: bool) -> str:
    """A page of the user's applications: `$limit`, and `$after` when `continued`."""
    more = f"WHERE {after(APPLICATIONS_ORDER)}" if continued else ""
    return f"""MATCH (:User {{key: $key}})-[s:SUBMITTED]->(a:Application) WHERE {seen("s")} AND {seen("a")}
WITH a, a.key AS key, coalesce(-a.known_at, {LATE}) AS at, coalesce(-a.seq, {LATE}) AS nth {more}
ORDER BY {order(APPLICATIONS_ORDER)} LIMIT $limit
RETURN key, a.source AS source, a.id AS id, a.known_at AS known_at, a.seq AS seq, a.lender AS lender,
       a.product AS product, a.amount_cents AS amount_cents, at, nth,
  COLLECT {{
    MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE {seen("o")}
    WITH o ORDER BY {NEWEST.format("o")}
    WITH o.target AS target, collect(o.value)[0] AS value ORDER BY target LIMIT 50
    RETURN {{target: target, value: value}}
  }} AS outcomes,
  head(COLLECT {{ MATCH (a)-[m:MEMBER_OF]->(r:Ring) WHERE {holds("m")} RETURN r.key ORDER BY r.key }}) AS ring
ORDER BY {order(APPLICATIONS_ORDER)}"""


def identifier_text(schema: Schema, kind: Identifier) -> str:
    """→ node, links; no row when nothing had named it."""
    others = " ".join(
        f"OR EXISTS {{ (i)-[x:{link.type}]-() WHERE {seen('x')} }}"
        for link in schema.links
        if kind.label in (link.start, link.end)
    )
    return f"""MATCH (i:{kind.label} {{key: $key}})
WHERE i.hub_since < $as_of OR EXISTS {{ (i)<-[x:{kind.relationship}]-(y) WHERE {seen("x")} AND {seen("y")} }} {others}
RETURN i {{.*}} AS node, {links_of("i", [kind])} AS links"""


def uses_text(kind: Identifier) -> str:
    """What names an identifier that is no hub: → applications, events, users, first_at, last_at, outcomes, rings."""
    return f"""MATCH (i:{kind.label} {{key: $key}})
CALL (i) {{
  MATCH (i)<-[r:{kind.relationship}]-(t) WHERE {seen("r")} AND {seen("t")}
  RETURN collect(DISTINCT t) AS named, min(r.known_at) AS first_at, max(r.known_at) AS last_at
}}
RETURN first_at, last_at, size([t IN named WHERE t:Application]) AS applications,
  size([t IN named WHERE t:Event]) AS events,
  COUNT {{ UNWIND named AS t MATCH (u:User)-[s:SUBMITTED|DID]->(t) WHERE {seen("s")} RETURN DISTINCT u }} AS users,
  COLLECT {{
    UNWIND named AS t
    MATCH (t)-[:HAD_OUTCOME]->(o:Outcome) WHERE {seen("o")}
    WITH t, o ORDER BY {NEWEST.format("o")}
    WITH t, o.target AS target, collect(o.value)[0] AS value
    WITH target, count(*) AS known, sum(CASE WHEN value > 0 THEN 1 ELSE 0 END) AS positive ORDER BY target LIMIT $listed
    RETURN {{target: target, known: known, positive: positive}}
  }} AS outcomes,
  {_rings("UNWIND named AS a")} AS rings"""


def _rings(applications: str) -> str:
    """The rings of applications as the run `$run` left them, most members first; `applications` gives them as `a`."""
    return f"""COLLECT {{
    {applications}
    MATCH (a)-[m:MEMBER_OF]->(r:Ring) WHERE {holds("m")}
    MATCH (r)-[:WAS]->(s:RingState) WHERE {holds("s", "run")}
    WITH r.key AS ring, s, count(a) AS members, min(m.since) AS since ORDER BY members DESC, ring LIMIT $listed
    RETURN {{key: ring, score: s.score, listed: s.listed, applications: s.applications, users: s.users,
            members: members, since: since}}
  }}"""
