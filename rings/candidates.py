"""Candidates: groups of users that hang together, from loosely to tightly.

At each level only pairs tied at least so strongly count, so the groups of a level lie inside those of the looser
ones. What is too large for a ring even at the tightest is refined into communities, one level more inside it. Which
of the nested groups is the ring is for their score to say.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from rings.components import LEVELS, Groups
from rings.refine import refined

LARGEST = 400
"""Applications of a candidate at most; what is larger falls apart at a tighter level."""
MINIMUM_APPLICATIONS = 3
MINIMUM_USERS = 2


def candidates(users: pl.DataFrame, pairs: pl.DataFrame, by_level: Sequence[Groups]) -> pl.DataFrame:
    """`candidate, level, who`: the groups of every level that are large enough, and no larger than a ring.

    `users`: `who, applications, known`, every user in order; `pairs`: `a, b, strength`; `by_level`: their groups at
    each of `LEVELS`. Numbers of candidates follow from the users.
    """
    found = [_able(users, group) for group in by_level]
    tightest = pairs.filter(pl.col("strength") >= LEVELS[-1])
    parts = _able(users, refined(users, tightest, by_level[-1], LARGEST))
    # What was no larger than a ring was not split, and is there already.
    found.append(parts.join(found[-1], on="who", how="anti", maintain_order="left"))
    return pl.concat(
        members.select(
            (pl.col("group") * len(found) + level).alias("candidate"),
            pl.lit(level, dtype=pl.Int8).alias("level"),
            pl.col("who"),
        )
        for level, members in enumerate(found)
    )


def _able(users: pl.DataFrame, group: Groups) -> pl.DataFrame:
    """Those `users` whose group could be a ring, with `group`."""
    members = large_enough(users.with_columns(pl.Series("group", group)))
    return members.filter(pl.col("applications").sum().over("group") <= LARGEST)


def large_enough(members: pl.DataFrame) -> pl.DataFrame:
    """Those of `members` (`group, applications, known`) whose group has as many applications and users as a ring."""
    people = ((pl.col("applications") > 0) & pl.col("known")).sum()
    return members.filter(
        pl.col("applications").sum().over("group") >= MINIMUM_APPLICATIONS,
        people.over("group") >= MINIMUM_USERS,
    )
