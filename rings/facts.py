"""What the finder reads: who applied, what their applications and events name, what became of them. As columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from rings.decisions import Decision

TARGETS = {
    "target": pl.Int64,
    "key": pl.String,
    "application": pl.Boolean,
    "user": pl.String,
    "known_at": pl.Int64,
    "seq": pl.Int64,
    "amount_cents": pl.Int64,
    "city": pl.String,
}
LINKS = {
    "type": pl.String,
    "thing": pl.Int64,
    "target": pl.Int64,
    "role": pl.String,
    "known_at": pl.Int64,
    "seq": pl.Int64,
    "block": pl.Int64,
}
OUTCOMES = {"target": pl.Int64, "name": pl.String, "value": pl.Float64, "known_at": pl.Int64, "seq": pl.Int64}

RELATIONS = {"user": pl.String, "relative": pl.String, "known_at": pl.Int64}
KEYS = {"thing": pl.Int64, "key": pl.String}
Keys = Callable[[str, Sequence[int]], pl.DataFrame]
"""From an identifier type and numbers of its identifiers to their lasting names, by `KEYS`; what has none is left out."""


def no_keys(_: str, __: Sequence[int]) -> pl.DataFrame:
    """The names of nothing."""
    return pl.DataFrame(schema=KEYS)


@dataclass(frozen=True)
class Facts:
    """Facts of applications and events. Times are µs since 1970 UTC, null on what is undated."""

    targets: pl.DataFrame
    """A row per application or event and user of it, by `TARGETS`; `target` is any number that names it here,
    `key` its lasting name, `user` null where none is known, `city` that of its address."""
    links: pl.DataFrame
    """A row per link to an identifier, by `LINKS`; `thing` is any number that names the identifier within its type,
    `block` any that names what identifiers were given out together with it (numbers of one block), else null."""
    outcomes: pl.DataFrame
    """A row per outcome of an application, by `OUTCOMES`; `name` is what it tells (fraud, approval, …)."""
    decisions: tuple[Decision, ...] = ()
    """What people decided about rings."""
    keys: Keys = field(default=no_keys, compare=False)
    """Names of identifiers, read when they are asked for: rings need a few of them."""
    relations: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RELATIONS))
    """A row per stated relation of two users, by `RELATIONS`."""

    def before(self, point: int) -> Facts:
        """What was known before `point` (µs), and what has no time."""
        seen = pl.col("known_at").is_null() | (pl.col("known_at") < point)
        targets = self.targets.filter(seen)
        known = targets.select("target").unique()
        return Facts(
            targets,
            self.links.filter(seen).join(known, on="target", how="semi"),
            self.outcomes.filter(seen).join(known, on="target", how="semi"),
            tuple(one for one in self.decisions if one.holds_at(point)),
            self.keys,
            self.relations.filter(seen),
        )


def latest(outcomes: pl.DataFrame, name: str) -> pl.DataFrame:
    """`target, value`: of several outcomes of that name the latest known holds."""
    return (
        outcomes.filter(pl.col("name") == name)
        .sort("known_at", "seq", nulls_last=False)
        .unique("target", keep="last", maintain_order=True)
        .select("target", "value")
    )
