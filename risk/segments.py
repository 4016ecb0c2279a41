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

from risk.metrics import F64
from snapshot.columns import Bools

LENDER = "category_lender"
SHARING = (
    "device_other_users_all",
    "own_phone_other_users_all",
    "card_other_users_all",
    "address_other_users_all",
)
NEW = ("device_first_sight", "own_phone_first_sight", "card_first_sight")
BUDGET = 0.02
"""Share of applications that somebody can look at, the highest scores first."""
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
    """Share of the positives that are flagged."""
    wronged: float
    """Share of the negatives that are flagged."""
    impact: float
    """Share not flagged over that of the segment's best-treated group; below .8 is a disparate impact (29 CFR 1607.4)."""


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


def fairness(frame: pl.DataFrame, chance: F64, label: F64) -> list[Fairness]:
    """By permitted segment and group; groups of fewer than `LEAST` are left out."""
    flagged = chance >= np.quantile(chance, 1 - BUDGET)
    found = []
    for one in segments():
        if one.feature not in frame.columns:
            continue
        groups = [(word, mask) for word, mask in _groups(one, frame[one.feature]) if mask.sum() >= LEAST]
        best = max((1 - flagged[mask].mean() for _, mask in groups), default=1.0)
        found += [_fairness(one.name, word, mask, chance, label, flagged, best) for word, mask in groups]
    return found


def _groups(one: Segment, series: pl.Series) -> Iterator[tuple[str, Bools]]:
    if not one.edges:
        for word in series.drop_nulls().unique().sort():
            yield str(word), (series == word).fill_null(False).to_numpy()
        return
    values = series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    for low, high in itertools.pairwise((-np.inf, *one.edges, np.inf)):
        yield f"{low:g} to below {high:g}", (values >= low) & (values < high)


def _fairness(  # noqa: PLR0917
    segment: str, group: str, mask: Bools, chance: F64, label: F64, flagged: Bools, best: float
) -> Fairness:
    hit, truth = flagged[mask], label[mask] == 1
    return Fairness(
        segment, group, int(mask.sum()), float(chance[mask].mean()), float(truth.mean()), float(hit.mean()),
        caught=float(hit[truth].mean()) if truth.any() else float("nan"),
        wronged=float(hit[~truth].mean()) if (~truth).any() else float("nan"),
        impact=float((1 - hit.mean()) / best),
    )  # fmt: skip
