"""From components to rings with what one wants to know of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

Properties = dict[str, str | int | None]
PROPERTIES = ("applications", "users", "first_at", "last_at", "amount_cents", "shared")


@dataclass(frozen=True)
class FoundRing:
    """A ring before it has a name."""

    members: tuple[str, ...]
    """Keys of its applications in the order of facts, undated ones last."""
    properties: Properties
    """What the ring's node says of it: `PROPERTIES`."""


def found_rings(members: pl.DataFrame, shared: Mapping[int, Mapping[str, int]]) -> list[FoundRing]:
    """The rings of `members` (`component, key, user, known_at, seq, amount_cents`, a row per application and
    user), by their first application. `shared` counts identifiers by component and type.
    """
    order = ["known_at", "seq", "key"]
    people = members.group_by("component").agg(users=pl.col("user").drop_nulls().n_unique())
    rings = (
        members.unique(["component", "key"], keep="any")
        .select("component", *order, "amount_cents")
        .sort(order, nulls_last=True)
        .group_by("component", maintain_order=True)
        .agg(
            pl.col("key"),
            pl.col("known_at").min().alias("first_at"),
            pl.col("known_at").max().alias("last_at"),
            pl.col("amount_cents").sum(),
        )
        .join(people, on="component", how="left", maintain_order="left")
    )
    return [
        FoundRing(
            tuple(row["key"]),
            {
                "applications": len(row["key"]),
                "users": row["users"],
                "first_at": row["first_at"],
                "last_at": row["last_at"],
                "amount_cents": row["amount_cents"],
                "shared": shared_text(shared.get(row["component"], {})),
            },
        )
        for row in rings.iter_rows(named=True)
    ]


def shared_text(counts: Mapping[str, int]) -> str:
    """`Device=3, Phone=1`: most frequent first, equals by name."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{label}={count}" for label, count in ranked if count)
