"""Outcomes of neighbours, grouped by identifier, in the order in which they became known through it.

An outcome is known through a link from the later of the two: when it became known, and when the link did. A
correction takes the place of what it corrects from its own moment on: an entry points at the one that it replaces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.doors import Doors
from features.lines import LineKey
from features.windows import first_from
from features.words import ALL
from snapshot.columns import F64, I8, I32, I64, MISSING, Bools, Columns, Relation
from snapshot.compiled import kernel

KNOWN, POSITIVES, RATE, SMOOTHED, SINCE_POSITIVE = range(5)
SECOND = 1_000_000.0
SMALL = 24
"""Groups up to this size are sorted by insertion."""


@dataclass(frozen=True)
class OutcomeLine:
    """`e` entries of one target; those of identifier `x` are `start[x]:start[x + 1]`."""

    start: I64
    """(k + 1)"""
    when: I64
    """(e) µs: from when it is known through this identifier; ascending within an identifier."""
    positives: I32
    """(e + 1) Positive entries before each."""
    newest: I32
    """(e + 1) The identifier's last positive entry before each, or -1."""
    corrections: I32
    """(e + 1) Entries before each that replace another; empty where none does."""
    replaces: I32
    """(e) The entry that it replaces, or -1; empty where none does."""
    unseen: I32
    """(m) Of each link that a target came with: its identifier's first entry that the target does not see."""


@dataclass(frozen=True)
class OutcomeProgram:
    """What to write of one target."""

    edges: I64
    """(w) Windows in µs, ascending; the last is `ALL`."""
    outputs: I64
    """(f, 3): measure, window, row of the result."""
    priors: F64
    """(f, 2): prior and its weight."""


def make_outcome_line(
    columns: Columns, relation: Relation, key: LineKey, name: str, kept: Bools, places: I32
) -> OutcomeLine:
    """The entries of the outcome `name` of the targets of a relation's links.

    `kept`: which targets give rows; `places`: the first position that sees each outcome.
    """
    known = columns.outcomes
    code = known.names.index(name) if name in known.names else -1
    role = relation.roles.index(key.theirs) if key.theirs else -1
    start, seen, when, positive, replaces = _entries(
        relation.start, relation.target, relation.role, relation.place, relation.known_at, kept, role,
        known.start, known.name, known.value, known.known_at, places, code,
    )  # fmt: skip
    unseen = _first_unseen(relation.start, relation.target, relation.place, start, seen)
    corrects = replaces >= 0
    if not corrects.any():
        replaces = corrections = np.empty(0, dtype=np.int32)
    else:
        corrections = np.concatenate([[0], np.cumsum(corrects)]).astype(np.int32)
    return OutcomeLine(start, when, *_positives(start, positive), corrections, replaces, unseen)


@kernel
def _entries(
    start: I64, target: I32, role: I8, place: I32, known_at: I64, kept: Bools, wanted: int,
    outcome_start: I64, name: I8, value: F64, outcome_at: I64, outcome_place: I32, code: int,
) -> tuple[I64, I32, I64, Bools, I32]:  # fmt: skip
    count = np.zeros(len(outcome_start) - 1, dtype=np.int32)  # outcomes of the name, by target
    for i in range(len(count)):
        for o in range(outcome_start[i], outcome_start[i + 1]):
            count[i] += name[o] == code
    total = 0
    for j in range(len(target)):
        if kept[target[j]] and (wanted < 0 or role[j] == wanted):
            total += count[target[j]]
    line_start = np.zeros(len(start), dtype=np.int64)
    seen, when = np.empty(total, dtype=np.int32), np.empty(total, dtype=np.int64)
    positive, replaces = np.empty(total, dtype=np.bool_), np.full(total, -1, dtype=np.int32)
    link = np.empty(total, dtype=np.int64)
    e = 0
    for x in range(len(start) - 1):
        first, several = e, False
        for j in range(start[x], start[x + 1]):
            q = target[j]
            if count[q] == 0 or not kept[q] or (wanted >= 0 and role[j] != wanted):
                continue
            several |= count[q] > 1
            link_seen = place[j] + 1 if place[j] == q else place[j]
            for o in range(outcome_start[q], outcome_start[q + 1]):
                if name[o] == code:
                    seen[e] = max(outcome_place[o], link_seen)
                    when[e] = max(outcome_at[o], known_at[j])
                    positive[e], link[e] = value[o] > 0, j
                    e += 1
        line_start[x + 1] = e
        _sort(first, e, seen, when, positive, link)
        if several:
            _find_replaced(first, e, link, replaces)
    return line_start, seen, when, positive, replaces


@kernel
def _positives(start: I64, positive: Bools) -> tuple[I32, I32]:
    positives = np.zeros(len(positive) + 1, dtype=np.int32)
    newest = np.full(len(positive) + 1, -1, dtype=np.int32)
    for x in range(len(start) - 1):
        for e in range(start[x], start[x + 1]):
            positives[e + 1] = positives[e] + positive[e]
            newest[e + 1] = e if positive[e] else (newest[e] if e > start[x] else -1)
    return positives, newest


@kernel
def _first_unseen(start: I64, target: I32, place: I32, line_start: I64, seen: I32) -> I32:
    unseen = np.zeros(len(target), dtype=np.int32)
    for x in range(len(start) - 1):
        e = line_start[x]
        for j in range(start[x], start[x + 1]):
            if place[j] == target[j]:
                while e < line_start[x + 1] and seen[e] <= target[j]:
                    e += 1
                unseen[j] = e
    return unseen


@kernel
def _sort(first: int, end: int, seen: I32, when: I64, positive: Bools, link: I64) -> None:
    """Sort entries by `seen`, then `when`; equal ones keep their order. Where all take as long, they are sorted."""
    e = first + 1
    while e < end and (seen[e] > seen[e - 1] or (seen[e] == seen[e - 1] and when[e] >= when[e - 1])):
        e += 1
    if e >= end:
        return
    if end - first > SMALL:
        by_when = np.argsort(when[first:end], kind="mergesort")
        order = by_when[np.argsort(seen[first:end][by_when], kind="mergesort")]
        seen[first:end] = seen[first:end][order]
        when[first:end] = when[first:end][order]
        positive[first:end] = positive[first:end][order]
        link[first:end] = link[first:end][order]
        return
    for e in range(first + 1, end):
        s, t, v, j = seen[e], when[e], positive[e], link[e]
        place = e
        while place > first and (seen[place - 1] > s or (seen[place - 1] == s and when[place - 1] > t)):
            seen[place], when[place] = seen[place - 1], when[place - 1]
            positive[place], link[place] = positive[place - 1], link[place - 1]
            place -= 1
        seen[place], when[place], positive[place], link[place] = s, t, v, j


@kernel
def _find_replaced(first: int, end: int, link: I64, replaces: I32) -> None:
    order = np.argsort(link[first:end], kind="mergesort")
    for place in range(1, end - first):
        e, earlier = first + order[place], first + order[place - 1]
        if link[e] == link[earlier]:
            replaces[e] = earlier


def measure_outcomes(
    columns: Columns,
    identifier: I32,
    line: OutcomeLine,
    program: OutcomeProgram,
    doors: Doors,
    at: I64,
    out: F64,
) -> None:
    """Write the program's features of the applications at `at` into `out` (features, b)."""
    _outcomes(
        at, columns.known_at, doors.start, doors.link, identifier, line.start, line.unseen, line.when, line.positives,
        line.newest, line.corrections, line.replaces, program.edges, program.outputs, program.priors, out,
    )  # fmt: skip


@kernel
def _outcomes(
    at: I64, known_at: I64, door_start: I64, door: I64, identifier: I32, start: I64, unseen: I32, when: I64,
    positives: I32, newest: I32, corrections: I32, replaces: I32, edges: I64, outputs: I64, priors: F64, out: F64,
) -> None:  # fmt: skip
    wide = len(edges)
    corrected = len(corrections) > 0
    known, positive = np.zeros(wide, dtype=np.int64), np.zeros(wide, dtype=np.int64)
    for i in range(len(at)):
        now = known_at[at[i]]
        for w in range(wide):
            known[w], positive[w] = 0, 0
        last = MISSING
        for d in range(door_start[i], door_start[i + 1]):
            x = identifier[door[d]]
            high = unseen[door[d]]
            from_ = high
            for w in range(wide):
                from_ = start[x] if edges[w] == ALL else first_from(when, start[x], from_, now - edges[w])
                known[w] += high - from_
                positive[w] += positives[high] - positives[from_]
                if corrected and corrections[high] > corrections[from_]:
                    gone, bad = _replaced(from_, high, replaces, positives)
                    known[w] -= gone
                    positive[w] -= bad
            e = newest[high] if high > start[x] else -1
            if corrected and corrections[high] > corrections[start[x]]:
                e = _last_held(start[x], high, positives, replaces)
            if e >= 0:
                last = max(last, when[e])
        for f in range(len(outputs)):
            value = np.nan
            if door_start[i] < door_start[i + 1]:
                value = _value(
                    outputs[f, 0], known[outputs[f, 1]], positive[outputs[f, 1]], priors[f, 0], priors[f, 1], last, now
                )  # fmt: skip
            out[outputs[f, 2], i] = value


@kernel
def _replaced(low: int, high: int, replaces: I32, positives: I32) -> tuple[int, int]:
    """How many entries of `low:high` are replaced within it, and how many of those are positive."""
    gone, bad = 0, 0
    for e in range(low, high):
        old = replaces[e]
        if old >= low:
            gone += 1
            bad += positives[old + 1] - positives[old]
    return gone, bad


@kernel
def _last_held(low: int, high: int, positives: I32, replaces: I32) -> int:
    """The newest positive entry of `low:high` that nothing in it replaces; -1: there is none."""
    for e in range(high - 1, low - 1, -1):
        if positives[e + 1] > positives[e]:
            holds = True
            for later in range(e + 1, high):
                holds &= replaces[later] != e
            if holds:
                return e
    return -1


@kernel
def _value(
    measure: int, known: int, positive: int, prior: float, weight: float, last: int, now: int
) -> float:
    if measure == KNOWN:
        return float(known)
    if measure == POSITIVES:
        return float(positive)
    if measure == RATE:
        return positive / known if known else np.nan
    if measure == SMOOTHED:
        return (positive + weight * prior) / (known + weight)
    return (now - last) / SECOND if last != MISSING else np.nan
