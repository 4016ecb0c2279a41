"""Bonds: which two users an identifier ties, and how strongly.

Users of an identifier stand in the order of facts, each at the first of their links (known_at, seq, key, role;
undated ones last). Of the first `bind` of them each is tied to the one before, as strongly as the schema says for the
roles and the time between the two. So a bond never changes once it was made, what comes later only adds, and the
cost is linear: chains hold together what all pairs would. Of a hub only the first links are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from graph_schema import Bond, Identifier, Schema
from rings.facts import Facts

ANONYMOUS = "\0"
"""Begins the name of a user that is not known; no key does."""
WHOLE = 1_000
"""A bond that binds alone: strengths are whole thousandths, so that their sums are exact."""
JOINT = "Application"
"""The type of a bond between two users who submitted one application."""
ORDER = ("known_at", "seq", "key", "event")
LINKS_PER_BIND = 20
"""Of an identifier its first so many links for each of its `bind` are looked at; what is beyond is a hub."""


@dataclass(frozen=True)
class Users:
    """The users of some facts, numbered in the order of their first."""

    names: pl.Series
    """Names of the users; applications and events without one count as a user of their own."""
    targets: pl.DataFrame
    """`Facts.targets` with `who`, the number of the user, in the order of facts."""


def users_of(facts: Facts) -> Users:
    """Number the users of `facts`; the numbers depend on nothing but the facts."""
    anonymous = anonymous_name(pl.col("key"), pl.col("application"))
    targets = (
        facts.targets.with_columns(
            pl.col("user").fill_null(anonymous).alias("name"), (~pl.col("application")).alias("event")
        )
        .sort(*ORDER, "name", nulls_last=True)
        .with_row_index("place")
        .with_columns(pl.struct("key", "event").rank("dense").alias("rank"))
    )
    names = targets.get_column("name").unique(maintain_order=True)
    numbers = pl.DataFrame({"name": names}).with_row_index("who").with_columns(pl.col("who").cast(pl.Int64))
    return Users(names, targets.join(numbers, on="name", how="left", maintain_order="left").drop("name"))


def anonymous_name(key: pl.Expr, application: pl.Expr) -> pl.Expr:
    """The name of the user of an application or event that has none; the two may have one key."""
    return pl.lit(ANONYMOUS) + key + pl.when(application).then(pl.lit("")).otherwise(pl.lit(ANONYMOUS))


def first_links(schema: Schema, facts: Facts, users: Users) -> pl.DataFrame:
    """`type, thing, who, role, known_at, rank`: each user of each identifier of two users and more, at the first of
    their links, in order; `rank` counts the users before."""
    one = ["type", "thing"]
    most = pl.DataFrame(
        {
            "type": [i.label for i in schema.identifiers],
            "most": [i.bind * LINKS_PER_BIND for i in schema.identifiers],
        }
    )
    return (
        facts.links.join(most, on="type")
        .join(users.targets.select("target", "rank", "who", "place"), on="target")
        .sort(*one, "known_at", "seq", "rank", "role", "place", nulls_last=True)
        .filter(pl.int_range(pl.len()).over(one) < pl.col("most"))
        .unique([*one, "who"], keep="first", maintain_order=True)
        .filter(pl.len().over(one) > 1)
        .with_columns(pl.int_range(pl.len()).over(one).alias("rank"))
        .select(*one, "who", "role", "known_at", "rank")
    )


def bonds_of(schema: Schema, firsts: pl.DataFrame, users: Users) -> pl.DataFrame:
    """`a, b, type, thing, strength, gap, known_at`: every bond; `a < b` are users, `gap` (µs) is null where undated."""
    same = (pl.col("type") == pl.col("type").shift()) & (pl.col("thing") == pl.col("thing").shift())
    pairs = firsts.with_columns(
        pl.col("who").shift().alias("other"),
        pl.col("role").shift().alias("other_role"),
        (pl.col("known_at") - pl.col("known_at").shift()).alias("gap"),
    ).filter(same)
    tied = pairs.with_columns(_strengths(schema.identifiers).alias("strength")).filter(pl.col("strength") > 0)
    bonds = tied.select(
        pl.min_horizontal("who", "other").alias("a"),
        pl.max_horizontal("who", "other").alias("b"),
        *("type", "thing", "strength", "gap", "known_at"),
    )
    return pl.concat([bonds, _joint(users).select(bonds.columns)])


def pair_strengths(bonds: pl.DataFrame) -> pl.DataFrame:
    """`a, b, strength` (thousandths): what ties each pair of users in all."""
    return bonds.group_by("a", "b").agg(pl.col("strength").sum())


def _strengths(identifiers: Iterable[Identifier]) -> pl.Expr:
    """The strength of a pair that follow each other on an identifier; 0 where nothing binds."""
    strength = pl.lit(0, dtype=pl.Int64)
    for identifier in identifiers:
        best = pl.max_horizontal(pl.lit(0, dtype=pl.Int64), *(_holds(bond) for bond in identifier.ties))
        able = (pl.col("type") == identifier.label) & (pl.col("rank") < identifier.bind)
        strength = pl.when(able).then(best).otherwise(strength)
    return strength


def _holds(bond: Bond) -> pl.Expr:
    holds = pl.col("gap").is_null() if bond.undated else pl.lit(True)
    if bond.within is not None:
        holds &= (pl.col("gap") <= bond.within).fill_null(False)
    if bond.roles is not None:
        first, second = bond.roles
        holds &= (pl.col("other_role") == first) & (pl.col("role") == second)
    return pl.when(holds).then(pl.lit(round(bond.strength * WHOLE), dtype=pl.Int64)).otherwise(0)


def _joint(users: Users) -> pl.DataFrame:
    """Users of one application are tied by it, each to the one before by name."""
    chain = (
        users.targets.filter("application")
        .select("target", "who", "known_at")
        .with_columns(pl.col("who").shift().over("target").alias("other"))
    )
    return chain.drop_nulls("other").select(
        pl.min_horizontal("who", "other").alias("a"),
        pl.max_horizontal("who", "other").alias("b"),
        pl.lit(JOINT).alias("type"),
        pl.col("target").alias("thing"),
        pl.lit(WHOLE, dtype=pl.Int64).alias("strength"),
        pl.lit(0, dtype=pl.Int64).alias("gap"),
        pl.col("known_at"),
    )
