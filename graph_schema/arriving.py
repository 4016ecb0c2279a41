"""Cypher for arrivals, derived from the schema: hold what a fact names, then write it at a point above all of it.

Nodes are held in the order of label and key, applications first, so that two arrivals wait for each other and never in
a circle. A hub is not held: nothing is read through it. What was held tells its newest link, read after it is held.

The key of what arrives comes in a map, `$it`: a statement is planned anew for a text parameter about ten times as long (to 1, 10,
100, 1,000 characters), which costs somebody seconds; what stands in a map has no such length.
"""

from __future__ import annotations

from core.clock import MINUTE
from core.graph import KEEP_PLAN
from graph_schema.model import Identifier, Schema

LEAD = MINUTE
"""Arrivals don't wait for a run of the ring finder, nor for a day's summaries: beside them these count so long after they
were written (µs). Clocks must not differ by more."""
DONE = {"Application": "SUBMITTED", "Event": "DID"}
USER = "User"
_HOLD = "SET {0}._lock = true REMOVE {0}._lock"
_HOLD_UNLESS_HUB = "CALL (n, hub) { WITH * WHERE NOT hub SET n._lock = true REMOVE n._lock }"
"""Not by FOREACH: of what stands in a list Neo4j does not know that it is a node, and locks more than the node; whoever
holds it and links to it then waits for those who wait for it."""


def hold_named(schema: Schema, label: str) -> str:
    """Hold the user and identifiers that a new application or event names, made where they do not stand.

    `$it` {key}, `$load`, and `$named`: for each label maps {key, properties}, in order of key. → label, key, id, last (µs: its
    newest link; of a hub when it became one); and last a row of the label `label` itself: id, last (its point), seq and
    digest of what stands by that key.
    """
    kinds = {identifier.label: identifier for identifier in schema.identifiers}
    branches = [_held(name, kinds.get(name)) for name in sorted([*kinds, USER])]
    own = (
        f"OPTIONAL MATCH (n:{label} {{key: $it.key}}) RETURN '{label}' AS label, n.key AS key, id(n) AS id, "
        "n.known_at AS last, n.seq AS seq, n.digest AS digest"
    )
    return KEEP_PLAN + "\nUNION ALL\n".join([*branches, own])


def _held(label: str, kind: Identifier | None) -> str:
    hub = "n.hub_since IS NOT NULL" if kind else "false"
    newest, last = _newest(kind), "coalesce(last, n.hub_since)" if kind else "last"
    return f"""UNWIND $named.{label} AS row
MERGE (n:{label} {{key: row.key}}) ON CREATE SET n += row.properties, n.load = $load
WITH n, {hub} AS hub
{_HOLD_UNLESS_HUB}
WITH n, hub
{newest}
RETURN '{label}' AS label, n.key AS key, id(n) AS id, {last} AS last, null AS seq, null AS digest"""


def _newest(kind: Identifier | None) -> str:
    """`last`: the newest link of `n`, null where it is a hub (`hub`) or has none."""
    links = f"<-[r:{kind.relationship}]-()" if kind else "-[r:SUBMITTED|DID]->()"
    return f"CALL (n, hub) {{ WITH * WHERE NOT hub MATCH (n){links} RETURN max(r.known_at) AS last }}"


def hold_about(schema: Schema) -> str:
    """Hold an application (`$it`) and whatever others see it through, for an outcome.

    → id, last (µs: the newest of its own point and outcomes, the links of all of them, and when hubs among them became so); no row when it does not stand. One that names nobody is held alone.
    """
    types = "|".join(identifier.relationship for identifier in schema.identifiers)
    return f"""{KEEP_PLAN}MATCH (a:Application {{key: $it.key}})
{_HOLD.format("a")}
WITH a
CALL (a) {{
  MATCH (a)-[:{types}]->(n) RETURN DISTINCT n, head(labels(n)) AS label
  UNION
  MATCH (a)<-[:SUBMITTED]-(n) RETURN n, '{USER}' AS label
  UNION
  RETURN null AS n, null AS label
}}
WITH a, n, n.hub_since IS NOT NULL AS hub ORDER BY label, n.key
{_HOLD_UNLESS_HUB}
WITH a, collect(CASE WHEN NOT hub THEN n END) AS held, max(n.hub_since) AS hubs
CALL (held) {{
  UNWIND held AS n MATCH (n)-[r:{types}|SUBMITTED|DID]-() RETURN max(r.known_at) AS newest
}}
CALL (a) {{ MATCH (a)-[:HAD_OUTCOME]->(o) RETURN max(o.known_at) AS told }}
UNWIND [newest, hubs, a.known_at, told] AS moment
RETURN id(a) AS id, max(moment) AS last"""


def hold_amended(kind: Identifier) -> str:
    """Hold an application (`$it`) and an identifier that is added to it (`$named`, one map). → id, last, other (id of
    the identifier), and of the link that stands: standing, known_at, seq, digest."""
    role = " {role: $role}" if kind.roles else ""
    return f"""MATCH (a:Application {{key: $it.key}})
{_HOLD.format("a")}
WITH a
MERGE (n:{kind.label} {{key: $named.key}}) ON CREATE SET n += $named.properties, n.load = $load
WITH a, n, n.hub_since IS NOT NULL AS hub
{_HOLD_UNLESS_HUB}
WITH a, n, hub
{_newest(kind)}
WITH a, n, coalesce(last, n.hub_since) AS newest
OPTIONAL MATCH (a)-[r:{kind.relationship}{role}]->(n)
RETURN id(a) AS id, CASE WHEN newest > a.known_at THEN newest ELSE coalesce(a.known_at, newest) END AS last,
  id(n) AS other, r IS NOT NULL AS standing, r.known_at AS known_at, r.seq AS seq, r.digest AS digest LIMIT 1"""


def write_named(schema: Schema, label: str) -> str:
    """Write an application or event: `$properties`, `$known_at`, `$seq`, `$links`: for each label maps {id, role}, and
    `$walk` by label. → past: pairs (label, id) of identifiers with more links than `walk` that are no hub yet."""
    parts = [
        f"""CALL (a) {{ UNWIND $links.{USER} AS row MATCH (n) WHERE id(n) = row.id
  CREATE (n)-[:{DONE[label]} {{known_at: $known_at, seq: $seq}}]->(a) }}"""
    ]
    past = []
    for identifier in schema.identifiers:
        name, type_ = identifier.label, identifier.relationship
        role = "role: row.role, " if identifier.roles else ""
        parts.append(
            f"""CALL (a) {{ UNWIND $links.{name} AS row MATCH (n) WHERE id(n) = row.id
  CREATE (a)-[:{type_} {{{role}known_at: $known_at, seq: $seq}}]->(n) }}"""
        )
        past.append(
            f"""UNWIND $links.{name} AS row MATCH (n) WHERE id(n) = row.id AND n.hub_since IS NULL
    AND COUNT {{ (n)<-[:{type_}]-() }} > $walk.{name}
  RETURN '{name}' AS name, row.id AS over"""
        )
    made, counted = "\n".join(parts), "\n  UNION ALL\n  ".join(past)
    return f"""{KEEP_PLAN}CREATE (a:{label}) SET a = $properties
WITH a
{made}
WITH a
CALL () {{
  {counted}
}}
RETURN collect([name, over]) AS past"""


WRITE_OUTCOME = """MATCH (a) WHERE id(a) = $id
CREATE (o:Outcome) SET o = $properties
CREATE (a)-[:HAD_OUTCOME {known_at: $properties.known_at, seq: $properties.seq}]->(o)"""
"""An outcome of the application that is held (`$id`)."""


def write_amended(kind: Identifier) -> str:
    """Add a link (`$properties`) from the application `$id` to the identifier `$other`. → past: whether it has more links
    than `$walk` and is no hub yet."""
    return f"""MATCH (a) WHERE id(a) = $id MATCH (n) WHERE id(n) = $other
CREATE (a)-[r:{kind.relationship}]->(n) SET r = $properties
WITH n RETURN n.hub_since IS NULL AND COUNT {{ (n)<-[:{kind.relationship}]-() }} > $walk AS past"""


STORE_CARRIED = """MATCH (a:Application {key: $it.key})
SET a.carried = $values, a.carried_version = $version"""
"""What the application `$it` that was just written carries from its own point on: `$values`, of the catalogue `$version`."""

STORE_CARRIED_OF_MANY = """UNWIND range(0, size($key) - 1) AS i
MATCH (a:Application {key: $key[i]})
SET a._lock = true REMOVE a._lock
WITH a, i, a.carried_version AS standing
FOREACH (one IN CASE WHEN standing IS NULL THEN [a] ELSE [] END |
  SET one.carried = $values[i * $wide..(i + 1) * $wide], one.carried_version = $version)
RETURN count(CASE WHEN standing IS NULL THEN 1 END) AS stored"""
"""What applications that came by files carry, `$wide` of `$values` each, once. → stored: how many carried nothing before."""
