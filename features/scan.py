"""What no prefix sum gives: different values, extremes, gaps, bursts, what fades, what neighbours carry.

Each row is looked at once, newest first, at most `MOST_ROWS` of an identifier, and shown to every task.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, isnan, log, sqrt

import numpy as np

from features.doors import Doors
from features.lines import Line
from features.words import MOST_ROWS
from snapshot.columns import F64, I32, I64, MISSING, Columns
from snapshot.compiled import kernel

USERS, DISTINCT, LEAST, MOST, SAME, EQUAL, GAP_MEAN, GAP_SPREAD, GAP_LEAST, BURST = range(10)
DECAYED, DECAYED_SUM, DECAYED_SAME, CARRIED_MEAN, CARRIED_MOST = range(10, 15)
ROWS = 15
"""A task of its own: how many rows lie in each window."""
WINDOWED = (USERS, DISTINCT, SAME, EQUAL, ROWS)
"""Tasks that count rows, each window for itself."""
OTHER = 2
SECOND = 1_000_000.0
LN2 = log(2.0)


@dataclass(frozen=True)
class ScanProgram:
    """Tasks look at rows, outputs are written from what tasks found."""

    edges: I64
    """(w) Windows in µs, ascending."""
    tasks: I64
    """(t, 5): measure, whose, column (place of a text in `after`, of a number, text or carried feature in its
    stack), duration in µs, column of the application's own value. The first task is `ROWS`."""
    outputs: I64
    """(f, 3): task, window, row of the result."""


@dataclass(frozen=True)
class Stacks:
    """What tasks read of targets."""

    numbers: I64
    """(columns, n)"""
    texts: I32
    """(columns, n)"""
    carried: F64
    """(n, c)"""


def measure_scan(
    columns: Columns,
    identifier: I32,
    line: Line,
    program: ScanProgram,
    doors: Doors,
    at: I64,
    read: Stacks,
    out: F64,
) -> None:
    """Write the program's features of the applications at `at` into `out` (features, b)."""
    _scan(
        at, columns.known_at, columns.user, doors.start, doors.link, identifier, line.start, line.rank, line.when,
        line.target, line.after, read.numbers, read.texts, read.carried, program.edges, program.tasks,
        program.outputs, out,
    )  # fmt: skip


@kernel
def _scan(
    at: I64, known_at: I64, user: I32, door_start: I64, door: I64, identifier: I32, start: I64, rank: I32,
    when: I64, target: I32, after: I32, numbers: I64, texts: I32, carried: F64, edges: I64, tasks: I64,
    outputs: I64, out: F64,
) -> None:  # fmt: skip
    wide, count = len(edges), len(tasks)
    found = np.zeros((count, max(wide + 1, 3)))  # gaps keep three figures
    for i in range(len(at)):
        p = at[i]
        if door_start[i] == door_start[i + 1]:
            for f in range(len(outputs)):
                out[outputs[f, 2], i] = np.nan
            continue
        for k in range(count):
            first_value = _first_value(tasks[k, 0])
            for w in range(wide + 1):
                found[k, w] = first_value
        for d in range(door_start[i], door_start[i + 1]):
            j = door[d]
            high = rank[j] if len(rank) else j
            low = max(start[identifier[j]], high - MOST_ROWS)
            _look(
                low, high, p, known_at[p], user, when, target, after, numbers, texts, carried, edges, tasks, found
            )  # fmt: skip
        for k in range(count):
            for w in range(1, wide):  # a window holds what the narrower ones hold
                if tasks[k, 0] == LEAST:
                    found[k, w] = min(found[k, w], found[k, w - 1])
                elif tasks[k, 0] == MOST:
                    found[k, w] = max(found[k, w], found[k, w - 1])
                elif tasks[k, 0] in WINDOWED:
                    found[k, w] += found[k, w - 1]
        for f in range(len(outputs)):
            k, w = outputs[f, 0], outputs[f, 1]
            told = True  # whether the application has a value of its own to compare with
            if tasks[k, 0] in (SAME, DECAYED_SAME):
                told = texts[tasks[k, 4], p] >= 0
            elif tasks[k, 0] == EQUAL:
                told = numbers[tasks[k, 4], p] != MISSING
            out[outputs[f, 2], i] = _value(
                tasks[k, 0], found[k, w], found[k, 0], found[k, 1], found[k, 2], found[0, w], told
            )


@kernel
def _first_value(measure: int) -> float:
    if measure == LEAST:
        return inf
    if measure in (MOST, CARRIED_MOST):
        return -inf
    return 0.0


@kernel
def _look(
    low: int, high: int, p: int, now: int, user: I32, when: I64, target: I32, after: I32, numbers: I64,
    texts: I32, carried: F64, edges: I64, tasks: I64, found: F64,
) -> None:  # fmt: skip
    wide, count = len(edges), len(tasks)
    for k in range(count):
        if tasks[k, 0] == BURST:
            found[k, 0] = max(found[k, 0], _burst(low, high, now, when, tasks[k, 3]))
    previous, w = now, 0
    for row in range(high - 1, low - 1, -1):
        age = now - when[row]
        while w < wide and age > edges[w]:
            w += 1
        q = target[row]
        for k in range(count):
            measure, c = tasks[k, 0], tasks[k, 2]
            if measure == ROWS:
                found[k, w] += 1.0
            elif measure == USERS:
                if after[c, row] >= high and not (tasks[k, 1] == OTHER and user[q] == user[p]):
                    found[k, w] += 1.0
            elif measure == DISTINCT:
                if after[c, row] >= high:
                    found[k, w] += 1.0
            elif measure == SAME:
                if texts[c, q] >= 0 and texts[c, q] == texts[c, p]:
                    found[k, w] += 1.0
            elif measure == LEAST and numbers[c, q] != MISSING:
                found[k, w] = min(found[k, w], float(numbers[c, q]))
            elif measure == MOST and numbers[c, q] != MISSING:
                found[k, w] = max(found[k, w], float(numbers[c, q]))
            elif measure == EQUAL and numbers[c, q] != MISSING and numbers[c, q] == numbers[c, p]:
                found[k, w] += 1.0
            elif GAP_MEAN <= measure <= GAP_LEAST:
                gap = (previous - when[row]) / SECOND
                if measure != GAP_LEAST:
                    found[k, 0] += gap
                elif found[k, 1] == 0.0 or gap < found[k, 0]:
                    found[k, 0] = gap
                found[k, 1] += 1.0
                found[k, 2] += gap * gap
            elif DECAYED <= measure <= DECAYED_SAME:
                left = exp(-LN2 * (age / tasks[k, 3]))
                if measure == DECAYED:
                    found[k, 0] += left
                elif measure == DECAYED_SUM:
                    found[k, 0] += left * numbers[c, q] if numbers[c, q] != MISSING else 0.0
                else:
                    found[k, 1] += left
                    found[k, 0] += left if texts[c, q] >= 0 and texts[c, q] == texts[c, p] else 0.0
            elif measure == CARRIED_MEAN and not isnan(carried[q, c]):
                found[k, 0] += carried[q, c]
                found[k, 1] += 1.0
            elif measure == CARRIED_MOST and not isnan(carried[q, c]):
                found[k, 0] = max(found[k, 0], carried[q, c])
        previous = when[row]


@kernel
def _burst(low: int, high: int, now: int, when: I64, within: int) -> float:
    """Most rows, this application included, that lie no further apart than `within`."""
    best, first = 1, low
    for last in range(low, high + 1):
        moment = when[last] if last < high else now
        while first < last and moment - when[first] > within:
            first += 1
        best = max(best, last - first + 1)
    return float(best)


@kernel
def _value(
    measure: int, value: float, first: float, second: float, third: float, rows: float, told: bool
) -> float:
    """A measure from what its task found: in the window, and in the task's first three places."""
    if measure in (USERS, DISTINCT):
        return value
    if measure in (LEAST, MOST, CARRIED_MOST):
        return value if abs(value) != inf else np.nan
    if measure in (SAME, EQUAL):
        return value / rows if rows and told else np.nan
    if measure == GAP_LEAST:
        return first if second else np.nan
    if measure in (GAP_MEAN, CARRIED_MEAN):
        return first / second if second else np.nan
    if measure == GAP_SPREAD:
        if second < 2.0 or first == 0.0:
            return np.nan
        mean = first / second
        return sqrt(max(0.0, third / second - mean * mean)) / mean
    if measure == DECAYED_SAME:
        return first / second if second and told else np.nan
    return first
