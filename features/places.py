"""From moments to places in the order of facts."""

from __future__ import annotations

import numpy as np

from features.compiled import kernel
from snapshot.columns import I32, I64, MISSING, NEVER, Columns


def outcome_places(known_at: I64, seq: I64, moment: I64, moment_seq: I64) -> I32:
    """(o) The first position that sees a fact of each moment: how many targets' points are not after it.

    A fact of the very microsecond of a point is seen when its `seq` is smaller; one that has no place inside the
    microsecond (`MISSING`) is not.
    """
    return _places(known_at, seq, moment, np.where(moment_seq == MISSING, NEVER, moment_seq))


@kernel
def _places(known_at: I64, seq: I64, moment: I64, moment_seq: I64) -> I32:
    found = np.empty(len(moment), dtype=np.int32)
    for o in range(len(moment)):
        low, high = 0, len(known_at)
        while low < high:
            middle = (low + high) >> 1
            if known_at[middle] < moment[o] or (
                known_at[middle] == moment[o] and seq[middle] <= moment_seq[o]
            ):
                low = middle + 1
            else:
                high = middle
        found[o] = low
    return found


@kernel
def _first(own_start: I64, own: I64, identifier: I32, place: I32) -> I32:
    found = np.full(len(own_start) - 1, -1, dtype=np.int32)
    for i in range(len(found)):
        for o in range(own_start[i], own_start[i + 1]):
            if place[own[o]] == i:
                found[i] = identifier[own[o]]
                break
    return found


def identifier_codes(columns: Columns, label: str) -> I32:
    """(n) Code within these columns of the first identifier of a type that each target came with; -1: none."""
    relation = columns.relations.get(label)
    if relation is None:
        return np.full(columns.size, -1, dtype=np.int32)
    return _first(relation.own_start, relation.own, relation.identifier, relation.place)


def unless_hub(columns: Columns, label: str, codes: I32) -> I32:
    """(n) `codes` of identifiers, -1 where the identifier is a hub at the target's point."""
    relation = columns.relations.get(label)
    if relation is None or not len(relation.hub_at):
        return codes
    at, seq = relation.hub_at[codes], relation.hub_seq[codes]
    hub = (columns.known_at > at) | ((columns.known_at == at) & (columns.seq > seq))
    return np.where(hub, np.int32(-1), codes)
