"""Doors: the identifiers through which an application looks at its past, hubs left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.words import View
from snapshot.columns import I8, I32, I64, Columns, Relation
from snapshot.compiled import kernel


@dataclass(frozen=True)
class Doors:
    """Of `b` applications and one view; the doors of the i-th are `start[i]:start[i + 1]`."""

    start: I64
    """(b + 1)"""
    link: I64
    """(d) Place in the relation's links up to which the identifier's links are seen."""
    given: I32
    """(b) Links of the view that the application came with."""
    hubs: I32
    """(b) How many of them lead to a hub: reported, not read."""
    repeated: I32
    """(b) How many of them name an identifier that it had named already, in whatever role."""


def doors(columns: Columns, relation: Relation, view: View, at: I64) -> Doors:
    """The doors of the applications at positions `at`."""
    role = relation.roles.index(view.mine) if view.mine else -1
    return Doors(
        *_doors(
            at, columns.known_at, columns.seq, role, relation.own_start, relation.own, relation.identifier,
            relation.role, relation.place, relation.start, relation.target, relation.hub_at, relation.hub_seq,
        )
    )  # fmt: skip


@kernel
def is_hub(known_at: int, seq: int, hub_at: int, hub_seq: int) -> bool:
    """Whether an identifier had passed `walk` before a point."""
    return known_at > hub_at or (known_at == hub_at and seq > hub_seq)


@kernel
def _doors(
    at: I64, known_at: I64, seq: I64, wanted: int, own_start: I64, own: I64, identifier: I32,
    role: I8, place: I32, start: I64, target: I32, hub_at: I64, hub_seq: I64,
) -> tuple[I64, I64, I32, I32, I32]:  # fmt: skip
    size = len(at)
    most = 0
    for i in range(size):
        most += own_start[at[i] + 1] - own_start[at[i]]
    opened, link = np.zeros(size + 1, dtype=np.int64), np.empty(most, dtype=np.int64)
    given, hubs = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
    repeated = np.zeros(size, dtype=np.int32)
    found = 0
    for i in range(size):
        p = at[i]
        for o in range(own_start[p], own_start[p + 1]):
            j = own[o]
            if place[j] > p:  # added later: not known at its own point
                continue
            x = identifier[j]
            first = j
            while first > start[x] and target[first - 1] == p:
                first -= 1
            if first != j:
                repeated[i] += 1
            if (wanted >= 0 and role[j] != wanted) or (wanted < 0 and first != j):
                continue
            given[i] += 1
            if is_hub(known_at[p], seq[p], hub_at[x], hub_seq[x]):
                hubs[i] += 1
                continue
            link[found] = first
            found += 1
        opened[i + 1] = found
    return opened, link[:found], given, hubs, repeated
