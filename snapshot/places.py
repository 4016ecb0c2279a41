"""From moments to places in the order of facts."""

from __future__ import annotations

import numpy as np

from snapshot.columns import I32, I64, MISSING, NEVER
from snapshot.compiled import kernel


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
