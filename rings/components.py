"""Components: users that hang together at each level of strength, in the process or by another engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

LEVELS = (250, 500, 700, 1_000)
"""Thousandths of a bond that binds alone, from loose to tight."""

Groups = NDArray[np.int64]
"""For each user, in order, the smallest user of their group."""
Engine = Callable[[pl.Series, pl.DataFrame], Sequence[Groups]]
"""Takes the names of all users in order and `a, b, strength` of their pairs; the groups of each of `LEVELS`."""


def groups(number: int, pairs: pl.DataFrame) -> Groups:
    """For each of `number` users the smallest user of their component under `pairs` (`a, b`)."""
    a, b = (pairs.get_column(name).to_numpy() for name in ("a", "b"))
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(number, number))
    labels = connected_components(graph, directed=False)[1]
    first = np.full(number, number, dtype=np.int64)
    np.minimum.at(first, labels, np.arange(number))
    return first[labels]


def in_columns(names: pl.Series, pairs: pl.DataFrame) -> list[Groups]:
    """The engine in the process: components of the columns."""
    return [groups(len(names), pairs.filter(pl.col("strength") >= least)) for least in LEVELS]
