"""The score of a ring: a sum of weighted signs, as a probability that most of the group works together.

A logistic regression on candidates of simulated worlds (`python -m benchmarks.ring_weights` fits it anew); each
weight is points of log-odds a unit of its sign, so that a score can be taken apart into reasons.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from rings.signs import SIGNS

INTERCEPT = "intercept"
LISTED = 0.5
"""A ring with this score or more is listed."""
CHOSEN = 0.8
"""A group with this score or more is taken whole; below, its tighter groups are tried."""
REASONS = 5


@cache
def weights() -> Mapping[str, float]:
    """Weight of each sign, and the intercept."""
    found: dict[str, float] = json.loads(files("rings").joinpath("weights.json").read_text("utf-8"))
    return found


def scored(frame: pl.DataFrame, by: Mapping[str, float] | None = None) -> pl.DataFrame:
    """`frame` of signs with `score`, 0 to 1, rounded so that it is the same on every machine."""
    return frame.with_columns(probability(SIGNS, by or weights()).alias("score"))


def probability(names: Iterable[str], by: Mapping[str, float]) -> pl.Expr:
    """The probability that the signs `names` give with the weights `by`, rounded: the same on every machine."""
    points = pl.sum_horizontal(pl.lit(by[INTERCEPT]), *(pl.col(name) * by[name] for name in names))
    return (1 / (1 + (-points).exp())).round(6)


def reasons(row: Mapping[str, float]) -> list[dict[str, object]]:
    """What speaks for and against a ring, strongest first: `{code, params: {value}, weight}`."""
    known = weights()
    parts = [(name, row[name], known[name] * row[name]) for name in SIGNS]
    ranked = sorted(parts, key=lambda part: (-abs(part[2]), part[0]))[:REASONS]
    return [
        {"code": f"ring.{name}", "params": {"value": _shown(name, value)}, "weight": round(points, 3)}
        for name, value, points in ranked
        if points
    ]


def _shown(name: str, value: float) -> float:
    """The value as people count: users, not their logarithm."""
    return round(2**value) if name == "users" else round(value, 3)
