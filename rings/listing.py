"""The list of rings: the living ones of a run, filtered, sorted, page by page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from core.clock import Clock, now_us
from core.errors import UsageError
from core.graph import Graph, Row, Transaction
from core.page import Page, require_limit
from queries import statement
from queries.pages import Place, asked, read_token, token
from queries.sight import SECONDS, point, sight

TEXT_LONGEST = 200
_ANY_SCORE = -1.0
_NO_RUN = 2**62
"""Above the number of any run."""


class Sort(StrEnum):
    """What a list of rings begins with."""

    SCORE = "score"
    SIZE = "size"
    MONEY = "money"
    RECENT = "recent"


@dataclass(frozen=True)
class RingFilter:
    """Which rings to list: those for which all of it holds; None: whichever."""

    min_score: float | None = None
    lender: str | None = None
    """One of its members asks this lender for money."""
    tied_by: str | None = None
    """An identifier of this type ties members."""
    born_since: int | None = None
    """µs: the run that found it first is known from then or later."""
    name: str | None = None
    """Its name holds this text."""
    everything: bool = False
    """Also groups that are not listed as rings."""

    def __post_init__(self) -> None:
        """Raises `UsageError` (`rings.filter`) for a text that is too long or a score that is none."""
        texts = (self.lender, self.tied_by, self.name)
        if any(text is not None and not 1 <= len(text) <= TEXT_LONGEST for text in texts):
            raise UsageError("rings.filter", f"A filter's text has 1 to {TEXT_LONGEST} characters.")
        if self.min_score is not None and not 0 <= self.min_score <= 1:
            raise UsageError("rings.filter", "A score is between 0 and 1.")


@dataclass(frozen=True)
class RingSummary:
    """One ring in a few figures, as a run left it. Times are microseconds, money cents."""

    key: str
    born_run: int
    run: int
    """Last run by then that changed it."""
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
    reasons: list[dict[str, Any]]
    """`{code, params, weight, evidence_ids}`, strongest first."""

    @classmethod
    def of(cls, row: Row) -> RingSummary:
        """The ring of a row with these columns, `reasons` as JSON."""
        return cls(**{**row, "reasons": json.loads(row["reasons"] or "[]")})


def list_rings(
    graph: Graph,
    *,
    as_of: int | None = None,
    sort: Sort = Sort.SCORE,
    filters: RingFilter | None = None,
    everything: bool = False,
    limit: int = 20,
    after: str | None = None,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> Page[RingSummary]:
    """The rings of the last run known by `as_of` (µs; default now), as `RingSummary`, with their `total`.

    `everything` is short for that filter. `after` is the `next` of the page before, and carries its moment. Raises
    `UsageError` (`page.limit`, `page.after`).
    """
    require_limit(limit)
    wanted = filters or RingFilter()
    everything = everything or wanted.everything
    question = asked("rings", sort, {**asdict(wanted), "everything": everything})
    place = None if after is None else read_token(question, after, (float, int, str), as_of)
    moment = place.as_of if place else point(as_of, clock)

    def work(tx: Transaction) -> Page[RingSummary]:
        rows = statement("rings/list").within(
            tx,
            run=sight(tx, moment).run,
            sort=sort.value,
            listed=[True, False] if everything else [True],
            least=_ANY_SCORE if wanted.min_score is None else wanted.min_score,
            tied=wanted.tied_by,
            born=_born(tx, wanted.born_since),
            name=wanted.name,
            lender=wanted.lender,
            after=list(place.values) if place else None,
            limit=limit + 1,
        )
        return _page(rows, limit, moment, question, first=place is None)

    return graph.in_read(work, seconds=seconds)


def _born(tx: Transaction, since: int | None) -> int:
    """The first run that is late enough."""
    if since is None:
        return 0
    run = statement("rings/run_since").within(tx, since=since)[0]["run"]
    return _NO_RUN if run is None else int(run)


def _page(rows: list[Row], limit: int, moment: int, question: str, *, first: bool) -> Page[RingSummary]:
    cut = len(rows) > limit
    total = rows[0]["total"] if rows else (0 if first else None)
    following = None
    if cut:
        last = rows[limit - 1]
        following = token(question, Place(moment, (last["first"], last["applications"], last["key"])))
    shown = [{name: row[name] for name in row if name not in ("first", "total")} for row in rows[:limit]]
    return Page([RingSummary.of(row) for row in shown], following, cut, total)
