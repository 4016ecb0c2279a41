"""What a person sees of rings: the list, one ring with its members and evidence, and what became of them.

Everything is read as the last finished run left it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from core.clock import Clock, now_us
from core.errors import NotFoundError, UsageError
from core.graph import Graph, Row
from graph_schema import Schema
from queries import statement
from rings.evidence import evidence

TARGET = "fraud"
LIMIT_MOST = 1_000
_NEWEST = 2**62
"""Above the number of any run."""


class Sort(StrEnum):
    """What a list of rings begins with."""

    SCORE = "score"
    SIZE = "size"
    MONEY = "money"
    RECENT = "recent"


@dataclass(frozen=True)
class Page:
    """Part of a list: `next` continues it, `cut` says that there is more."""

    items: list[Any]
    next: str | None = None
    cut: bool = False


@dataclass(frozen=True)
class RingSummary:
    """One ring in a few figures. Times are microseconds, money cents, `reasons` JSON."""

    key: str
    born_run: int
    run: int
    dissolved_run: int | None
    applications: int
    users: int
    first_at: int | None
    last_at: int | None
    amount_cents: int
    at_risk_cents: int
    shared: str
    score: float
    listed: bool
    reasons: str


@dataclass(frozen=True)
class OutcomeShare:
    """Of `known` applications with a known outcome, `positive` have it."""

    known: int = 0
    positive: int = 0

    @property
    def share(self) -> float | None:
        """The share; None when nothing is known."""
        return self.positive / self.known if self.known else None

    def as_dict(self) -> dict[str, Any]:
        """The counts with their share."""
        return {"known": self.known, "positive": self.positive, "share": self.share}


@dataclass(frozen=True)
class RingDetail:
    """One ring with its members, what they share, where it came from and what became of it."""

    ring: RingSummary
    members: Page
    """`application, users, lender, known_at, amount_cents, since, outcome`, in the order of facts."""
    evidence: Page
    """`type, key, masked, users, applications, first_at, last_at`, most users first."""
    evolved_from: list[dict[str, Any]] = field(default_factory=list)
    evolved_into: list[dict[str, Any]] = field(default_factory=list)
    outcomes: OutcomeShare = field(default_factory=OutcomeShare)
    """Of its members."""

    def as_dict(self) -> dict[str, Any]:
        """The ring as one JSON object."""
        return {**asdict(self), "outcomes": {"target": TARGET, **self.outcomes.as_dict()}}


def list_rings(
    graph: Graph,
    *,
    sort: Sort = Sort.SCORE,
    everything: bool = False,
    limit: int = 20,
    after: str | None = None,
) -> Page:
    """Living rings, as `RingSummary`; those that are listed, or `everything`. `after` is the `next` of the page before.

    Raises `UsageError` (`page.limit`, `page.after`).
    """
    skip = _skip(limit, after)
    rows = statement("rings/list").run(
        graph, run=last_run(graph), sort=sort.value, listed=not everything, skip=skip, limit=limit + 1
    )
    return _page([RingSummary(**row) for row in rows], skip, limit)


def show_ring(
    graph: Graph,
    schema: Schema,
    key: str,
    *,
    limit: int = 50,
    after: str | None = None,
    clock: Clock = now_us,
) -> RingDetail:
    """The ring named `key`, one that has dissolved as it was last, with the outcomes known by now. `limit` and
    `after` page its members.

    Raises `NotFoundError` (`rings.unknown`), `UsageError` (`page.limit`, `page.after`).
    """
    skip = _skip(limit, after)
    now = clock()
    ring, run, kin = ring_now(graph, key)
    members = statement("rings/members").run(
        graph, key=key, run=run, target=TARGET, now=now, skip=skip, limit=limit + 1
    )
    outcomes = statement("rings/ring_outcomes").run(graph, key=key, run=run, target=TARGET, now=now)[0]
    return RingDetail(
        ring,
        _page(members, skip, limit),
        _evidence(graph, schema, key, run, limit),
        kin["before"],
        kin["after"],
        OutcomeShare(**outcomes),
    )


def ring_now(graph: Graph, key: str) -> tuple[RingSummary, int, Row]:
    """The ring named `key`, the run to read its members by (of a dissolved one the last that had it), and `before` and
    `after`, the rings it evolved from and into.

    Raises `NotFoundError` (`rings.unknown`).
    """
    last = last_run(graph)
    found = statement("rings/ring").run(graph, key=key, run=last)
    if not found:
        raise unknown_ring(key)
    row = dict(found[0])
    kin = {name: row.pop(name) for name in ("before", "after")}
    ring = RingSummary(**row)
    return ring, last if ring.dissolved_run is None else ring.dissolved_run - 1, kin


def outcome_shares(
    graph: Graph, *, target: str = TARGET, users: int = 2, everything: bool = False, clock: Clock = now_us
) -> dict[str, OutcomeShare]:
    """Share of an outcome known by now `inside` living rings of at least `users` users and `outside` of them.

    Rings are those that are listed, or `everything`.
    """
    shares = {"inside": OutcomeShare(), "outside": OutcomeShare()}
    rows = statement("rings/outcome_shares").run(
        graph,
        seconds=300,
        run=last_run(graph),
        target=target,
        users=users,
        listed=not everything,
        now=clock(),
    )
    for row in rows:
        place = "inside" if row["inside"] else "outside"
        shares[place] = OutcomeShare(row["known"], row["positive"])
    return shares


def _evidence(graph: Graph, schema: Schema, key: str, run: int, limit: int) -> Page:
    query = evidence(schema)
    if query is None:
        return Page([])
    return _page(graph.read(query, key=key, run=run, skip=0, limit=limit + 1), 0, limit)


def ring_history(graph: Graph, key: str, *, limit: int = 50, after: str | None = None) -> Page:
    """What became of a ring, newest first: `run, as_of, known_at, applications, users, score, listed, at_risk_cents,
    joined, left, changes`; `changes` is a list of reasons (`rings.history`). `after` is the `next` of the page before.

    Raises as `show_ring`.
    """
    before = _skip(limit, after) or _NEWEST
    run = last_run(graph)
    if not statement("rings/ring").run(graph, key=key, run=run):
        raise unknown_ring(key)
    rows = statement("rings/history").run(graph, key=key, run=run, before=before, limit=limit + 1)
    items = [{**row, "changes": json.loads(row["changes"])} for row in rows[:limit]]
    cut = len(rows) > limit
    return Page(items, str(items[-1]["run"]) if cut else None, cut)


def unknown_ring(key: str) -> NotFoundError:
    """The error of a ring that is none."""
    return NotFoundError(
        "rings.unknown", f"There is no ring '{key[:60]}'.", hints=("See: fingraph rings list",)
    )


def last_run(graph: Graph) -> int:
    """Number of the last finished run; 0 when none has."""
    rows = statement("rings/last_run").run(graph)
    return int(rows[0]["run"]) if rows else 0


def require_limit(limit: int) -> None:
    """Raise `UsageError` (`page.limit`) for a limit that no page and no picture may have."""
    if not 1 <= limit <= LIMIT_MOST:
        raise UsageError("page.limit", f"The limit must be between 1 and {LIMIT_MOST:,}.")


def _skip(limit: int, after: str | None) -> int:
    require_limit(limit)
    if after is None:
        return 0
    if not after.isdecimal() or len(after) > 12:
        raise UsageError("page.after", "Continue with the `next` of the page before.")
    return int(after)


def _page(rows: list[RingSummary] | list[Row], skip: int, limit: int) -> Page:
    cut = len(rows) > limit
    return Page(list(rows[:limit]), str(skip + limit) if cut else None, cut)
