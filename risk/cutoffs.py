"""What a cut-off would do, on applications on which nothing was chosen."""

from __future__ import annotations

from math import ceil

import numpy as np
import polars as pl

from risk.metrics import F64, Measure, by_day, flagged, interval
from risk.pages import section, table, text

SHARES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
"""Of the applications, those that score worst."""
ROUNDS = 100
HEAD = (
    "turned down", "probability", "applications", "positives", "share", "of the bad", "of the good", "left: share bad",
    "95 %",
)  # fmt: skip


def cutoffs(frame: pl.DataFrame, chance: F64, label: F64, *, adverse: bool = True) -> str:
    """The section of a report: a row for each of `SHARES`; `adverse`: whether a high probability is a bad one."""
    days = by_day(frame)
    worst, bad = (chance, label) if adverse else (-chance, 1 - label)
    ordered = chance[np.argsort(-worst, kind="stable")]
    rows = []
    for share in SHARES:
        cut = ordered[max(0, ceil(round(share * len(ordered), 6)) - 1)]
        out = flagged(worst, share)
        refused = (round(out.sum()), round((out * label).sum()), float((out * label).sum() / out.sum()))
        caught = (float((out * of).sum() / of.sum()) for of in (bad, 1 - bad))
        low, high = interval(_left(share), worst, bad, group=days, rounds=ROUNDS)
        left = (_left(share)(worst, bad), f"{low:.4f} to {high:.4f}")
        rows.append((f"{share:.1%}", float(cut), *refused, *caught, *left))
    side = "at or above" if adverse else "at or below"
    return section(
        "Cut-offs",
        text(
            f"If those whose probability lies {side} a cut-off were turned down, of the test window's applications whose outcome is "
            "known: how many that is, the positives among them and their share; how many of all bad and of all good ones it is; the "
            f"share of bad ones among those who are left, which 95 % of {ROUNDS} bootstrap samples (whole days) bound. Where many have "
            "the same probability, they count in part. A policy decides by more than one model; try it: `fingraph policy simulate`."
        ),
        table(HEAD, rows),
    )


def _left(share: float) -> Measure:
    """The share of bad ones among those who are left when the `share` that scores worst is turned down."""

    def measured(worst: F64, bad: F64) -> float:
        left = 1 - flagged(worst, share)
        return float((left * bad).sum() / left.sum())

    return measured
