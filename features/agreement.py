"""Whether those met through one identifier name another that the application names: the same employer, the same card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.doors import Doors, is_hub
from features.lines import Line
from features.words import MOST_ROWS
from snapshot.columns import F64, I32, I64, Columns
from snapshot.compiled import kernel


@dataclass(frozen=True)
class AgreementProgram:
    """What to write: one row of the result for each label."""

    outputs: tuple[tuple[str, int], ...]
    """Label of the other identifier, row of the result."""


def measure_agreement(
    columns: Columns, identifier: I32, line: Line, program: AgreementProgram, doors: Doors, at: I64, out: F64
) -> None:
    """Write the program's features of the applications at `at` into `out` (features, b).

    Null where the application names no such identifier, or where the first that it names is a hub.
    """
    for label, row in program.outputs:
        other = columns.relations.get(label)
        if other is None:
            out[row] = np.nan
            continue
        mine = _first_named(
            at, columns.known_at, columns.seq, other.own_start, other.own, other.identifier, other.place,
            other.hub_at, other.hub_seq,
        )  # fmt: skip
        _agree(
            at, doors.start, doors.link, identifier, line.start, line.rank, line.target, mine, other.start,
            other.target, other.place, out[row],
        )  # fmt: skip


@kernel
def _first_named(
    at: I64,
    known_at: I64,
    seq: I64,
    own_start: I64,
    own: I64,
    identifier: I32,
    place: I32,
    hub_at: I64,
    hub_seq: I64,
) -> I64:
    """(b) The first identifier that each application came with; -1: none, or a hub."""
    found = np.full(len(at), -1, dtype=np.int64)
    for i in range(len(at)):
        p = at[i]
        for o in range(own_start[p], own_start[p + 1]):
            if place[own[o]] == p:
                x = identifier[own[o]]
                if not is_hub(known_at[p], seq[p], hub_at[x], hub_seq[x]):
                    found[i] = x
                break
    return found


@kernel
def _names(target: I32, place: I32, low: int, end: int, q: int) -> bool:
    """Whether target `q` came with one of the links `low:end`, which stand in the order of facts."""
    high = end
    while low < high:
        middle = (low + high) >> 1
        if place[middle] < q:
            low = middle + 1
        else:
            high = middle
    while low < end and place[low] == q:  # amendments of others, made just before it
        if target[low] == q:
            return True
        low += 1
    return False


@kernel
def _agree(
    at: I64, door_start: I64, door: I64, identifier: I32, start: I64, rank: I32, target: I32, mine: I64,
    other_start: I64, other_target: I32, other_place: I32, out: F64,
) -> None:  # fmt: skip
    for i in range(len(at)):
        rows, same = 0, 0
        for d in range(door_start[i], door_start[i + 1]):
            j = door[d]
            high = rank[j] if len(rank) else j
            low = max(start[identifier[j]], high - MOST_ROWS)
            rows += high - low
            if mine[i] < 0:
                continue
            first, last = other_start[mine[i]], other_start[mine[i] + 1]
            for row in range(low, high):
                same += _names(other_target, other_place, first, last, target[row])
        out[i] = same / rows if rows and mine[i] >= 0 else np.nan
