"""Candidates: groups of users that hang together, from loosely to tightly.

At each level only pairs tied at least so strongly count, so the groups of a level lie inside those of the looser
ones. Which of the nested groups is the ring is for their score to say.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

LEVELS = (250, 500, 700, 1_000)
"""Thousandths of a bond that binds alone."""
LARGEST = 400
"""Applications of a candidate at most; what is larger falls apart at a tighter level."""
MINIMUM_APPLICATIONS = 3
MINIMUM_USERS = 2


def groups(number: int, pairs: pl.DataFrame) -> NDArray[np.int64]:
    """For each of `number` users the smallest user of their component under `pairs` (`a, b`)."""
    a, b = (pairs.get_column(name).to_numpy() for name in ("a", "b"))
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(number, number))
    labels = connected_components(graph, directed=False)[1]
    first = np.full(number, number, dtype=np.int64)
    np.minimum.at(first, labels, np.arange(number))
    return first[labels]


def candidates(users: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """`candidate, level, who`: the groups of every level that are large enough, and no larger than a ring.

    `users`: `who, applications, known`, every user in order; `pairs`: `a, b, strength`. Numbers of candidates
    follow from the users.
    """
    found = []
    for level, least in enumerate(LEVELS):
        tied = pairs.filter(pl.col("strength") >= least)
        members = users.with_columns(pl.Series("group", groups(users.height, tied)))
        members = large_enough(members).filter(pl.col("applications").sum().over("group") <= LARGEST)
        found.append(
            members.select(
                (pl.col("group") * len(LEVELS) + level).alias("candidate"),
                pl.lit(level, dtype=pl.Int8).alias("level"),
                pl.col("who"),
            )
        )
    return pl.concat(found)


def large_enough(members: pl.DataFrame) -> pl.DataFrame:
    """Those of `members` (`group, applications, known`) whose group has as many applications and users as a ring."""
    people = ((pl.col("applications") > 0) & pl.col("known")).sum()
    return members.filter(
        pl.col("applications").sum().over("group") >= MINIMUM_APPLICATIONS,
        people.over("group") >= MINIMUM_USERS,
    )
