"""Signs: what tells a ring from a household, an office, or a telephone sold on. Numbers of a group of users."""

from __future__ import annotations

import polars as pl

from core.clock import DAY, HOUR, MINUTE
from graph_schema import Schema
from rings.bonds import WHOLE
from rings.facts import latest

FRAUD = "fraud"
TYPES = ("Device", "Phone", "IpAddress", "BankCard", "IdNumber", "Address", "Employer", "Email")
"""Identifier types that have a sign of their own; what a mapping declares counts towards the others."""
SIGNS = (
    *("users", "density", "fast", "burst", "kinds", "new", "employers", "addresses", "span"),
    *("fraud_known", "clean_known", "employer_entropy", "city_entropy"),
    *("related", "household", "office", "dormitory"),
    *(f"by_{label.lower()}" for label in TYPES),
)
_QUICK, _BURST, _NEW = 15 * MINUTE, HOUR, 7 * DAY
_HOUSEHOLD = 5
"""Users of a household at most."""
_EXACT = 10**9
"""Parts of logarithms are whole, so that their sums depend on no order."""


def own_types(schema: Schema) -> list[str]:
    """Types of which one thing belongs to one person: a bond of theirs may bind alone."""
    return [i.label for i in schema.identifiers if any(bond.strength >= 1 for bond in i.ties)]


def signs(
    schema: Schema,
    members: pl.DataFrame,
    *,
    targets: pl.DataFrame,
    firsts: pl.DataFrame,
    bonds: pl.DataFrame,
    outcomes: pl.DataFrame,
    relations: pl.DataFrame,
) -> pl.DataFrame:
    """`group` and `SIGNS` (float), a row per group of `members` (`group, who`; a user may be in several).

    `targets`, `firsts` and `bonds` as `rings.bonds` makes them; `outcomes` as in `Facts`; `relations`: `a, b`, each
    pair of relatives once.
    """
    applied = targets.filter("application").join(members, on="who")
    base = _applications(applied)
    tied = members.rename({"who": "a"}).join(bonds, on="a")
    inside = tied.join(members.rename({"who": "b"}), on=["group", "b"], how="semi")
    parts = [
        _bonds(inside),
        _things(schema, members, firsts),
        _outcomes(applied, outcomes),
        *(_same(members, firsts, label) for label in ("Employer", "Address")),
        _cities(applied),
        _related(members, relations),
    ]
    for part in parts:
        base = base.join(part, on="group", how="left")
    others = (pl.col("n") - 1).clip(lower_bound=1)
    per_user = {
        name: pl.col(name) / others for name in ("fast", "burst", *(f"by_{t.lower()}" for t in TYPES))
    }
    return (
        base.with_columns(pl.exclude("group").fill_null(0.0))
        .with_columns(
            **per_user,
            **_innocent(),
            density=pl.col("strength") / WHOLE / others,
            related=pl.col("related") / others,
        )
        .with_columns(
            pl.col("n").log(2).alias("users"),
            pl.col("density").clip(0, 6),
            pl.col("fast").clip(0, 4),
            pl.col("burst").clip(0, 2),
            pl.col("related").clip(0, 1),
            *(pl.col(f"by_{t.lower()}").clip(0, 2) for t in TYPES),
            *((pl.col(name) / pl.col("n") + 1).clip(0, 2) for name in ("employers", "addresses")),
        )
        .select("group", *(pl.col(name).cast(pl.Float64) for name in SIGNS))
        .sort("group")
    )


def _applications(applied: pl.DataFrame) -> pl.DataFrame:
    gap = (pl.col("known_at") - pl.col("known_at").shift()).over("group")
    other = (pl.col("who") != pl.col("who").shift()).over("group")
    days = (pl.col("known_at").max() - pl.col("known_at").min()) / DAY
    return (
        applied.sort("group", "place")
        .with_columns(((gap <= _BURST) & other).fill_null(False).alias("close"))
        .group_by("group")
        .agg(
            pl.col("who").n_unique().alias("n"),
            pl.col("close").sum().cast(pl.Float64).alias("burst"),
            (days.fill_null(0.0) + 1).log().alias("span"),
        )
    )


def _bonds(inside: pl.DataFrame) -> pl.DataFrame:
    by_type = [(pl.col("type") == t).sum().cast(pl.Float64).alias(f"by_{t.lower()}") for t in TYPES]
    return inside.group_by("group").agg(
        pl.col("strength").sum(),
        (pl.col("gap") <= _QUICK).sum().cast(pl.Float64).alias("fast"),
        pl.col("type").n_unique().cast(pl.Float64).alias("kinds"),
        *by_type,
    )


def _things(schema: Schema, members: pl.DataFrame, firsts: pl.DataFrame) -> pl.DataFrame:
    began = firsts.filter(pl.col("rank") == 0).select("type", "thing", pl.col("known_at").alias("began"))
    mine = members.select("who").unique()
    used = firsts.join(mine, on="who", how="semi").join(began, on=["type", "thing"], how="left")
    own = pl.col("type").is_in(own_types(schema)) & (pl.col("role").is_null() | (pl.col("role") == "self"))
    fresh = (pl.col("known_at") - pl.col("began")) < _NEW
    return (
        members.join(used, on="who")
        .group_by("group")
        .agg(
            fresh.filter(own).mean().alias("new"),
            *(
                (
                    pl.col("thing").filter(of).n_unique()
                    - pl.col("who").filter(of).n_unique().cast(pl.Float64)
                ).alias(name)
                for name, of in (
                    ("employers", pl.col("type") == "Employer"),
                    ("addresses", pl.col("type") == "Address"),
                )
            ),
        )
    )


def _outcomes(applied: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    return (
        applied.select("group", "target")
        .unique()
        .join(latest(outcomes, FRAUD), on="target", how="left")
        .group_by("group")
        .agg(
            (pl.col("value") > 0).sum().truediv(pl.len()).alias("fraud_known"),
            (pl.col("value") <= 0).sum().truediv(pl.len()).alias("clean_known"),
        )
    )


def _innocent() -> dict[str, pl.Expr]:
    """How far a group looks like one home, one firm, or the home of one firm's workers; each 0 to 1."""
    one_firm, one_home = pl.col("same_employer") / pl.col("n"), pl.col("same_address") / pl.col("n")
    few = (pl.col("n") <= _HOUSEHOLD).cast(pl.Float64)
    lone = pl.col("n").cast(pl.Float64).log()
    alone = (pl.col("n") - pl.col("users_employer")) * lone
    return {
        "employer_entropy": ((pl.col("spread_employer") / _EXACT + alone) / pl.col("n") / lone)
        .fill_nan(0.0).clip(0, 1),
        "household": few * one_home,
        "office": one_firm * (1 - one_home),
        "dormitory": (1 - few) * one_firm * one_home,
    }  # fmt: skip


def _same(members: pl.DataFrame, firsts: pl.DataFrame, label: str) -> pl.DataFrame:
    """Of the identifiers of a type that group members share with anybody: `same_…`, users of the commonest;
    `spread_…`, Σ c ln(n / c) over them, in parts of 1 / `_EXACT`; `users_…`, users who have one (their first)."""
    name = label.lower()
    used = firsts.filter(pl.col("type") == label).sort("who", "rank", "thing").unique("who", keep="first")
    size = members.group_by("group").agg(pl.len().alias("size"))
    counts = (
        members.join(used.select("who", "thing"), on="who")
        .group_by("group", "thing")
        .len()
        .join(size, on="group")
    )
    spread = pl.col("len") * (pl.col("size") / pl.col("len")).log() * _EXACT
    return (
        counts.with_columns(spread.round().cast(pl.Int64).alias("spread"))
        .group_by("group")
        .agg(
            pl.col("len").max().alias(f"same_{name}"),
            pl.col("spread").sum().alias(f"spread_{name}"),
            pl.col("len").sum().alias(f"users_{name}"),
        )
    )


def _cities(applied: pl.DataFrame) -> pl.DataFrame:
    """`city_entropy`: of the applications' cities, as far as known; 0 in one city, 1 when no two are the same."""
    counts = applied.drop_nulls("city").group_by("group", "city").len()
    known = pl.col("len").sum().over("group")
    spread = (pl.col("len") * (known / pl.col("len")).log() * _EXACT).round().cast(pl.Int64)
    found = counts.with_columns(spread.alias("spread"), known.alias("known")).group_by("group")
    return found.agg(
        (pl.col("spread").sum() / _EXACT / pl.col("known").first() / pl.col("known").first().log())
        .fill_nan(0.0)
        .alias("city_entropy")
    )


def _related(members: pl.DataFrame, relations: pl.DataFrame) -> pl.DataFrame:
    """`related`: pairs of relatives in a group."""
    inside = members.rename({"who": "a"}).join(relations, on="a")
    inside = inside.join(members.rename({"who": "b"}), on=["group", "b"], how="semi")
    return inside.group_by("group").agg(pl.len().cast(pl.Float64).alias("related"))
