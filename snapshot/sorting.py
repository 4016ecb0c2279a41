"""Stable orders by small whole numbers, in time linear in the rows: links of millions are put in order by counting."""

from __future__ import annotations

import numpy as np

from snapshot.columns import I64
from snapshot.compiled import kernel


@kernel
def counted(order: I64, key: I64, size: int) -> I64:
    """`order` sorted by `key` (0 to `size` - 1, by row), rows of equal keys in the order that they had."""
    start = np.zeros(size + 1, dtype=np.int64)
    for i in range(len(order)):
        start[key[order[i]] + 1] += 1
    for x in range(size):
        start[x + 1] += start[x]
    found = np.empty(len(order), dtype=np.int64)
    for i in range(len(order)):
        row = order[i]
        found[start[key[row]]] = row
        start[key[row]] += 1
    return found


@kernel
def least(owner: I64, key: I64, size: int, none: int) -> I64:
    """(size) The least key of the rows of each owner, `none` (greater than all keys) where there is no row."""
    found = np.full(size, none, dtype=np.int64)
    for i in range(len(owner)):
        found[owner[i]] = min(found[owner[i]], key[i])
    return found


def ascending(*keys: I64) -> bool:
    """Whether rows stand in the order of the keys, the first of them first."""
    later = np.zeros(max(len(keys[0]) - 1, 0), dtype=np.bool_)
    equal = ~later
    for key in keys:
        later |= equal & (key[1:] > key[:-1])
        equal &= key[1:] == key[:-1]
    return bool((later | equal).all())
