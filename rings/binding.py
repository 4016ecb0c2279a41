"""Which links hold a ring together, and the Cypher that says so, made from the schema.

An identifier's links in the order (known_at, seq, key of the application or event), undated ones last in key
order; the first `bind` of them bind. A link's `role` must be one of the binding roles, where the identifier
declares some; links of other roles neither bind nor count. A user ties all applications and events of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph_schema import Schema


@dataclass(frozen=True)
class Link:
    """One link to an identifier, as far as binding asks."""

    key: str
    """Key of the application or event."""
    known_at: int | None = None
    seq: int | None = None
    role: str | None = None
    event: bool = False
    """Whether an event made it; of two links equal in all else, the application's comes first."""


@dataclass(frozen=True)
class Binding:
    """How one identifier type binds. All names come from a validated schema."""

    label: str
    relationship: str
    limit: int
    roles: tuple[str, ...]
    """The roles that bind; empty: all."""

    @property
    def role_filter(self) -> str:
        """The condition on the relationship `r`; empty when every role binds."""
        if not self.roles:
            return ""
        return f"r.role IN [{', '.join(repr(role) for role in self.roles)}]"


def bindings(schema: Schema) -> tuple[Binding, ...]:
    """The identifier types of `schema` that bind at all, in the order of its declaration."""
    return tuple(
        Binding(i.label, i.relationship, i.bind, i.binding_roles) for i in schema.identifiers if i.bind > 0
    )


def binding_links(links: Iterable[Link], limit: int, roles: tuple[str, ...] = ()) -> list[Link]:
    """Those of one identifier's `links` that bind: the rule itself, which the Cypher below repeats."""
    able = (link for link in links if not roles or link.role in roles)
    return sorted(able, key=_order)[:limit]


def _order(link: Link) -> tuple[bool, int, bool, int, str, bool]:
    return (
        link.known_at is None,
        link.known_at or 0,
        link.seq is None,
        link.seq or 0,
        link.key,
        link.event,
    )


def projection(schema: Schema) -> str:
    """The statement that projects the binding links into the GDS graph `$projection`, applications and events as
    targets, identifiers and users as sources.

    What has one link only binds nothing and is left out by its degree, which the store keeps. Identifiers
    within their limit, nearly all, are read without a sort.
    """
    branches = [branch for binding in bindings(schema) for branch in _branches(binding)]
    branches.append(
        "MATCH (u:User) WHERE COUNT { (u)-[:SUBMITTED]->() } + COUNT { (u)-[:DID]->() } > 1\n"
        "  MATCH (u)-[:SUBMITTED|DID]->(t) RETURN u AS s, t"
    )
    union = "\n  UNION ALL\n  ".join(branches)
    return f"CALL () {{\n  {union}\n}}\nRETURN gds.graph.project($projection, s, t) AS projected"


def _branches(binding: Binding) -> tuple[str, str]:
    degree = f"COUNT {{ (s)<-[:{binding.relationship}]-() }}"
    within = (
        f"MATCH (s:{binding.label}) WHERE 1 < {degree} <= {binding.limit}\n"
        f"  MATCH {_links(binding)} RETURN s, t"
    )
    beyond = (
        f"MATCH (s:{binding.label}) WHERE {degree} > {binding.limit}\n"
        f"  CALL (s) {{ MATCH {_links(binding)} {_first(binding)} RETURN t }} RETURN s, t"
    )
    return within, beyond


def _links(binding: Binding) -> str:
    where = f" WHERE {binding.role_filter}" if binding.roles else ""
    return f"(s)<-[r:{binding.relationship}]-(t){where}"


def _first(binding: Binding) -> str:
    # Ascending order puts what is missing last, as the rule wants it.
    return f"WITH r, t ORDER BY r.known_at, r.seq, t.key, t:Event LIMIT {binding.limit}"


def shared_counts(schema: Schema) -> str:
    """The statement that counts, per component of `$components` of the projected graph `$projection`, the
    identifiers that bind at least two of its users who applied: `component, type, identifiers`.
    """
    types = bindings(schema)
    links = "\n  UNION ALL\n  ".join(f"MATCH {_links(b)} {_first(b)} RETURN t" for b in types)
    case = " ".join(f"WHEN s:{b.label} THEN '{b.label}'" for b in types)
    return f"""CALL gds.graph.nodeProperty.stream($projection, 'component') YIELD nodeId, propertyValue
WITH nodeId, propertyValue AS component WHERE component IN $components
WITH gds.util.asNode(nodeId) AS s, component WHERE s:{"|".join(b.label for b in types)}
CALL (s) {{
  {links}
}}
MATCH (u:User)-[:SUBMITTED|DID]->(t) WHERE COUNT {{ (u)-[:SUBMITTED]->() }} > 0
WITH component, s, count(DISTINCT u) AS users WHERE users > 1
RETURN component, CASE {case} END AS type, count(s) AS identifiers"""


def size(schema: Schema) -> str:
    """The statement that bounds the projection from above, from the store's counts: `nodes, links`."""
    types = bindings(schema)
    labels = ("User", *schema.tied, *(b.label for b in types))
    relationships = ("SUBMITTED", "DID", *(b.relationship for b in types))
    nodes = " + ".join(f"COUNT {{ (:{label}) }}" for label in labels)
    links = " + ".join(f"COUNT {{ ()-[:{name}]->() }}" for name in relationships)
    return f"RETURN {nodes} AS nodes, {links} AS links"


def evidence(schema: Schema) -> str:
    """The statement that lists what binds the users of the ring `$key` as run `$run` left it: a row per
    identifier with at least two of them, most users first, from `$skip` at most `$limit`.
    """
    types = bindings(schema)
    reached = "\n  UNION\n  ".join(
        f"MATCH (u)-[:SUBMITTED|DID]->()-[:{b.relationship}]->(s:{b.label}) "
        f"WHERE COUNT {{ (s)<-[:{b.relationship}]-() }} > 1 RETURN '{b.label}' AS type, s"
        for b in types
    )
    links = "\n  UNION ALL\n  ".join(
        f"MATCH {_links(b)} {_first(b)} RETURN t, r.known_at AS at" for b in types
    )
    return f"""MATCH (:Ring {{key: $key}})<-[m:MEMBER_OF]-(:Application)<-[:SUBMITTED]-(u:User)
WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
WITH DISTINCT u
CALL (u) {{
  {reached}
}}
WITH DISTINCT type, s
CALL (s) {{
  {links}
}}
MATCH (p:User)-[:SUBMITTED|DID]->(t)
WHERE EXISTS {{
  MATCH (p)-[:SUBMITTED]->(:Application)-[m:MEMBER_OF]->(:Ring {{key: $key}})
  WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
}}
WITH type, s, count(DISTINCT p) AS users,
     count(DISTINCT CASE WHEN t:Application THEN t END) AS applications, min(at) AS first_at, max(at) AS last_at
WHERE users > 1
RETURN type, s.key AS key, s.masked AS masked, users, applications, first_at, last_at
ORDER BY users DESC, applications DESC, type, key SKIP $skip LIMIT $limit"""
