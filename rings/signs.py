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
    *("fraud_known", "clean_known"),
    *(f"by_{label.lower()}" for label in TYPES),
)
_QUICK, _BURST, _NEW = 15 * MINUTE, HOUR, 7 * DAY


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
) -> pl.DataFrame:
    """`group` and `SIGNS` (float), a row per group of `members` (`group, who`; a user may be in several).

    `targets`, `firsts` and `bonds` as `rings.bonds` makes them; `outcomes` as in `Facts`.
    """
    applied = targets.filter("application").join(members, on="who")
    base = _applications(applied)
    tied = members.rename({"who": "a"}).join(bonds, on="a")
    inside = tied.join(members.rename({"who": "b"}), on=["group", "b"], how="semi")
    parts = [_bonds(inside), _things(schema, members, firsts), _outcomes(applied, outcomes)]
    for part in parts:
        base = base.join(part, on="group", how="left")
    others = (pl.col("n") - 1).clip(lower_bound=1)
    per_user = {
        name: pl.col(name) / others for name in ("fast", "burst", *(f"by_{t.lower()}" for t in TYPES))
    }
    return (
        base.with_columns(pl.exclude("group").fill_null(0.0))
        .with_columns(**per_user, density=pl.col("strength") / WHOLE / others)
        .with_columns(
            pl.col("n").log(2).alias("users"),
            pl.col("density").clip(0, 6),
            pl.col("fast").clip(0, 4),
            pl.col("burst").clip(0, 2),
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
