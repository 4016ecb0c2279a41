"""Groups of applications that a model is held against: by lender, by what is known of them, and by permitted segment."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl

from risk.metrics import F64, flagged
from snapshot.columns import Bools

LENDER = "category_lender"
SHARING = (
    "device_other_users_all",
    "own_phone_other_users_all",
    "card_other_users_all",
    "address_other_users_all",
)
NEW = ("device_first_sight", "own_phone_first_sight", "card_first_sight")
BUDGET, STRICT = 0.02, 0.2
"""Shares of applications that somebody looks at, and that a strict policy turns down; the worst scores first."""
LEAST = 30
"""Applications that a group must have to be shown."""


@dataclass(frozen=True)
class Segment:
    """A way to tell groups apart that the law permits."""

    name: str
    feature: str
    edges: tuple[float, ...] = ()
    """Ascending, of a feature of numbers."""


@dataclass(frozen=True)
class Fairness:
    """How a model treats a group, at a cut that flags `BUDGET` of all."""

    segment: str
    group: str
    rows: int
    mean: float
    """Of the probability."""
    rate: float
    """Share of positives."""
    flagged: float
    caught: float
    """Share of the bad that are flagged."""
    wronged: float
    """Share of the good that are flagged."""
    impact: float
    """At a cut that flags `STRICT` of all: share not flagged over that of the segment's best-treated group; below .8 is a
    disparate impact (29 CFR 1607.4)."""


@cache
def segments() -> tuple[Segment, ...]:
    """As declared in `segments.toml`."""
    told = tomllib.loads(files("risk").joinpath("segments.toml").read_text("utf-8"))["segment"]
    return tuple(Segment(one["name"], one["feature"], tuple(one.get("edges", ()))) for one in told)


def features_read() -> tuple[str, ...]:
    """Features by which applications are told apart, whether a model reads them or not."""
    return tuple(dict.fromkeys((LENDER, *SHARING, *NEW, *(one.feature for one in segments()))))


def slices(frame: pl.DataFrame) -> Iterator[tuple[str, Bools]]:
    """Connected, isolated and new applications, and those of each lender: a name and a mask (n) each."""
    sharing = [name for name in SHARING if name in frame.columns]
    if sharing:
        connected = _any(frame, sharing)
        yield "connected: shares something with another user", connected
        yield "isolated", ~connected
    new = [name for name in NEW if name in frame.columns]
    if new:
        yield "new identifiers: device, number or card never seen before", _any(frame, new)
    if LENDER in frame.columns:
        for word in frame[LENDER].drop_nulls().unique().sort():
            yield f"lender {word}", (frame[LENDER] == word).fill_null(False).to_numpy()


def _any(frame: pl.DataFrame, names: list[str]) -> Bools:
    found: Bools = (
        frame.select(pl.any_horizontal(pl.col(n).fill_null(0) > 0 for n in names)).to_series().to_numpy()
    )
    return found


def fairness(frame: pl.DataFrame, chance: F64, label: F64, *, adverse: bool = True) -> list[Fairness]:
    """By permitted segment and group, the least good scores flagged; groups of fewer than `LEAST` are left out.

    `adverse`: whether a high probability is a bad one.
    """
    worst, bad = (chance, label) if adverse else (-chance, 1 - label)
    looked_at, refused = flagged(worst, BUDGET), flagged(worst, STRICT)
    found = []
    for one in segments():
        if one.feature not in frame.columns:
            continue
        groups = [(word, mask) for word, mask in _groups(one, frame[one.feature]) if mask.sum() >= LEAST]
        best = max((float(1 - refused[mask].mean()) for _, mask in groups), default=1.0)
        for word, mask in groups:
            hit, is_bad = looked_at[mask], bad[mask] == 1
            found.append(
                Fairness(
                    one.name, word, int(mask.sum()), float(chance[mask].mean()), float(label[mask].mean()),
                    float(hit.mean()), caught=_mean(hit[is_bad]), wronged=_mean(hit[~is_bad]),
                    impact=float(1 - refused[mask].mean()) / best if best else float("nan"),
                )
            )  # fmt: skip
    return found


def _mean(values: F64) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _groups(one: Segment, series: pl.Series) -> Iterator[tuple[str, Bools]]:
    if not one.edges:
        for word in series.drop_nulls().unique().sort():
            yield str(word), (series == word).fill_null(False).to_numpy()
        return
    values = series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    for low, high in itertools.pairwise((-np.inf, *one.edges, np.inf)):
        yield f"{low:g} to below {high:g}", (values >= low) & (values < high)
