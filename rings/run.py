"""One run of the ring finder: compute, compare with the last finished run, write the difference.

What a run writes becomes visible at once, when it finishes: readers ask for MEMBER_OF with `since` up to the
last finished run and `until` absent or later, and for rings born up to it. Whatever an unfinished run left is
removed by the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from core.clock import DAY, Clock, iso
from core.errors import BusyError, UsageError
from core.graph import Graph, Transaction
from core.progress import SILENT, Progress
from graph_schema import Schema
from graph_schema.arriving import LEAD
from queries import statement
from rings.choose import Finder
from rings.facts import Facts
from rings.found import PROPERTIES, found_rings
from rings.gds import EngineName, engine
from rings.growth import finder_ties
from rings.hold import Hold, hold_run
from rings.identity import Living
from rings.plan import LivingRing, Plan, plan_run
from rings.read import read_facts

T = TypeVar("T")

CHUNK = 10_000
READ_SECONDS = 600.0
FORGOTTEN = 5_000
"""Nodes a transaction."""
ARRIVING = 2 * DAY
"""A graph takes arrivals when a load of theirs, which lasts a day, began so lately."""


@dataclass(frozen=True)
class RunResult:
    """What a run came to."""

    run: int
    """Number of the last run that now stands."""
    known_at: int | None
    """µs: from when readers see it; None where there is none."""
    unchanged: bool
    """Nothing differed from the last finished run, so nothing was written."""
    rings: int
    listed: int
    """Those whose score says that they are rings, and no mere acquaintance."""
    members: int
    born: int
    changed: int
    dissolved: int
    joined: int
    left: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The result as one JSON object."""
        return {**asdict(self), "known_at": None if self.known_at is None else iso(self.known_at)}


def run_rings(
    graph: Graph,
    schema: Schema,
    clock: Clock,
    progress: Progress = SILENT,
    by: EngineName = EngineName.COLUMNS,
) -> RunResult:
    """Find the rings in what `graph` knew before now, and write what changed since the last finished run.

    Raises `BusyError` (`rings.busy`, `rings.lost`) beside another run, and `UsageError` (`rings.order`) when a run
    as of a later moment stands; with another engine than the columns also as `rings.gds.engine`.
    """
    with hold_run(graph, clock) as hold:
        point = clock()
        facts = read_facts(graph, schema, progress)
        return advance(graph, schema, hold, facts, point=point, clock=clock, progress=progress, by=by)


def advance(
    graph: Graph,
    schema: Schema,
    hold: Hold,
    facts: Facts,
    *,
    point: int,
    clock: Clock,
    progress: Progress,
    backfilled: bool = False,
    by: EngineName = EngineName.COLUMNS,
) -> RunResult:
    """Make the run that is held: the rings as of `point` (µs), compared with the last finished run."""
    began = time.monotonic()
    last = hold.run - 1
    _require_order(graph, point, backfilled=backfilled)
    if not last:
        forget_rings(graph)  # without a run there are none; who forgot them may have been killed midway
    elif hold.leftovers:
        progress.step("Removing what an unfinished run left")
        _remove_leftovers(graph, hold)
    progress.step("Finding rings")
    ways = engine(by, graph, schema, point=point, run=hold.run, progress=progress)
    finder = Finder(schema, facts.before(point), engine=ways)
    found = found_rings(finder)
    progress.step("Comparing with the last run")
    plan = plan_run(found, _living(graph, last), _taken(graph), finder_ties(finder))
    unchanged = plan.empty and last > 0
    if unchanged:
        hold.abandon()
        known_at = None
    else:
        _write(hold, plan, progress)
        known_at = _finish(hold, plan, clock, point=point, backfilled=backfilled)
    return RunResult(
        run=last if unchanged else hold.run,
        known_at=known_at,
        unchanged=unchanged,
        rings=plan.rings,
        listed=sum(bool(ring.properties["listed"]) for ring in found),
        members=plan.members,
        born=len(plan.born),
        changed=len(plan.changed),
        dissolved=len(plan.dissolved),
        joined=len(plan.joined),
        left=len(plan.left),
        seconds=round(time.monotonic() - began, 3),
    )


def forget_rings(graph: Graph) -> None:
    """Delete all rings, a few thousand nodes a transaction."""
    while statement("rings/forget_rings").run(graph, limit=FORGOTTEN)[0]["left"]:
        pass


def _require_order(graph: Graph, point: int, *, backfilled: bool) -> None:
    """Runs go forward, in what they see and in when they are known."""
    last = statement("rings/last_run").run(graph)
    stood = max(last[0]["as_of"] or 0, (last[0]["known_at"] or 0) if backfilled else 0) if last else 0
    if stood > point:
        stands = str(iso(stood))
        raise UsageError(
            "rings.order",
            f"A run as of {stands} stands; one as of {iso(point)} would come too late.",
            hints=(
                f"Go on where it ended: fingraph rings backfill --from {stands[:10]}",
                "Make the history anew: fingraph rings backfill --from DAY --anew",
            ),
        )


def _living(graph: Graph, run: int) -> list[LivingRing]:
    rows = statement("rings/living").stream(graph, seconds=READ_SECONDS, run=run)
    return [
        LivingRing(
            Living(row["key"], row["born_run"], row["members"]), {name: row[name] for name in PROPERTIES}
        )
        for row in rows
    ]


def _taken(graph: Graph) -> frozenset[str]:
    return frozenset(statement("rings/ring_keys").run(graph)[0]["keys"])


def _write(hold: Hold, plan: Plan, progress: Progress) -> None:
    """What readers don't see before the run is finished, in chunks."""
    born = [{"key": key, "properties": properties} for key, properties in plan.born]
    evolved = [{"ring": ring, "before": before} for ring, before in plan.evolved]
    states = [state.as_row(hold.run) for state in plan.states]
    links = len(plan.joined) + len(plan.left) + len(evolved)
    progress.step("Writing rings", len(born) + len(states) + links)
    _in_chunks(hold, "rings/create_rings", born, progress)
    _in_chunks(hold, "rings/create_states", states, progress)
    _links_in_chunks(hold, "rings/join_members", plan.joined, progress)
    _links_in_chunks(hold, "rings/leave_members", plan.left, progress)
    _in_chunks(hold, "rings/evolve_rings", evolved, progress)
    progress.step("Finishing")


def _finish(hold: Hold, plan: Plan, clock: Clock, *, point: int, backfilled: bool) -> int:
    """In one transaction with the finish, what readers would see at once: properties of rings that lived before.

    A run is known from the moment it finished, beside arrivals `LEAD` later; a backfilled one stands for the run of
    its day, and says so. Returns from when it is known.
    """
    changed = [{"key": key, "properties": properties} for key, properties in plan.changed]

    def last(tx: Transaction) -> None:
        for rows in _chunks(changed):
            statement("rings/update_rings").within(tx, rows=rows, run=hold.run)
        for keys in _chunks(plan.dissolved):
            statement("rings/dissolve_rings").within(tx, keys=keys, run=hold.run)

    def known() -> dict[str, int]:
        now = clock()
        at, lead = (point, 0) if backfilled else (now, LEAD)
        return {"known_at": at, "lead": lead, "arriving_since": now - ARRIVING}

    about = {"as_of": point, "backfilled": backfilled, "rings": plan.rings, "members": plan.members}
    known_at, waits = hold.finish(last, known, finished_at=clock(), **about)
    if waits and clock() >= known_at:
        raise BusyError(
            "rings.slow",
            "The run finished after the moment from which it counts: what arrived in between may not have seen it. "
            "Look at the graph's load.",
        )
    return known_at


def _in_chunks(hold: Hold, name: str, rows: Sequence[object], progress: Progress) -> None:
    for chunk in _chunks(rows):
        hold.write(_statement(name, rows=chunk, run=hold.run))
        progress.advance(len(chunk))


def _links_in_chunks(hold: Hold, name: str, links: Sequence[tuple[str, str]], progress: Progress) -> None:
    """Write pairs (application, ring), gathered by ring: a ring is looked up once a chunk."""
    for chunk in _chunks(links):
        by_ring: dict[str, list[str]] = {}
        for application, ring in chunk:
            by_ring.setdefault(ring, []).append(application)
        rows = [{"ring": ring, "applications": members} for ring, members in by_ring.items()]
        hold.write(_statement(name, rows=rows, run=hold.run))
        progress.advance(len(chunk))


def _statement(name: str, **params: object) -> Callable[[Transaction], object]:
    return lambda tx: statement(name).within(tx, **params)


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _remove_leftovers(graph: Graph, hold: Hold) -> None:
    found: dict[str, list[str]] = {"begun": [], "ended": []}
    for row in statement("rings/leftovers").stream(graph, seconds=READ_SECONDS, run=hold.run):
        found[row["kind"]].append(row["id"])
    for ids in _chunks(found["begun"]):
        hold.write(_statement("rings/remove_links", ids=ids))
    for ids in _chunks(found["ended"]):
        hold.write(_statement("rings/reopen_members", ids=ids))
    hold.write(_statement("rings/remove_states", run=hold.run))
    hold.write(_statement("rings/remove_rings", run=hold.run))
