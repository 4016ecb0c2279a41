"""Hubs: which of an application's identifiers are hubs, what those are like, and the job that says so of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from core.clock import DAY, HOUR
from core.errors import UsageError
from features.doors import Doors, is_hub
from snapshot.columns import F64, I8, I32, I64, SUMMARY, Bools, Columns, Relation, Summaries
from snapshot.compiled import kernel

GIVEN, HUB, SUMMARY_VALUE, REPEATED = range(4)


@dataclass(frozen=True)
class HubProgram:
    """What to write."""

    outputs: I64
    """(f, 3): measure, place in `SUMMARY`, row of the result."""


def measure_hubs(
    columns: Columns, relation: Relation, role: int, program: HubProgram, doors: Doors, at: I64, out: F64
) -> None:
    """Write the program's features of the applications at `at` into `out` (features, b).

    Of several hubs of one application the largest figure of each kind is told.
    """
    summed: F64 | None = None
    for measure, word, row in program.outputs:
        if measure == GIVEN:
            out[row] = doors.given
        elif measure == HUB:
            out[row] = np.where(doors.given > 0, doors.hubs > 0, np.nan)
        elif measure == REPEATED:
            out[row] = doors.repeated
        else:
            summed = _summaries_of(columns, relation, role, at) if summed is None else summed
            out[row] = summed[word]


def _summaries_of(columns: Columns, relation: Relation, role: int, at: I64) -> F64:
    """(len(SUMMARY), b) The newest summary of each application's hubs that was known before its point."""
    held = relation.summaries
    found = np.full((len(SUMMARY), len(at)), np.nan)
    if held is not None:
        _newest(
            at, columns.known_at, columns.seq, role, relation.own_start, relation.own, relation.identifier,
            relation.role, relation.place, relation.hub_at, relation.hub_seq, held.start, held.known_at,
            held.values, found,
        )  # fmt: skip
    return found


@kernel
def _newest(
    at: I64, known_at: I64, seq: I64, wanted: int, own_start: I64, own: I64, identifier: I32, role: I8,
    place: I32, hub_at: I64, hub_seq: I64, start: I64, summary_at: I64, values: F64, found: F64,
) -> None:  # fmt: skip
    for i in range(len(at)):
        p = at[i]
        for o in range(own_start[p], own_start[p + 1]):
            j = own[o]
            x = identifier[j]
            if place[j] > p or (wanted >= 0 and role[j] != wanted):
                continue
            if not is_hub(known_at[p], seq[p], hub_at[x], hub_seq[x]):
                continue
            newest = -1
            for s in range(start[x], start[x + 1]):
                if summary_at[s] < known_at[p]:
                    newest = s
            if newest < 0:
                continue
            for word in range(values.shape[1]):
                value = values[newest, word]
                if not found[word, i] >= value:
                    found[word, i] = value


def summarise(columns: Columns, label: str, day: int, known_at: int) -> Mapping[int, tuple[float, ...]]:
    """What each hub of a type was like on the day that begins at `day` (µs): figures in the order of `SUMMARY`.

    By place of the identifier in the relation; hubs without an application that day are left out. It counts what was
    known by the end of the day, and `known_at`, when the job finished, must not be before that end.
    Raises `UsageError` (`hubs.open_day`).
    """
    end = day + DAY
    if known_at < end:
        raise UsageError("hubs.open_day", "Only a closed day is summarised; wait until it is over (UTC).")
    relation = columns.relations[label]
    hubs = np.flatnonzero(relation.hub_at < end)
    return {
        int(x): figures
        for x in hubs
        if (figures := _figures(relation.start[x : x + 2], relation.target, relation.known_at, columns, day))
    }


def summary_rows(columns: Columns, label: str, day: int, known_at: int) -> pl.DataFrame:
    """As `summarise`, a row a hub: `code` and a column a figure."""
    told = summarise(columns, label, day, known_at)
    rows = [(int(columns.relations[label].code[x]), *figures) for x, figures in told.items()]
    return pl.DataFrame(rows, schema={"code": pl.Int64, **dict.fromkeys(SUMMARY, pl.Float64)}, orient="row")


def _figures(bounds: I64, target: I32, known_at: I64, columns: Columns, day: int) -> tuple[float, ...] | None:
    rows = np.arange(bounds[0], bounds[1])
    rows = rows[~columns.event[target[rows]]]
    when = known_at[rows]
    today: Bools = (when >= day) & (when < day + DAY)
    if not today.any():
        return None
    users = columns.user[target[rows]]
    mine = np.unique(users[today & (users >= 0)])
    new = np.setdiff1d(mine, users[when < day])
    hours = np.bincount((when[today] - day) // HOUR, minlength=24)
    count = int(today.sum())
    return (float(count), float(len(mine)), len(new) / len(mine) if len(mine) else 0.0, hours.max() / count)


def with_summaries(relation: Relation, made: list[tuple[int, Mapping[int, tuple[float, ...]]]]) -> Summaries:
    """Summaries of several days as columns: pairs of when each became known and what it says, by day."""
    rows = [(x, known, figures) for known, told in made for x, figures in told.items()]
    rows.sort(key=lambda row: (row[0], row[1]))
    owner = np.array([row[0] for row in rows], dtype=np.int64)
    return Summaries(
        start=np.searchsorted(owner, np.arange(len(relation.hub_at) + 1)).astype(np.int64),
        known_at=np.array([row[1] for row in rows], dtype=np.int64),
        values=np.array([row[2] for row in rows], dtype=np.float64).reshape(len(rows), len(SUMMARY)),
    )
