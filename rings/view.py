"""What a person sees of one ring: its members and evidence, its history, and what became of it.

Everything is as of a moment: the ring as the last run known by then left it, with the facts known before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from core.clock import Clock, now_us
from core.errors import NotFoundError
from core.graph import Graph, Row, Transaction
from core.page import Page, require_limit
from graph_schema import Schema
from queries import statement
from queries.pages import Place, asked, read_token, token
from queries.sight import SECONDS, Sight, point, sight
from rings.evidence import PLACE, PLACE_KINDS, evidence
from rings.listing import RingSummary

T = TypeVar("T")

TARGET = "fraud"
KIN = ("before", "after")
"""The rings that a ring evolved from and into."""
_NEWEST = 2**62
"""Above the number of any run."""


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
    members: Page[Row]
    """As `ring_members`."""
    evidence: Page[Row]
    """As `ring_evidence`."""
    evolved_from: list[dict[str, Any]] = field(default_factory=list)
    evolved_into: list[dict[str, Any]] = field(default_factory=list)
    outcomes: OutcomeShare = field(default_factory=OutcomeShare)
    """Of its members."""
    as_of: int = 0
    run: int = 0
    """The run that it is seen in."""

    def as_dict(self) -> dict[str, Any]:
        """The ring as one JSON object."""
        return {**asdict(self), "outcomes": {"target": TARGET, **self.outcomes.as_dict()}}


@dataclass(frozen=True)
class SeenRing:
    """A ring that was known by then."""

    at: Sight
    row: Row
    """Columns of the statement `rings/ring`."""

    @property
    def run(self) -> int:
        """The last run that had it."""
        dissolved = self.row["dissolved_run"]
        return self.at.run if dissolved is None else int(dissolved) - 1

    @property
    def summary(self) -> RingSummary:
        """The ring in a few figures."""
        return RingSummary.of({name: value for name, value in self.row.items() if name not in KIN})


def show_ring(
    graph: Graph,
    schema: Schema,
    key: str,
    *,
    as_of: int | None = None,
    limit: int = 50,
    after: str | None = None,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> RingDetail:
    """The ring named `key` as of `as_of` (µs; default now), one that had dissolved as it was last. `limit` and `after`
    page its members.

    Raises `NotFoundError` (`rings.unknown`), `UsageError` (`page.limit`, `page.after`).
    """

    def work(tx: Transaction, ring: SeenRing, place: Place | None) -> RingDetail:
        outcomes = statement("rings/ring_outcomes").within(
            tx, key=key, run=ring.run, target=TARGET, as_of=ring.at.as_of
        )[0]
        return RingDetail(
            ring.summary,
            _members(tx, key, ring, limit, place),
            _evidence(tx, schema, ring, limit, None),
            ring.row["before"],
            ring.row["after"],
            OutcomeShare(**outcomes),
            ring.at.as_of,
            ring.at.run,
        )

    page = _Paged(asked("members", key), (int, int, str), limit, after)
    return _read(graph, key, page, work, point_of=as_of, clock=clock, seconds=seconds)


def ring_members(
    graph: Graph,
    key: str,
    *,
    as_of: int | None = None,
    limit: int = 50,
    after: str | None = None,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> Page[Row]:
    """The ring's members: `application, users, lender, known_at, amount_cents, since, outcome`, in the order of facts.

    Raises as `show_ring`.
    """

    def work(tx: Transaction, ring: SeenRing, place: Place | None) -> Page[Row]:
        return _members(tx, key, ring, limit, place)

    page = _Paged(asked("members", key), (int, int, str), limit, after)
    return _read(graph, key, page, work, point_of=as_of, clock=clock, seconds=seconds)


def ring_evidence(
    graph: Graph,
    schema: Schema,
    key: str,
    *,
    as_of: int | None = None,
    limit: int = 50,
    after: str | None = None,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> Page[Row]:
    """What ties its users: `type, key, masked, users, applications, first_at, last_at`, most users first.

    Raises as `show_ring`.
    """

    def work(tx: Transaction, ring: SeenRing, place: Place | None) -> Page[Row]:
        return _evidence(tx, schema, ring, limit, place)

    page = _Paged(asked("evidence", key), PLACE_KINDS, limit, after)
    return _read(graph, key, page, work, point_of=as_of, clock=clock, seconds=seconds)


def ring_history(
    graph: Graph,
    key: str,
    *,
    as_of: int | None = None,
    limit: int = 50,
    after: str | None = None,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> Page[Row]:
    """What became of a ring, newest first: `run, as_of, known_at, applications, users, score, listed, at_risk_cents,
    joined, left, changes`; `changes` is a list of reasons (`rings.history`).

    Raises as `show_ring`.
    """
    question = asked("history", key)

    def work(tx: Transaction, ring: SeenRing, place: Place | None) -> Page[Row]:
        before = place.values[0] if place else _NEWEST
        rows = statement("rings/history").within(tx, key=key, run=ring.at.run, before=before, limit=limit + 1)
        told = [{**row, "changes": json.loads(row["changes"])} for row in rows]
        return _page(told, limit, question, ring.at, ("run",))

    return _read(
        graph, key, _Paged(question, (int,), limit, after), work, point_of=as_of, clock=clock, seconds=seconds
    )


def outcome_shares(
    graph: Graph,
    *,
    target: str = TARGET,
    users: int = 2,
    everything: bool = False,
    as_of: int | None = None,
    clock: Clock = now_us,
) -> dict[str, OutcomeShare]:
    """Share of an outcome known before `as_of` (µs; default now) `inside` rings of at least `users` users of the last
    run known by then, and `outside` of them.

    Rings are those that are listed, or `everything`.
    """
    moment = point(as_of, clock)

    def work(tx: Transaction) -> list[Row]:
        return statement("rings/outcome_shares").within(
            tx,
            run=sight(tx, moment).run,
            target=target,
            users=users,
            listed=not everything,
            as_of=moment,
        )

    shares = {"inside": OutcomeShare(), "outside": OutcomeShare()}
    for row in graph.in_read(work, seconds=300):
        place = "inside" if row["inside"] else "outside"
        shares[place] = OutcomeShare(row["known"], row["positive"])
    return shares


def unknown_ring() -> NotFoundError:
    """The error of a ring that is none."""
    return NotFoundError(
        "rings.unknown", "There is no ring of this name.", hints=("See: fingraph rings list",)
    )


def last_run(graph: Graph) -> int:
    """Number of the last finished run; 0 when none has."""
    rows = statement("rings/last_run").run(graph)
    return int(rows[0]["run"]) if rows else 0


@dataclass(frozen=True)
class _Paged:
    """A page asked for: of what, by which order, how long, from where."""

    question: str
    kinds: Sequence[type]
    limit: int
    after: str | None

    def place(self, as_of: int | None) -> Place | None:
        """Where it begins; raises `UsageError` (`page.limit`, `page.after`)."""
        require_limit(self.limit)
        return None if self.after is None else read_token(self.question, self.after, self.kinds, as_of)


def _read(
    graph: Graph,
    key: str,
    page: _Paged,
    work: Callable[[Transaction, SeenRing, Place | None], T],
    *,
    point_of: int | None,
    clock: Clock,
    seconds: float,
) -> T:
    """What `work` makes of the ring `key`, in one transaction; a page that goes on keeps its moment."""
    place = page.place(point_of)
    moment = place.as_of if place else point(point_of, clock)

    return graph.in_read(lambda tx: work(tx, seen_ring(tx, key, moment), place), seconds=seconds)


def seen_ring(tx: Transaction, key: str, moment: int) -> SeenRing:
    """The ring `key` as of `moment` (µs); raises `NotFoundError` (`rings.unknown`)."""
    at = sight(tx, moment)
    rows = statement("rings/ring").within(tx, key=key, run=at.run)
    if not rows:
        raise unknown_ring()
    return SeenRing(at, rows[0])


def _members(tx: Transaction, key: str, ring: SeenRing, limit: int, place: Place | None) -> Page[Row]:
    rows = statement("rings/members").within(
        tx,
        key=key,
        run=ring.run,
        target=TARGET,
        as_of=ring.at.as_of,
        after=list(place.values) if place else None,
        limit=limit + 1,
    )
    page = _page(rows, limit, asked("members", key), ring.at, ("at", "nth", "application"))
    return replace(
        page, items=[{name: row[name] for name in row if name not in ("at", "nth")} for row in page.items]
    )


def _evidence(tx: Transaction, schema: Schema, ring: SeenRing, limit: int, place: Place | None) -> Page[Row]:
    text, key = evidence(schema, continued=place is not None), ring.row["key"]
    if text is None:
        return Page([])
    more = {"after": list(place.values)} if place else {}
    rows = tx.run(text, key=key, run=ring.run, as_of=ring.at.as_of, limit=limit + 1, **more)
    return _page(rows, limit, asked("evidence", key), ring.at, tuple(name for name, _ in PLACE))


def _page(
    rows: list[Row],
    limit: int,
    question: str,
    at: Sight,
    columns: Sequence[str],
) -> Page[Row]:
    """At most `limit` of `rows`; the next page begins after the last one's `columns`."""
    cut = len(rows) > limit
    following = None
    if cut:
        following = token(question, Place(at.as_of, tuple(rows[limit - 1][name] for name in columns)))
    return Page(rows[:limit], following, cut)
