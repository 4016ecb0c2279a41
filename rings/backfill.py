"""The history of days past: a run for the end of each day, as it would have been made on that day."""

from __future__ import annotations

from collections.abc import Iterator

from core.clock import DAY, Clock, iso
from core.errors import UsageError
from core.graph import Graph
from core.progress import SILENT, Progress
from graph_schema import Schema
from loaders.run import arrivals_began
from queries import statement
from rings.hold import hold_run
from rings.read import read_facts
from rings.run import RunResult, advance, forget_rings


def backfill(
    graph: Graph,
    schema: Schema,
    first: int,
    last: int,
    *,
    clock: Clock,
    progress: Progress = SILENT,
    anew: bool = False,
) -> Iterator[RunResult]:
    """Make a run for each day from the one that begins at `first` (µs) to the one that begins at `last`.

    Each sees what was known before its day ended, and is known from then; the facts are read once. With `anew` all
    rings and their history are forgotten before. Raises as `run_rings`, and `UsageError` (`rings.days`) when the
    days are none or lie ahead, or (`rings.arrivals`) applications saw the rings that there were.
    """
    days = range(first, last + 1, DAY)
    if not days or days[-1] + DAY > clock():
        raise UsageError(
            "rings.days", f"From {iso(first)} to {iso(last)} there is no whole day that has passed."
        )
    _require_unseen(graph, days[-1] + DAY, anew=anew)
    if anew:
        progress.step("Forgetting rings")
        with hold_run(graph, clock) as hold:
            statement("rings/forget_runs").run(graph, but=str(hold.run))
            forget_rings(graph)
            hold.abandon()
    facts = read_facts(graph, schema, progress)
    for day in days:
        with hold_run(graph, clock) as hold:
            yield advance(
                graph, schema, hold, facts, point=day + DAY, clock=clock, progress=progress, backfilled=True
            )


def _require_unseen(graph: Graph, until: int, *, anew: bool) -> None:
    """What arrived saw the rings of its own moment: no history is made of it afterwards."""
    began = arrivals_began(graph)
    if began is not None and (anew or until > began):
        raise UsageError(
            "rings.arrivals",
            f"Applications arrive in this graph since {iso(began)}, and saw the rings that there were; history can be "
            "made of the days before only, and rings they saw cannot be forgotten.",
        )
