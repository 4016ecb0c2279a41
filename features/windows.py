"""Counts, sums and first and last sights: by binary search and prefix sums, whatever the number of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.doors import Doors
from features.lines import Line
from features.words import ALL
from snapshot.columns import F64, I32, I64, MISSING, Bools, Columns
from snapshot.compiled import kernel

COUNT, SUM, MEAN, MINE_OVER_MEAN, SINCE_FIRST, SINCE_LAST, FIRST_SIGHT, OWN_SHARE = range(8)
ANY, OWN, OTHER = range(3)
SECOND = 1_000_000.0


@dataclass(frozen=True)
class WindowProgram:
    """What to write: a column of `outputs` each for `f` features."""

    edges: I64
    """(w) Windows in µs, ascending; the last is `ALL`."""
    outputs: I64
    """(f, 5): measure, whose, window, place of the column among the line's sums, row of the result."""
    own: bool
    """Whether any of them asks whose rows they are."""


def measure_windows(
    columns: Columns,
    identifier: I32,
    line: Line,
    program: WindowProgram,
    doors: Doors,
    at: I64,
    mine: I64,
    out: F64,
) -> None:
    """Write the program's features of the applications at `at` into `out` (features, b). `mine`: (columns, n)."""
    every = line.known.shape[1] == 0  # no number of any column is missing
    whole = np.ones(len(line.known), np.bool_) if every else line.known[:, -1] == len(line.target)
    _windows(
        at, columns.known_at, columns.user, doors.start, doors.link, identifier, line.start, line.rank,
        line.when, line.target, line.sums, line.known, whole, line.before, line.last_own, mine,
        program.edges, program.outputs, program.own, out,
    )  # fmt: skip


@kernel
def first_from(when: I64, low: int, high: int, moment: int) -> int:
    """The first place in `low:high` whose moment is not before `moment`; sought from the end, where windows lie."""
    step = 1
    while high - step >= low and when[high - step] >= moment:
        high -= step
        step <<= 1
    low = max(low, high - step)
    left = high - low
    while left > 0:  # halved whatever is found, so that no branch has to be guessed
        half = (left + 1) >> 1
        low += half if when[low + half - 1] < moment else 0
        left -= half
    return low


@kernel
def _windows(
    at: I64, known_at: I64, user: I32, door_start: I64, door: I64, identifier: I32, start: I64, rank: I32,
    when: I64, target: I32, sums: I64, known: I32, whole: Bools, before: I32, last_own: I32, mine: I64,
    edges: I64, outputs: I64, with_own: bool, out: F64,
) -> None:  # fmt: skip
    wide, cols = len(edges), len(sums)
    count = np.zeros((3, wide), dtype=np.int64)
    total = np.zeros((3, max(cols, 1), wide), dtype=np.int64)
    some = np.zeros((3, max(cols, 1), wide), dtype=np.int64)
    first, last = np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)
    for i in range(len(at)):
        p = at[i]
        now, who = known_at[p], user[p]
        for whose in range(3 if with_own else 1):
            first[whose], last[whose] = ALL, MISSING
            for w in range(wide):
                count[whose, w] = 0
                for c in range(cols):
                    total[whose, c, w], some[whose, c, w] = 0, 0
        for d in range(door_start[i], door_start[i + 1]):
            j = door[d]
            x = identifier[j]
            low, high = start[x], rank[j] if len(rank) else j
            if low == high:
                continue
            first[ANY], last[ANY] = min(first[ANY], when[low]), max(last[ANY], when[high - 1])
            from_ = high
            for w in range(wide):
                from_ = low if edges[w] == ALL else first_from(when, low, from_, now - edges[w])
                count[ANY, w] += high - from_
                for c in range(cols):
                    total[ANY, c, w] += sums[c, high] - sums[c, from_]
                    some[ANY, c, w] += high - from_ if whole[c] else known[c, high] - known[c, from_]
            if not with_own:
                continue
            if last_own[j] >= 0:
                last[OWN] = max(last[OWN], when[last_own[j]])
                first[OWN] = min(
                    first[OWN],
                    _add_own(last_own[j], now, when, before, edges, sums, known, whole, count, total, some),
                )
            row = _last_other(user, target, who, low, high)
            if row >= low:
                last[OTHER] = max(last[OTHER], when[row])
        if with_own:
            count[OTHER], total[OTHER] = count[ANY] - count[OWN], total[ANY] - total[OWN]
            some[OTHER] = some[ANY] - some[OWN]
        for f in range(len(outputs)):
            value = np.nan
            if door_start[i] < door_start[i + 1]:
                measure, whose, w, c = outputs[f, 0], outputs[f, 1], outputs[f, 2], outputs[f, 3]
                own = mine[c, p] if measure == MINE_OVER_MEAN else count[OWN, w]
                value = _value(
                    measure, count[whose, w], count[ANY, w], own, total[whose, c, w], some[whose, c, w],
                    first[whose], last[whose], now,
                )  # fmt: skip
            out[outputs[f, 4], i] = value


@kernel
def _add_own(
    row: int,
    now: int,
    when: I64,
    before: I32,
    edges: I64,
    sums: I64,
    known: I32,
    whole: Bools,
    count: I64,
    total: I64,
    some: I64,
) -> int:
    """Add the user's own rows from `row` back to the windows that hold them; → when the first was."""
    first = when[row]
    while row >= 0:
        first = when[row]
        for w in range(len(edges) - 1, -1, -1):
            if now - when[row] > edges[w]:
                break
            count[OWN, w] += 1
            for c in range(len(sums)):
                total[OWN, c, w] += sums[c, row + 1] - sums[c, row]
                some[OWN, c, w] += 1 if whole[c] else known[c, row + 1] - known[c, row]
        row = before[row]
    return first


@kernel
def _last_other(user: I32, target: I32, who: int, low: int, high: int) -> int:
    """The last row of `low:high` that is not the user's own; `low - 1`: there is none."""
    row = high - 1
    while who >= 0 and row >= low and user[target[row]] == who:
        row -= 1
    return row


@kernel
def _value(
    measure: int, rows: int, every: int, own: int, total: int, known: int, first: int, last: int, now: int
) -> float:
    """A measure from whose rows there are, all rows, the own rows or the own number, sums, and first and last sight."""
    if measure == COUNT:
        return float(rows)
    if measure == SUM:
        return float(total)
    if measure == SINCE_FIRST:
        return (now - first) / SECOND if first != ALL else np.nan
    if measure == SINCE_LAST:
        return (now - last) / SECOND if last != MISSING else np.nan
    if measure == FIRST_SIGHT:
        return 1.0 if first == ALL else 0.0
    if measure == OWN_SHARE:
        return own / every if every else np.nan
    if known == 0:
        return np.nan
    if measure == MEAN:
        return total / known
    return own / (total / known) if own != MISSING and total != 0 else np.nan
