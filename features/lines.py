"""Lines: the rows that one view's measures are taken of, grouped by identifier, in the order of facts.

A row is a link of one role that leads from a target of one kind. What an application sees through an identifier are
the rows before its own first link there, so a place in the line is all that is needed; windows are two binary
searches, sums are differences of prefix sums (of integers, therefore exact), and whether a row is the last of its
user before a place is one comparison with the place of that user's next row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from snapshot.columns import I8, I32, I64, MISSING, Bools, Columns, Relation
from snapshot.compiled import kernel

NONE_AFTER = np.iinfo(np.int32).max
"""Place of a next row that there is none of."""


@dataclass(frozen=True)
class LineKey:
    """What tells one line from another."""

    relation: str
    theirs: str
    rows: str


@dataclass(frozen=True)
class Needs:
    """What a line's measures ask for."""

    sums: tuple[str, ...] = ()
    """Number columns that sums are taken of."""
    after: tuple[str, ...] = ()
    """Text columns (`user` too) whose different values are counted."""
    own: bool = False
    """Whether the user's own rows are told from others'."""


@dataclass(frozen=True)
class Line:
    """`r` rows of `k` identifiers; those of identifier `x` are `start[x]:start[x + 1]`."""

    start: I64
    """(k + 1)"""
    rank: I32
    """(m + 1) How many rows come before each link of the relation; empty: every link is a row."""
    when: I64
    """(r) µs: `known_at` of the link."""
    target: I32
    """(r)"""
    sums: I64
    """(columns, r + 1) Sum of each column over the rows before; missing numbers count nothing."""
    known: I32
    """(columns, r + 1) How many of them are known; (columns, 0) where all of all columns are."""
    after: I32
    """(texts, r) The identifier's next row of the same value; `NONE_AFTER`: none; -1: no value."""
    before: I32
    """(r) The identifier's previous row of the same user, or -1."""
    last_own: I32
    """(m) Of each link of the relation: the identifier's last row before it of the same user, or -1."""


def kept_targets(columns: Columns, rows: str) -> Bools | None:
    """(n) Which targets give rows: `application`, `event`, `event:KIND`; None: `any`, or all that there are."""
    if rows == "any" or (rows == "application" and not columns.event.any()):
        return None
    if rows == "application":
        return ~columns.event
    if rows == "event":
        return columns.event
    kinds = columns.words.get("kind", ())
    wanted = rows.partition(":")[2]
    code = kinds.index(wanted) if wanted in kinds else -2
    return (
        columns.event & (columns.texts["kind"] == code) if "kind" in columns.texts else ~columns.event & False
    )


def make_line(
    columns: Columns, relation: Relation, key: LineKey, needs: Needs, kept: Bools | None, texts: Sequence[I32]
) -> Line:
    """The line of a relation. `kept`: which targets give rows (None: all); `texts`: the codes of `needs.after`."""
    role = relation.roles.index(key.theirs) if key.theirs else -1
    if role < 0 and kept is None:
        rank, start = np.empty(0, dtype=np.int32), relation.start
        when, target = relation.known_at, relation.target
    else:
        every = np.ones(columns.size, dtype=np.bool_) if kept is None else kept
        rank, start, when, target = _compact(
            relation.start, relation.target, relation.role, relation.known_at, every, role
        )
    sums = np.empty((len(needs.sums), len(target) + 1), dtype=np.int64)
    known = np.empty((len(needs.sums), len(target) + 1), dtype=np.int32)
    for place, name in enumerate(needs.sums):
        _running(number_column(columns, name), target, sums[place], known[place])
    if (known[:, -1] == len(target)).all():
        known = np.empty((len(known), 0), dtype=np.int32)
    after = np.empty((len(texts), len(target)), dtype=np.int32)
    for place, codes in enumerate(texts):
        _next_of_value(start, target, codes, _size(codes), after[place])
    before, last_own = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)
    if needs.own:
        users = _size(columns.user)
        before, last_own = _own_rows(
            relation.start, relation.target, rank, start, len(target), columns.user, users
        )
    return Line(start, rank, when, target, sums, known, after, before, last_own)


def _size(codes: I32) -> int:
    return int(codes.max(initial=-1)) + 1


def number_column(columns: Columns, name: str) -> I64:
    """(n) A column of numbers; all missing where these columns have none of the name."""
    found = columns.numbers.get(name)
    return np.full(columns.size, MISSING, dtype=np.int64) if found is None else found


@kernel
def _compact(
    start: I64, target: I32, role: I8, known_at: I64, kept: Bools, wanted: int
) -> tuple[I32, I64, I64, I32]:
    rank, line_start = np.empty(len(target) + 1, dtype=np.int32), np.empty(len(start), dtype=np.int64)
    count = 0
    for j in range(len(target)):
        rank[j] = count
        if kept[target[j]] and (wanted < 0 or role[j] == wanted):
            count += 1
    rank[len(target)] = count
    for x in range(len(start)):
        line_start[x] = rank[start[x]]
    when, row_target = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int32)
    for j in range(len(target)):
        if rank[j + 1] > rank[j]:
            when[rank[j]] = known_at[j]
            row_target[rank[j]] = target[j]
    return rank, line_start, when, row_target


@kernel
def _running(numbers: I64, target: I32, sums: I64, known: I32) -> None:
    total, count = 0, 0
    sums[0], known[0] = 0, 0
    for row in range(len(target)):
        number = numbers[target[row]]
        if number != MISSING:
            total += number
            count += 1
        sums[row + 1], known[row + 1] = total, count


@kernel
def _next_of_value(start: I64, target: I32, codes: I32, values: int, after: I32) -> None:
    newest = np.full(values, NONE_AFTER, dtype=np.int32)
    for x in range(len(start) - 2, -1, -1):
        for row in range(start[x + 1] - 1, start[x] - 1, -1):
            code = codes[target[row]]
            if code < 0:
                after[row] = -1
                continue
            after[row] = newest[code] if newest[code] < start[x + 1] else NONE_AFTER
            newest[code] = row


@kernel
def _own_rows(
    start: I64, target: I32, rank: I32, line_start: I64, rows: int, user: I32, users: int
) -> tuple[I32, I32]:
    newest = np.full(users, -1, dtype=np.int32)
    before, last_own = np.full(rows, -1, dtype=np.int32), np.full(len(target), -1, dtype=np.int32)
    every = len(rank) == 0
    for x in range(len(start) - 1):
        for j in range(start[x], start[x + 1]):
            who = user[target[j]]
            if who < 0:
                continue
            found = newest[who] if newest[who] >= line_start[x] else -1
            last_own[j] = found
            if every:
                before[j] = found
                newest[who] = j
            elif rank[j + 1] > rank[j]:
                before[rank[j]] = found
                newest[who] = rank[j]
    return before, last_own
