"""Which nodes are neighbours of a node, by the schema, and the statements that read them page by page.

Parameters: `$key`, `$as_of`, `$run`, `$walk` (by label), `$sign`, `$limit`, `$after`; `$most`: what is counted up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph_schema import Identifier, Schema
from queries.pages import after, order
from queries.sight import holds, link_types, links_of, seen

EXPANDED = ("Application", "Event", "User", "Ring", "Outcome")
"""Labels of nodes that are neighbours, beside those of identifiers."""
SPANS = ("MEMBER_OF",)
"""Relationships that hold from a run until another."""
RUNS = ("EVOLVED_FROM",)
"""Relationships that were made in a run."""
PLUMBING = frozenset({"known_at", "seq", "digest", "load", "since", "until", "run"})
LATE = 2**62
"""Stands for the time of what has none, so that it comes last."""


class Order(StrEnum):
    """Which neighbours come first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    MOST_CONNECTED = "most_connected"
    LEAST_CONNECTED = "least_connected"

    @property
    def by_degree(self) -> bool:
        """Whether the degrees of all neighbours must be known before the first can be told."""
        return self in (Order.MOST_CONNECTED, Order.LEAST_CONNECTED)

    @property
    def sign(self) -> int:
        """`$sign` of a page in this order."""
        return -1 if self in (Order.NEWEST, Order.MOST_CONNECTED) else 1


PLACE = tuple(
    (column, False) for column in ("rank", "at", "nth", "relation", "outgoing", "type", "key", "detail")
)
"""Order of a page: its columns make the place of each row unique."""
PLACE_KINDS = (int, int, int, str, bool, str, str, str)


@dataclass(frozen=True)
class Step:
    """One way from a node to neighbours."""

    relation: str
    outgoing: bool
    neighbours: tuple[str, ...]
    """Labels."""
    identity: str | None = None
    """The property that tells two such links of the same nodes apart."""
    properties: tuple[str, ...] = ()
    """What its links say beside when they were made."""

    def match(self, more: str = "") -> str:
        """Matches the neighbours `m` of `n` by the links `r` that are seen."""
        arrow = f"-[r:{self.relation}]->" if self.outgoing else f"<-[r:{self.relation}]-"
        conditions = [self._seen()]
        if set(self.neighbours) & {"Application", "Event", "Outcome"}:
            conditions.append(seen("m"))
        return f"MATCH (n){arrow}(m:{'|'.join(self.neighbours)}) WHERE {' AND '.join(conditions)}{more}"

    def rows(self) -> str:
        """Returns the neighbours with the columns of `PLACE` that follow from the link."""
        dated = "m" if self.relation in SPANS and "Application" in self.neighbours else "r"
        detail = f"coalesce(toString(r.{self.identity}), '')" if self.identity else "''"
        told = ", ".join(f"{name}: r.{name}" for name in self.properties)
        return (
            f"{self.match()}\n  RETURN m, {dated}.known_at AS known_at, {dated}.seq AS seq, "
            f"'{self.relation}' AS relation, {str(self.outgoing).lower()} AS outgoing, {detail} AS detail, "
            f"{{{told}}} AS properties"
        )

    def _seen(self) -> str:
        if self.relation in SPANS:
            return holds("r")
        return "r.run <= $run" if self.relation in RUNS else seen("r")


def steps(schema: Schema, label: str) -> tuple[Step, ...]:
    """The ways from nodes of that label, by relation."""
    labels = {*EXPANDED, *(identifier.label for identifier in schema.identifiers)}
    found: dict[tuple[str, bool], Step] = {}
    for link in schema.relationships:
        for outgoing, near, far in ((True, link.start, link.end), (False, link.end, link.start)):
            if near != label or far not in labels:
                continue
            known = found.get((link.type, outgoing))
            found[link.type, outgoing] = Step(
                link.type,
                outgoing,
                (*known.neighbours, far) if known else (far,),
                next(iter(link.identity), None),
                tuple(p.name for p in link.properties if p.name not in PLUMBING),
            )
    return tuple(found[name] for name in sorted(found))


def head_text(schema: Schema, label: str, chosen: Sequence[Step]) -> str:
    """→ hub_since, links (of an identifier), total (neighbours by the steps `chosen`, each counted up to `$most`);
    no row when the node was not known."""
    kind = schema.node(label)
    links = links_of("n", [kind]) if isinstance(kind, Identifier) else "0"
    counted = "\n  UNION ALL\n  ".join(f"{step.match()} RETURN 1 AS one LIMIT $most" for step in chosen)
    return f"""MATCH (n:{label} {{key: $key}}) WHERE {_known(schema, label)}
CALL (n) {{
  CALL (n) {{
  {counted}
  }}
  RETURN count(one) AS total
}}
RETURN n.hub_since AS hub_since, {links} AS links, total"""


def page_text(schema: Schema, label: str, chosen: Sequence[Step], *, by_degree: bool, continued: bool) -> str:
    """A page of the neighbours by the steps `chosen`, in the order of `$sign`: the columns of `PLACE`, masked, node, known_at, seq,
    properties, degree, hub_since."""
    rows = "\n  UNION ALL\n  ".join(step.rows() for step in chosen)
    degree = degree_of(schema, "m", {name for step in chosen for name in step.neighbours})
    rank = f"$sign * coalesce({degree}, $walk[head(labels(m))])" if by_degree else "0"
    newest = "-1" if by_degree else "$sign"
    more = f"WITH * WHERE {after(PLACE)}\n" if continued else ""
    return f"""MATCH (n:{label} {{key: $key}})
CALL (n) {{
  {rows}
}}
WITH m, known_at, seq, relation, outgoing, detail, properties, head(labels(m)) AS type, m.key AS key,
     coalesce({newest} * known_at, {LATE}) AS at, coalesce({newest} * seq, {LATE}) AS nth, {rank} AS rank
{more}WITH * ORDER BY {order(PLACE)} LIMIT $limit
RETURN relation, outgoing, type, key, detail, rank, at, nth, known_at, seq, properties,
       coalesce(m.masked, m.kind, m.target) AS caption, m.known_at AS neighbour_known_at, m.hub_since AS hub_since,
       {degree} AS degree
ORDER BY {order(PLACE)}"""


def degree_of(schema: Schema, name: str, labels: Iterable[str]) -> str:
    """How many links a neighbour has by then, in Cypher: an identifier those from applications and events (as
    `queries.sight.links_of`), an application or event its identifiers, a user their applications and events, a ring
    its applications, an outcome none."""
    wanted = set(labels)
    others = {label: text for label, text in _degrees(schema, name).items() if label in wanted}
    identifiers = [i for i in schema.identifiers if i.label in wanted]
    rest = links_of(name, identifiers) if identifiers else "null"
    cases = "\n".join(f"WHEN '{label}' THEN {text}" for label, text in others.items())
    return f"CASE head(labels({name}))\n{cases}\nELSE {rest} END" if others else rest


def _degrees(schema: Schema, name: str) -> dict[str, str]:
    named = f"COUNT {{ ({name})-[x:{link_types(schema)}]->() WHERE {seen('x')} }}"
    did = f"COUNT {{ ({name})-[x:SUBMITTED|DID]->(y) WHERE {seen('x')} AND {seen('y')} }}"
    members = f"COUNT {{ ({name})<-[x:MEMBER_OF]-() WHERE {holds('x')} }}"
    return {"Application": named, "Event": named, "User": did, "Ring": members, "Outcome": "0"}


def _known(schema: Schema, label: str) -> str:
    """Whether the node `n` was known by then: a fact by its own time, what facts name by one of them."""
    if label in ("Application", "Event"):
        return seen("n")
    if label == "Ring":
        return "n.born_run <= $run"
    named = " OR ".join(f"EXISTS {{ {step.match()} }}" for step in steps(schema, label))
    return f"coalesce(n.hub_since < $as_of, false) OR {named}"
