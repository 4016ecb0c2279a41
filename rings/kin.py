"""Kin: which groups and users belong to one ring, though no bond holds them together.

A ring changes its tools, and what is left over a change (a contact, an address, a firm on paper) is too weak to bind
strangers. Between groups that are suspicious already it says much. So pairs of a group and another group or user that
share identifiers get a probability, by a documented additive model of its own, and the likely ones are joined.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from core.clock import DAY
from rings.components import groups
from rings.score import probability

BLOCK = "block"
"""Stands as the type of blocks of numbers."""
MOST = 60
"""What more users have than this makes nobody kin."""
KINDS = ("contact", "block", "device", "card", "address", "employer", "line", "other")
"""What is shared: `contact` is a contact's number to both, `block` one of numbers given out together; own numbers and identity numbers are among the others."""
MEASURES = ("shared", "month", "part", "whole")
"""Of each kind: how many are shared (two at most); how many of them within 30 days; the share of the users of the
smaller side that have one; the share of one's users that the two sides hold together."""
SIGNS = (*(f"{kind}_{measure}" for kind in KINDS for measure in MEASURES), "groups", "score", "apart")
"""`groups`: 1 between two groups, 0 between a group and a user. `score`: theirs added up; a user has none. `apart`:
logarithm of the days between the end of one side and the beginning of the other."""
LIKELY = 0.5
"""Kin with this probability or more are joined."""
_MONTH = 30 * DAY
_TYPES = {
    "Device": "device", "BankCard": "card", "Address": "address", "Employer": "employer",
    "IpAddress": "line", BLOCK: "block",
}  # fmt: skip
_ROLES = {"self": "other", "contact": "contact"}
"""An employer's number says what the employer says."""


@cache
def weights() -> Mapping[str, float]:
    """Weight of each sign, and the intercept."""
    found: dict[str, float] = json.loads(files("rings").joinpath("kin.json").read_text("utf-8"))
    return found


def joined(parts: pl.DataFrame, found: pl.DataFrame, applications: pl.DataFrame, most: int) -> pl.DataFrame:
    """`group, who`: the groups of `parts` joined where `found` says that they are likely kin.

    Groups that would come to more than `most` applications stay apart. A user goes to the likeliest group.
    `found` as `kin` makes it, `applications`: `who, applications` of every user, in order.
    """
    likely = found.with_columns(probability(SIGNS, weights()).alias("kin")).filter(pl.col("kin") >= LIKELY)
    between = likely.filter(pl.col("groups") == 1)
    root = groups(applications.height, between.select("a", "b"))
    user = pl.col("b").alias("who")
    single = (
        likely.filter(pl.col("groups") == 0)
        .sort("kin", "a", "b", descending=[True, False, False])
        .unique("b", keep="first", maintain_order=True)
        .select(pl.col("a").alias("group"), user)
    )
    members = pl.concat([parts.select("group", "who"), single]).join(applications, on="who")
    members = members.with_columns(pl.Series("root", root[members["group"].to_numpy()]))
    fits = pl.col("applications").sum().over("root") <= most
    return (
        members.with_columns(pl.when(fits).then("root").otherwise("group").alias("group"))
        .select(pl.col("who").min().over("group").alias("group"), "who")
        .sort("group", "who")
    )


def block_links(links: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """`type, thing, who, role, known_at, rank`: each user of each block of numbers of two users and more, at the first
    of their links; `links` as in `Facts`, `targets` with `who`."""
    return (
        links.filter(pl.col("block").is_not_null(), pl.col("role") != "employer")
        .select("target", "block", "known_at")
        .join(targets.select("target", "who"), on="target")
        .group_by(pl.col("block").alias("thing"), "who")
        .agg(pl.col("known_at").min())
        .filter(pl.len().over("thing").is_between(2, MOST))
        .select(
            pl.lit(BLOCK).alias("type"), "thing", "who", pl.lit(None, dtype=pl.String).alias("role"), "known_at",
            pl.lit(None, dtype=pl.Int64).alias("rank"),
        )
    )  # fmt: skip


def kin(firsts: pl.DataFrame, parts: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    """`a, b` and `SIGNS` (float): a row per group `a` and other part `b` that share an identifier of few users.

    `firsts` are those of identifiers and of blocks. `parts`: `group, who, score`, each user in one group at most; a user outside of them is a part of their own, named
    by their number. `lives`: `who, first, last` (µs), null where undated.
    """
    users = _users(firsts, parts)
    ends = users.select("part", "who").unique().join(lives, on="who", how="left").group_by("part").agg(
        pl.col("first").min(), pl.col("last").max()
    )  # fmt: skip
    sides = (
        users.group_by("type", "thing", "part")
        .agg(
            *(pl.col(name).first() for name in ("group", "score", "size", "all", "kind")),
            pl.len().alias("users"),
            pl.col("known_at").min().alias("from"),
            pl.col("known_at").max().alias("to"),
        )
        .join(ends, on="part", how="left")
    )
    a = sides.filter(pl.col("group"))
    pairs = a.join(sides, on=["type", "thing"], suffix="_b").filter(
        (pl.col("part") < pl.col("part_b")) | ~pl.col("group_b"), pl.col("part") != pl.col("part_b")
    )
    return _signs(pairs)


def _users(firsts: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """The first links to identifiers that a group shares with another part, with the part of each user."""
    one = ["type", "thing"]
    role = pl.col("role").replace_strict(_ROLES, default=None, return_dtype=pl.String)
    kind = pl.col("type").replace_strict(_TYPES, default="other", return_dtype=pl.String)
    sized = parts.with_columns(pl.len().over("group").alias("size"))
    return (
        firsts.with_columns(
            pl.len().over(one).alias("all"),
            pl.when(pl.col("type") == "Phone").then(role).otherwise(kind).alias("kind"),
        )
        .filter(pl.col("all") <= MOST, pl.col("kind").is_not_null())
        .join(sized.rename({"group": "part"}), on="who", how="left")
        .with_columns(
            pl.col("part").is_not_null().alias("group"),
            pl.col("part").fill_null(pl.col("who")),
            pl.col("size").fill_null(1),
            pl.col("score").fill_null(0.0),
        )
        .filter(pl.col("group").any().over(one), pl.col("part").n_unique().over(one) > 1)
    )


def _signs(pairs: pl.DataFrame) -> pl.DataFrame:
    def between(first: str, last: str) -> pl.Expr:
        return pl.max_horizontal(
            pl.col(f"{first}_b") - pl.col(last), pl.col(first) - pl.col(f"{last}_b"), pl.lit(0)
        )

    same = pl.col("kind") == pl.col("kind_b")
    rows = pairs.with_columns(
        pl.when(same).then(pl.col("kind")).otherwise(pl.lit("other")).alias("kind"),
        (between("from", "to") < _MONTH).fill_null(False).alias("near"),
        pl.min_horizontal(
            pl.col("users") / pl.col("size"), pl.col("users_b") / pl.col("size_b")
        ).alias("part_had"),
        ((pl.col("users") + pl.col("users_b")) / pl.col("all")).alias("whole_had"),
        (between("first", "last") / DAY + 1).log().fill_null(0.0).alias("apart"),
    )  # fmt: skip
    measures = []
    for kind in KINDS:
        of = pl.col("kind") == kind
        measures += [
            of.sum().clip(0, 2).alias(f"{kind}_shared"),
            (of & pl.col("near")).sum().clip(0, 2).alias(f"{kind}_month"),
            pl.col("part_had").filter(of).max().alias(f"{kind}_part"),
            pl.col("whole_had").filter(of).max().alias(f"{kind}_whole"),
        ]
    return (
        rows.group_by(pl.col("part").alias("a"), pl.col("part_b").alias("b"))
        .agg(
            *measures,
            pl.col("group_b").first().alias("groups"),
            (pl.col("score").first() + pl.col("score_b").first()).alias("score"),
            pl.col("apart").first(),
        )
        .select("a", "b", *(pl.col(name).cast(pl.Float64).fill_null(0.0) for name in SIGNS))
        .sort("a", "b")
    )
