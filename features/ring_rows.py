"""Rings of neighbours, as the last run that finished before the point left them."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from features.doors import Doors
from features.lines import Line
from features.words import MOST_ROWS
from snapshot.columns import F64, I32, I64, Bools, Columns, Memberships
from snapshot.compiled import kernel

RINGS, LISTED, SCORE, USERS, ROWS = range(5)
MOST_RINGS = 64
"""Different rings that are told apart; further ones are not counted."""


@dataclass(frozen=True)
class RingProgram:
    """What to write."""

    outputs: I64
    """(f, 2): measure, row of the result."""


def measure_rings(
    columns: Columns, identifier: I32, line: Line, program: RingProgram, doors: Doors, at: I64, out: F64
) -> None:
    """Write the program's features of the applications at `at` into `out` (features, b)."""
    held = columns.memberships
    if held is None:
        out[program.outputs[:, 1]] = np.nan
        return
    _rings(
        at, columns.known_at, doors.start, doors.link, identifier, line.start, line.rank, line.target,
        held.start, held.ring, held.since, held.until, held.run_known_at, held.state_start, held.state_run,
        held.score, held.users, held.listed, program.outputs, out,
    )  # fmt: skip


def last_run(held: Memberships, moment: int) -> int:
    """Place of the last run known before a moment, or -1."""
    return int(np.searchsorted(held.run_known_at, moment)) - 1


@kernel
def _rings(
    at: I64, known_at: I64, door_start: I64, door: I64, identifier: I32, start: I64, rank: I32, target: I32,
    member_start: I64, ring: I32, since: I32, until: I32, run_known_at: I64, state_start: I64, state_run: I32,
    score: F64, users: I32, listed: Bools, outputs: I64, out: F64,
) -> None:  # fmt: skip
    found = np.empty(MOST_RINGS, dtype=np.int32)
    figures = np.zeros(5)
    for i in range(len(at)):
        p = at[i]
        run = np.searchsorted(run_known_at, known_at[p]) - 1
        count = 0
        figures[:] = 0.0
        figures[SCORE], figures[USERS] = -inf, -inf
        for d in range(door_start[i], door_start[i + 1]):
            j = door[d]
            high = rank[j] if len(rank) else j
            low = max(start[identifier[j]], high - MOST_ROWS)
            for row in range(high - 1, low - 1, -1):
                q = target[row]
                for m in range(member_start[q], member_start[q + 1]):
                    if since[m] > run or until[m] <= run:
                        continue
                    state = _state(state_run, state_start[ring[m]], state_start[ring[m] + 1], run)
                    if state < 0:
                        continue
                    figures[ROWS] += listed[state]
                    if _is_there(found, count, ring[m]) or count == MOST_RINGS:
                        continue
                    found[count] = ring[m]
                    count += 1
                    figures[RINGS] += 1.0
                    figures[LISTED] += listed[state]
                    figures[SCORE] = max(figures[SCORE], score[state])
                    figures[USERS] = max(figures[USERS], float(users[state]))
        for f in range(len(outputs)):
            value = figures[outputs[f, 0]]
            told = run >= 0 and door_start[i] < door_start[i + 1] and value != -inf
            out[outputs[f, 1], i] = value if told else np.nan


@kernel
def _state(state_run: I32, low: int, high: int, run: int) -> int:
    """The ring's newest state of a run not after `run`, or -1."""
    found = -1
    for state in range(low, high):
        if state_run[state] <= run:
            found = state
    return found


@kernel
def _is_there(found: I32, count: int, ring: int) -> bool:
    for place in range(count):  # noqa: SIM110 (a kernel has no generators)
        if found[place] == ring:
            return True
    return False
