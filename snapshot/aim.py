"""What an export takes: the loads that finished since the last one, and what arrived before a moment that is past.

A transaction that is in flight may still write facts of its own moment, so arrivals are taken up to before the
oldest began, and before what a clock that is behind may still stamp: what is known later is left for the next
export, and none is lost in between.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import DAY, iso
from core.errors import IncompatibleError
from core.graph import Graph, Row
from graph_schema.arriving import LEAD
from queries import statement
from snapshot.manifest import Manifest
from snapshot.source import Taken

GIVEN_UP = DAY
"""A file load that began so long ago and did not finish was killed: the same rows loaded again stand as its own."""


@dataclass(frozen=True)
class Aim:
    """What one export takes."""

    fresh: dict[int, int]
    """File loads to be taken whole, with when they finished (µs)."""
    done: dict[int, int]
    """Those taken before."""
    given_up: dict[int, int]
    """Loads that never finished, with when they began."""
    again: tuple[int, ...]
    """Loads of which a part may have been taken before: their relationships are compared with what is there."""
    online: tuple[int, ...]
    left_out: tuple[int, ...]
    since: int
    until: int
    """µs: arrivals known in between are taken."""

    @property
    def taken(self) -> Taken:
        """The facts that are new."""
        return Taken((*self.fresh, *self.given_up), self.online, self.since, self.until)

    @property
    def held(self) -> Taken:
        """Everything that the snapshot holds afterwards."""
        return Taken((*self.done, *self.fresh, *self.given_up), self.online, 0, self.until)

    def day(self, recorded: int) -> str:
        """The day on which something was recorded, as `graph_schema.reading.RECORDED` tells it."""
        moment = recorded * DAY if recorded >= 0 else {**self.given_up, **self.fresh}[-1 - recorded]
        return day_of(moment)


def day_of(moment: int) -> str:
    """`2025-01-31`, in UTC."""
    return str(iso(moment))[:10]


def aim(graph: Graph, kept: Manifest | None, now: int) -> Aim:
    """What is new in `graph` since `kept`.

    Raises `IncompatibleError` (`snapshot.other_graph`) where `kept` was exported from another graph.
    """
    since = kept.watermark if kept else 0
    # The moment first: a load that begins after it writes later facts only.
    oldest = statement("snapshot/in_flight").run(graph)[0]["oldest"]
    rows = statement("snapshot/loads").run(graph)
    files = {row["load"]: row for row in rows if row["mode"] != "online"}
    finished = _finished(rows)
    open_ = {load: row for load, row in files.items() if load not in finished}
    done = kept.loads if kept else {}
    _require_same(done, finished)
    given_up = {load: row["started_at"] for load, row in open_.items() if _is_given_up(row, now)}
    before = kept.given_up if kept else ()
    return Aim(
        fresh={load: moment for load, moment in finished.items() if load not in done},
        done=dict(done),
        given_up=given_up,
        again=tuple(sorted({*before, *given_up})),
        online=tuple(row["load"] for row in rows if row["mode"] == "online"),
        left_out=tuple(load for load in open_ if load not in given_up),
        since=since,
        until=max(since, oldest - LEAD),
    )


def _finished(rows: list[Row]) -> dict[int, int]:
    """The loads of files that finished, and when."""
    return {
        row["load"]: row["finished_at"]
        for row in rows
        if row["mode"] != "online" and row["finished_at"] is not None
    }


def _is_given_up(row: Row, now: int) -> bool:
    return (row["started_at"] or 0) < now - GIVEN_UP


def _require_same(done: dict[int, int], finished: dict[int, int]) -> None:
    if any(finished.get(load) != moment for load, moment in done.items()):
        raise IncompatibleError(
            "snapshot.other_graph",
            "The folder holds a snapshot of another graph; name another folder with --folder, or delete it.",
        )


def require_current(graph: Graph, made: Manifest) -> None:
    """Raise `IncompatibleError` (`snapshot.old`) unless the snapshot holds every load of files that finished."""
    if _finished(statement("snapshot/loads").run(graph)).keys() - made.loads.keys():
        raise IncompatibleError(
            "snapshot.old", "Files were loaded since the snapshot was taken; run: fingraph snapshot"
        )
