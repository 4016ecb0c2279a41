"""Candidates: groups of users that hang together, from loosely to tightly.

At each level only pairs tied at least so strongly count, so the groups of a level lie inside those of the looser
ones. Which of the nested groups is the ring is for their score to say.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

LEVELS = (0.25, 0.5, 0.7, 1.0)
LARGEST = 400
"""Applications of a candidate at most; what is larger falls apart at a tighter level."""
MINIMUM_APPLICATIONS = 3
MINIMUM_USERS = 2


def groups(number: int, pairs: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """For each of `number` users the smallest user of their component under `pairs` (`a, b`)."""
    a, b = (pairs.get_column(name).to_numpy() for name in ("a", "b"))
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(number, number))
    labels = connected_components(graph, directed=False)[1]
    first = np.full(number, number, dtype=np.int64)
    np.minimum.at(first, labels, np.arange(number))
    return first[labels]


def candidates(number: int, pairs: pl.DataFrame, applications: pl.Series) -> pl.DataFrame:
    """`candidate, level, who`: the groups of every level that are large enough, and no larger than a ring.

    `pairs`: `a, b, strength`; `applications`: how many each user made. Numbers of candidates follow from the users.
    """
    found = []
    users = np.arange(number, dtype=np.int64)
    for level, least in enumerate(LEVELS):
        tied = pairs.filter(pl.col("strength") >= least)
        frame = pl.DataFrame({"group": groups(number, tied), "who": users, "n": applications})
        able = (
            frame.group_by("group")
            .agg(pl.col("n").sum(), (pl.col("n") > 0).sum().alias("people"))
            .filter(pl.col("n").is_between(MINIMUM_APPLICATIONS, LARGEST), pl.col("people") >= MINIMUM_USERS)
        )
        members = frame.join(able.select("group"), on="group", how="semi")
        found.append(
            members.select(
                (pl.col("group") * len(LEVELS) + level).alias("candidate"),
                pl.lit(level, dtype=pl.Int8).alias("level"),
                pl.col("who"),
            )
        )
    return pl.concat(found)
