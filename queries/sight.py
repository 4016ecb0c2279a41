"""What a read as of a moment sees, as conditions in Cypher. Names in them are those of the schema's declarations.

A fact is seen when it was known before `$as_of` (µs), or has no time. Rings are those of the run `$run`, the last one
known by then. A count of links stops at the type's `walk`: past it an identifier is a hub.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.clock import Clock
from core.graph import Transaction
from graph_schema import Identifier, Schema
from queries.statements import statement

SECONDS = 10.0
"""Longest time a read of one thing takes."""
LOOKBACK = 20
"""Times `walk`: links of an identifier that are looked through to count those seen; with more they stay uncounted."""
WALK = 1_000
"""What `walk` is for nodes that are no identifiers: counts stop there."""


@dataclass(frozen=True)
class Sight:
    """The point that a read is as of."""

    as_of: int
    """µs."""
    run: int
    """Number of the last run of the ring finder that was known by then; 0 when none was."""


def point(as_of: int | None, clock: Clock) -> int:
    """The moment to read as of: `as_of`, or now."""
    return clock() if as_of is None else as_of


def sight(tx: Transaction, as_of: int) -> Sight:
    """What a read as of `as_of` goes by."""
    return Sight(as_of, statement("rings/run_as_of").within(tx, as_of=as_of)[0]["run"])


def seen(fact: str) -> str:
    """Whether the node or relationship `fact` was known before `$as_of`."""
    return f"({fact}.known_at IS NULL OR {fact}.known_at < $as_of)"


def holds(span: str, start: str = "since") -> str:
    """Whether `span` (a MEMBER_OF, or with `start` `run` a RingState) holds in the run `$run`."""
    return f"({span}.{start} <= $run AND ({span}.until IS NULL OR {span}.until > $run))"


def link_types(schema: Schema) -> str:
    """All relationship types that lead to identifiers, as `USED_DEVICE|GAVE_PHONE|…`."""
    return "|".join(identifier.relationship for identifier in schema.identifiers)


def walks(schema: Schema) -> dict[str, int]:
    """`$walk`: by label, the links up to which an identifier is walked."""
    return {identifier.label: identifier.walk for identifier in schema.identifiers}


def links_of(name: str, identifiers: Iterable[Identifier]) -> str:
    """How many links of the identifier `name` are seen, in Cypher: `walk` when it was a hub by then; null when it
    has too many today to look through for those of then."""
    cases = "\n".join(
        f"WHEN '{i.label}' THEN CASE WHEN COUNT {{ ({name})<-[:{i.relationship}]-() }} > $walk['{i.label}'] * {LOOKBACK} "
        f"THEN null ELSE COUNT {{ ({name})<-[x:{i.relationship}]-(y) WHERE {seen('x')} AND {seen('y')} }} END"
        for i in identifiers
    )
    return f"""CASE WHEN {name}.hub_since < $as_of THEN $walk[head(labels({name}))]
ELSE CASE head(labels({name}))
{cases}
END END"""


@dataclass(frozen=True)
class Links:
    """How many links of an identifier are seen."""

    count: int | None
    """Up to its `walk`; None: too many today to look through for those of then."""
    hub: bool
    """Whether it is a hub by then: it is reported, and nothing goes on from it."""


def links_seen(identifier: Identifier, count: int | None, hub_since: int | None, as_of: int) -> Links:
    """What the count of `links_of` says. Undated links have no place in the order, but they are links, too."""
    hub = hub_since is not None and hub_since < as_of
    if count is None:
        # Dated links past `walk` would have made it a hub, so without a `hub_since` the undated ones alone are more.
        return Links(None, hub or hub_since is None)
    return Links(min(count, identifier.walk), hub or count > identifier.walk)
