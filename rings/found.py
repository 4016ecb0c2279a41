"""Rings with what one wants to know of each, before they have a name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rings.bonds import JOINT
from rings.choose import Finder
from rings.decisions import Decision
from rings.proof import proofs, with_proof
from rings.score import LISTED, reasons

Properties = dict[str, str | int | float | bool | None]
PROPERTIES = (
    *("applications", "users", "first_at", "last_at", "amount_cents", "at_risk_cents"),
    *("shared", "score", "listed", "reasons"),
)


@dataclass(frozen=True)
class FoundRing:
    """A ring before it has a name."""

    members: tuple[str, ...]
    """Keys of its applications in the order of facts, undated ones last."""
    properties: Properties
    """What the ring's node says of it: `PROPERTIES`."""
    decided: Sequence[Decision] = ()
    """Decisions of people that it is the work of."""


def found_rings(finder: Finder) -> list[FoundRing]:
    """The rings of `finder`, by their first application."""
    rings, decided = finder.decided()
    score = {row["group"]: row for row in finder.scored(rings).iter_rows(named=True)}
    shared = _shared(finder, rings)
    rows = _members(finder, rings)
    listed = {
        group
        for group, row in score.items()
        if row["score"] >= LISTED or any(one.listed for one in decided.get(group, ()))
    }
    proof = proofs(finder, rings.filter(pl.col("group").is_in(list(listed))))
    return [
        FoundRing(
            tuple(row["key"]),
            {
                "applications": len(row["key"]),
                "users": row["users"],
                "first_at": row["first_at"],
                "last_at": row["last_at"],
                "amount_cents": row["amount_cents"],
                "at_risk_cents": row["at_risk_cents"],
                "shared": shared_text(shared.get(row["group"], {})),
                "score": score[row["group"]]["score"],
                "listed": row["group"] in listed,
                "reasons": json.dumps(with_proof(reasons(score[row["group"]]), proof.get(row["group"], {}))),
            },
            decided.get(row["group"], ()),
        )
        for row in rows.iter_rows(named=True)
    ]


def _members(finder: Finder, rings: pl.DataFrame) -> pl.DataFrame:
    """A row per ring with its applications in the order of facts."""
    applied = finder.users.targets.filter("application").join(rings, on="who").sort("place")
    people = applied.group_by("group").agg(users=pl.col("user").drop_nulls().n_unique())
    once = applied.unique(["group", "target"], keep="first", maintain_order=True)
    refused = finder.latest_outcomes("approval").filter(pl.col("value") <= 0).select("target")
    lost = finder.latest_outcomes("fraud").filter(pl.col("value") > 0).select("target")
    settled = pl.concat([refused, lost]).unique().with_columns(settled=True)
    return (
        once.join(settled, on="target", how="left", maintain_order="left")
        .group_by("group", maintain_order=True)
        .agg(
            pl.col("key"),
            pl.col("known_at").min().alias("first_at"),
            pl.col("known_at").max().alias("last_at"),
            pl.col("amount_cents").sum(),
            pl.col("amount_cents").filter(pl.col("settled").is_null()).sum().alias("at_risk_cents"),
        )
        .join(people, on="group", how="left", maintain_order="left")
    )


def _shared(finder: Finder, rings: pl.DataFrame) -> dict[int, dict[str, int]]:
    """Per ring and identifier type, how many identifiers tie two of its users."""
    counts = (
        finder.bonds.filter(pl.col("type") != JOINT)
        .join(rings.rename({"who": "a"}), on="a")
        .join(rings.rename({"who": "b"}), on=["group", "b"], how="semi")
        .group_by("group", "type")
        .agg(pl.col("thing").n_unique().alias("things"))
    )
    found: dict[int, dict[str, int]] = {}
    for group, label, things in counts.select("group", "type", "things").iter_rows():
        found.setdefault(group, {})[label] = things
    return found


def shared_text(counts: Mapping[str, int]) -> str:
    """`Device=3, Phone=1`: most frequent first, equals by name."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{label}={count}" for label, count in ranked if count)
