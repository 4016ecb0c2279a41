"""Stars: the users of one identifier of few users, as candidates beside those that bonds make.

People who come one at a time over weeks are tied by nothing but the one firm, address or contact that all of them
name. Among honest people such a group is a household or an office, which is for its score to say.
"""

from __future__ import annotations

import polars as pl

from rings.candidates import MINIMUM_APPLICATIONS

FEWEST, MOST = 3, 60
"""Users of an identifier whose users are a candidate."""


def stars(firsts: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """`group, who`: a group per set of users that an identifier has, in an order that follows from the users.

    `firsts` as `rings.bonds.first_links` makes them, `people`: `who, applications, known`.
    """
    one = ["type", "thing"]
    able = people.filter(pl.col("applications") > 0, pl.col("known")).select("who", "applications")
    used = firsts.filter(pl.len().over(one).is_between(FEWEST, MOST)).join(able, on="who")
    whole = used.filter(
        pl.len().over(one) >= FEWEST, pl.col("applications").sum().over(one) >= MINIMUM_APPLICATIONS
    )
    sets = whole.group_by(one).agg(pl.col("who").sort()).select("who")
    named = sets.with_columns(pl.col("who").cast(pl.List(pl.String)).list.join(" ").alias("name"))
    once = named.unique("name").sort("name").with_row_index("group")
    return once.select(pl.col("group").cast(pl.Int64), "who").explode("who")


def largest_first(groups: pl.DataFrame) -> pl.DataFrame:
    """`group, who` with each user in the largest of their groups alone, named by its first user."""
    ranked = groups.sort(pl.len().over("group"), "group", "who", descending=[True, False, False])
    mine = ranked.unique("who", keep="first", maintain_order=True)
    return mine.select(pl.col("who").min().over("group").alias("group"), "who").sort("group", "who")
