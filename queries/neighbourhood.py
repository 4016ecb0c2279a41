"""The neighbourhood read: everything that one application may see at its point, in one round trip.

The statement is made from the schema. It tells a row for each identifier (and for the user), with its earlier links
collected into columns; what was met through any of them is told once, in columns, too. Whatever is at or after the point
is not returned, and what was a hub before it is not walked.

A branch for each identifier type would say the same; it takes seconds to plan, and walks the application's links once a
type. All ways at once are one walk, and planned in a tenth of that.

An application in the graph is read by its key, at its own point. One that is not is read at a point that the caller
names, by the keys of what it names: `$named`, for each label the keys of its identifiers, `User` among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import NotFoundError
from core.graph import KEEP_PLAN, Graph, Row, Transaction
from graph_schema import Schema
from graph_schema.model import SUMMARISED

SECONDS = 10.0
"""Longest time a read takes."""
MISSING = -(2**63)
"""Stands for a whole number that is not known."""
USER = "User"
SUMMARY = ("applications", "users", "newcomers", "busiest_hour")
MINE = ("role", "known_at", "seq")
"""What is told of each link of the application itself."""
IDENTIFIER = (
    *("type", "key", "id", "hub_since", "hub_seq", "mine"),
    *("met", "link_at", "link_seq", "link_role", "given", "summary"),
)
"""What is told of each identifier: places of a list. `type` is its label, `met` are internal ids, `given` the properties
that `Asked.given_names` names, `summary` the newest known one of a hub."""
TARGET = ("id", "known_at", "seq", "key", "event_at", "event", "carried", "hangs")
"""Columns of what was met. `hangs` are lists: a user (internal id), outcomes (target, value, known_at, seq), rings
(internal id, score, users, listed), and null for what is not seen."""
_EARLIER = "CASE WHEN {0}.known_at = at THEN {0}.seq < seq ELSE {0}.known_at < at END"
# A node's few relationships lie in one chain: what hangs on those met is read in one walk along it, not in three.
_HANGS = f"""COLLECT {{ MATCH (n)-[x:SUBMITTED|DID|HAD_OUTCOME|MEMBER_OF]-(y) RETURN CASE
      WHEN y:User THEN [id(y)]
      WHEN y:Outcome AND {_EARLIER.format("x")} THEN [y.target, y.value, x.known_at, x.seq]
      WHEN x.since <= run AND (x.until IS NULL OR x.until > run) THEN head(COLLECT {{
        MATCH (y)-[:WAS]->(s) WHERE s.run <= run AND (s.until IS NULL OR s.until > run)
        RETURN [id(y), s.score, s.users, s.listed] }}) END }}"""


@dataclass(frozen=True)
class Asked:
    """What a read brings."""

    schema: Schema
    numbers: tuple[str, ...] = ()
    """Properties of the application itself that are whole numbers, times or truths."""
    texts: tuple[str, ...] = ()
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By label, the properties of the identifiers that the application itself names."""
    met_numbers: tuple[str, ...] = ()
    """Properties of those met."""
    met_texts: tuple[str, ...] = ()
    met_given: tuple[tuple[str, str, bool], ...] = ()
    """(label, property, whether it is text) of the identifiers that those met came with: a hop more each."""

    @property
    def given_names(self) -> tuple[str, ...]:
        """Every property of `given`, of whatever label, once."""
        return tuple(dict.fromkeys(name for names in self.given.values() for name in names))

    @property
    def labels(self) -> tuple[str, ...]:
        """Users and identifiers."""
        return (USER, *(identifier.label for identifier in self.schema.identifiers))


class NeighbourhoodRead:
    """The statements of one schema, made once."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.of_key = _text(asked, of_key=True)
        self.of_named = _text(asked, of_key=False)

    def within(self, tx: Transaction, key: str, version: str | None = None) -> Row:
        """What the application of that key saw at its own point, inside a transaction. `version`: of the catalogue
        whose carried values are wanted. Raises `NotFoundError` (`neighbourhood.unknown`)."""
        found = tx.run(self.of_key, it={"key": key}, version=version, missing=MISSING)
        if not found:
            raise NotFoundError(
                "neighbourhood.unknown", "The graph has no application of this key that has a time."
            )
        return found[0]

    def run(self, graph: Graph, key: str, version: str | None = None, *, seconds: float = SECONDS) -> Row:
        """As `within`, in a transaction of its own."""
        return graph.in_read(lambda tx: self.within(tx, key, version), seconds=seconds)

    def of(
        self,
        graph: Graph,
        named: Mapping[str, Sequence[str]],
        point: tuple[int, int],
        version: str | None = None,
        *,
        key: str = "",
        seconds: float = SECONDS,
    ) -> Row:
        """What an application that is not in the graph, or of `key`, would see at `point` (known_at, seq) if it came then; nothing is
        written."""
        keys = {label: sorted(set(named.get(label, ()))) for label in self.asked.labels}
        return graph.read(
            self.of_named,
            seconds=seconds,
            named=keys,
            it={"key": key},
            at=point[0],
            seq=point[1],
            version=version,
            missing=MISSING,
        )[0]


def _text(asked: Asked, *, of_key: bool) -> str:
    """The statement; `$it` {key}, `$version`, `$missing`, and for one that is not in the graph `$named`, `$at`, `$seq`.

    → known_at, seq, event_at and own (both null in the second form), identifiers, run_known_at, and the columns of
    `TARGET` and of `met_numbers`, `met_texts`, `met_given` as lists.
    """
    first, event_at, own = "WITH null AS a, $at AS at, $seq AS seq", "null", "null"
    if of_key:
        first = "MATCH (a:Application {key: $it.key}) WHERE a.known_at IS NOT NULL\nWITH a, a.known_at AS at, a.seq AS seq"
        event_at, own = "a.event_at", _list(f"a.{name}" for name in (*asked.numbers, *asked.texts))
    ways = "|".join(("SUBMITTED", *(kind.relationship for kind in asked.schema.identifiers)))
    hub = "coalesce(CASE WHEN i.hub_since = at THEN i.hub_seq < seq ELSE i.hub_since < at END, false)"
    return f"""{KEEP_PLAN}{first}
CALL (at) {{
  OPTIONAL MATCH (x:RingRun) WHERE x.known_at < at AND x.finished_at IS NOT NULL
  WITH x ORDER BY x.known_at DESC LIMIT 1 RETURN x.run AS run, x.known_at AS run_known_at
}}
CALL (a, at, seq) {{
  {_mine(ways) if of_key else _named(asked.labels)}
  WITH i, at, seq, mine, {hub} AS hub
  CALL (i, at, seq, hub) {{
    WITH * WHERE NOT hub
    MATCH (i)-[r:{ways}|DID]-(n)
    WHERE CASE WHEN r.known_at < at THEN true WHEN r.known_at > at THEN false WHEN r.seq <> seq THEN r.seq < seq
      ELSE n.known_at = at AND n.seq = seq AND n.key < $it.key END
      AND CASE WHEN n.known_at < at THEN true WHEN n.known_at > at THEN false WHEN n.seq <> seq THEN n.seq < seq
      ELSE n.key < $it.key END{"" if of_key else " AND NOT (n.key = $it.key AND n:Application)"}
    RETURN collect(n) AS met, collect(r.known_at) AS link_at, collect(r.seq) AS link_seq,
      collect(coalesce(r.role, '')) AS link_role
  }}
  RETURN collect({_identifier(asked)}) AS identifiers, collect(met) AS lists
}}
CALL (lists, at, seq, run) {{
  UNWIND lists AS some UNWIND some AS n
  WITH DISTINCT n
  RETURN {_targets(asked)}
}}
RETURN at AS known_at, seq, {event_at} AS event_at, {own} AS own, identifiers, run_known_at,
  {", ".join(_names(asked))}"""


def _list(told: Iterable[str]) -> str:
    return "[" + ", ".join(told) + "]"


def _mine(ways: str) -> str:
    """What the application came with (`i`), in one walk along its links, and these links (`mine`)."""
    return f"""MATCH (a)-[g:{ways}]-(i) WHERE CASE WHEN g.known_at = at THEN g.seq <= seq ELSE g.known_at < at END
  WITH i, at, seq, collect([coalesce(g.role, ''), g.known_at, g.seq]) AS mine"""


def _named(labels: Sequence[str]) -> str:
    """The identifiers of the keys that are given."""
    found = "\n    UNION ALL\n    ".join(
        f"UNWIND $named.{label} AS given MATCH (i:{label} {{key: given}}) RETURN i" for label in labels
    )
    return f"""CALL () {{
    {found}
  }}
  WITH i, at, seq, [] AS mine"""


def _identifier(asked: Asked) -> str:
    """What `IDENTIFIER` names, in its order; of a hub the newest day that was known before the point."""
    figures = _list(f"s.{name}" for name in ("known_at", *SUMMARY))
    told = {
        "type": "head(labels(i))",
        "key": "i.key",
        "id": "id(i)",
        "hub_since": "i.hub_since",
        "hub_seq": "i.hub_seq",
        "met": "[n IN met | id(n)]",
        "given": _list(f"i.{name}" for name in asked.given_names),
        "summary": f"""CASE WHEN hub THEN head(COLLECT {{
      MATCH (i)-[:{SUMMARISED}]->(s:HubSummary) WHERE s.known_at < at RETURN {figures} ORDER BY s.day DESC LIMIT 1
    }}) END""",
    }
    return _list(told.get(name, name) for name in IDENTIFIER)


def _names(asked: Asked) -> list[str]:
    """Names of the columns of what was met, as they are returned."""
    extra = [*asked.met_numbers, *asked.met_texts, *(f"{label}_{name}" for label, name, _ in asked.met_given)]
    return [*(f"met_{name}" for name in TARGET), *(f"of_{name}" for name in extra)]


def _targets(asked: Asked) -> str:
    told = [
        "collect(id(n)) AS met_id",
        "collect(n.known_at) AS met_known_at",
        "collect(n.seq) AS met_seq",
        "collect(n.key) AS met_key",
        "collect(coalesce(n.event_at, $missing)) AS met_event_at",
        "collect(n:Event) AS met_event",
        "collect(CASE WHEN n.carried_version = $version THEN n.carried ELSE [] END) AS met_carried",
        f"collect({_HANGS}) AS met_hangs",
        *(f"collect(coalesce(n.{name}, $missing)) AS of_{name}" for name in asked.met_numbers),
        *(f"collect(coalesce(n.{name}, '')) AS of_{name}" for name in asked.met_texts),
        *(_given_of_met(asked.schema, *one) for one in asked.met_given),
    ]
    return ",\n    ".join(told)


def _given_of_met(schema: Schema, label: str, name: str, text: bool) -> str:
    """The property of the first identifier that each of those met came with, in order of role and key."""
    kind = schema.identifier(label)
    cases = " ".join(f"WHEN '{role}' THEN {place}" for place, role in enumerate(kind.roles))
    role = f"CASE r.role {cases} END" if cases else "0"
    missing = "''" if text else "$missing"
    return f"""collect(coalesce(head(COLLECT {{
      MATCH (n)-[r:{kind.relationship}]->(i:{label}) WHERE r.known_at = n.known_at AND r.seq = n.seq
      WITH i.{name} AS value, {role} AS place, i.key AS key ORDER BY place, key LIMIT 1
      RETURN value }}), {missing})) AS of_{label}_{name}"""
