"""A scorecard: logistic regression on weights of evidence, told as points.

WOE of a bin is the log of its negatives over its positives, both as shares. To each bin as many rows like all are added as
hold one of the rarer kind: a bin of few rows says little, one of none nothing, one like all nothing however few it holds.
Bins are optbinning's (Navas-Palencia 2020): optimal for the IV, at most six, at least 5 % each of the rows that have the
feature, monotone or with one turn; what is missing has a bin of its own, and what lies outside the training window's range
falls into the outermost bin. Points follow Siddiqi (2006): `PDO` points double the odds of a good outcome: of a negative, or
of a positive where that is the good one (approved, paid out).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from core.errors import UsageError
from risk.encoding import Encoding
from risk.metrics import F64

BASE, ODDS, PDO = 600.0, 20.0, 40.0
"""`BASE` points are odds of `ODDS` good to 1 bad."""
FACTOR = PDO / np.log(2)
MOST, MOST_ALIKE = 20, 0.7
"""Features of a card, and the correlation of their WOE from which one says too much of what another does."""
BINS, LEAST_SHARE = 6, 0.05


@dataclass(frozen=True)
class Row:
    """A feature of the card: `b` bins, the last one of what is missing."""

    feature: str
    column: int
    """Of the matrix, in the order of the encoding."""
    edges: tuple[float, ...]
    """(b - 2) ascending; a value equal to an edge lies above it."""
    woe: tuple[float, ...]
    points: tuple[int, ...]
    counts: tuple[int, ...]
    """Rows of the training window."""
    positives: tuple[int, ...]
    coefficient: float


@dataclass(frozen=True)
class Scorecard:
    """Rows that add up: the score is the sum of their points, the chance follows from the exact sum."""

    rows: tuple[Row, ...]
    intercept: float

    def chance(self, values: F64) -> F64:
        """(n) Probability of a positive; `values` (n, features) in the order of the encoding."""
        found: F64 = expit(self.contributions(values).sum(axis=1) + self.intercept)
        return found

    def points(self, values: F64) -> F64:
        """(n, rows) Points of each row; their sum is the score."""
        return self._told.of(self._told.points, values)

    def contributions(self, values: F64) -> F64:
        """(n, features) What each adds to the log odds of a positive."""
        found = np.zeros(values.shape)
        found[:, self._told.columns] = self._told.of(self._told.odds, values)
        return found

    def without(self, features: Collection[str]) -> Scorecard:
        """The card as if nobody had asked for some of its features: their rows say nothing, and have their share of the base."""
        level, lean = (
            (BASE - FACTOR * np.log(ODDS)) / len(self.rows),
            FACTOR * self.intercept / len(self.rows),
        )

        def off(sign: int) -> float:
            """How far from the points of a card whose positives are bad (-1), or good."""
            said = (np.array(r.points) - sign * FACTOR * r.coefficient * np.array(r.woe) for r in self.rows)
            return float(sum(np.abs(points - level - sign * lean).sum() for points in said))

        base = int(np.round(level + min((-1, 1), key=off) * lean))
        silent = (
            replace(row, woe=(0.0,) * len(row.woe), points=(base,) * len(row.points)) for row in self.rows
        )
        kept = zip(self.rows, silent, strict=True)
        return replace(self, rows=tuple(s if row.feature in features else row for row, s in kept))

    @cached_property
    def _told(self) -> _Told:
        return _Told(self.rows)

    def write(self, folder: Path, name: str) -> dict[str, Any]:
        """As one JSON object, for the model's file."""
        return {
            "intercept": self.intercept,
            "rows": [
                {name: list(v) if isinstance(v, tuple) else v for name, v in vars(r).items()}
                for r in self.rows
            ],
        }

    @staticmethod
    def read(folder: Path, name: str, told: Mapping[str, Any]) -> Scorecard:
        """From that object."""
        rows: list[dict[str, Any]] = told["rows"]
        listed: list[dict[str, Any]] = [
            {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()} for row in rows
        ]
        return Scorecard(tuple(Row(**row) for row in listed), told["intercept"])


class _Told:
    """The rows of a card side by side, so that an application is looked up in all of them at once."""

    def __init__(self, rows: Sequence[Row]) -> None:
        most = max(len(row.points) for row in rows)
        self.columns = [row.column for row in rows]
        self.points, self.odds = np.zeros((2, len(rows), most))
        self._edges = np.full((len(rows), most - 2), np.inf)
        self._last = np.array([len(row.edges) for row in rows])
        for place, row in enumerate(rows):
            self._edges[place, : len(row.edges)] = row.edges
            self.points[place, : len(row.points)] = row.points
            self.odds[place, : len(row.woe)] = row.coefficient * np.array(row.woe)

    def of(self, told: F64, values: F64) -> F64:
        """(n, rows) What `told` (rows, bins) says of the bins of `values` (n, features)."""
        mine = values[:, self.columns]
        above = np.minimum((mine[:, :, None] >= self._edges).sum(axis=2), self._last)
        bins = np.where(np.isnan(mine), self._last + 1, above)
        found: F64 = told[np.arange(len(self.columns)), bins]
        return found


def fit_scorecard(
    values: F64, label: F64, encoding: Encoding, names: Sequence[str], *, adverse: bool = True
) -> Scorecard:
    """A card of the first `names` that are not too much alike; columns of `values` are the encoding's features. Where none of
    them separates anything, as with a few dozen rows of a kind, of all: later windows say what it is worth.

    Raises `UsageError` (`risk.scorecard`) where no feature separates anything.
    """
    chosen, held = _chosen(values, label, encoding, names)
    if not chosen:
        chosen, held = _chosen(values, label, encoding, encoding.features)
    coefficients, intercept = _fitted(held, label)
    keep = [place for place, one in enumerate(coefficients) if one < 0]
    while len(keep) < len(chosen):  # a coefficient of the other sign says the opposite of its own table
        if not keep:
            raise UsageError(
                "risk.scorecard", "No feature of the window separates anything; take a longer one."
            )
        chosen, held = [chosen[i] for i in keep], [held[i] for i in keep]
        coefficients, intercept = _fitted(held, label)
        keep = [place for place, one in enumerate(coefficients) if one < 0]
    sign = -1 if adverse else 1
    share = (BASE - FACTOR * np.log(ODDS) + sign * FACTOR * intercept) / len(chosen)
    rows = []
    for (name, edges), coefficient in zip(chosen, coefficients, strict=True):
        place = encoding.features.index(name)
        woe, counts, positives = _told(values[:, place], label, edges)
        points = np.round(share + sign * FACTOR * coefficient * woe).astype(int)
        rows.append(
            Row(
                name, place, edges, tuple(woe.tolist()), tuple(points.tolist()), tuple(counts.tolist()),
                tuple(positives.tolist()), float(coefficient),
            )
        )  # fmt: skip
    return Scorecard(tuple(rows), float(intercept))


def _chosen(
    values: F64, label: F64, encoding: Encoding, names: Sequence[str]
) -> tuple[list[tuple[str, tuple[float, ...]]], list[F64]]:
    """Features with their edges, and the weights of evidence of their rows."""
    chosen: list[tuple[str, tuple[float, ...]]] = []
    held: list[F64] = []
    for name in names:
        if len(chosen) == MOST:
            break
        column = values[:, encoding.features.index(name)]
        edges = _edges(column, label)
        woe = _told(column, label, edges)[0][_bins(column, edges)]
        if not edges or any(abs(np.corrcoef(woe, one)[0, 1]) > MOST_ALIKE for one in held):
            continue
        chosen.append((name, edges))
        held.append(woe)
    return chosen, held


def _edges(column: F64, label: F64) -> tuple[float, ...]:
    from optbinning import OptimalBinning  # noqa: PLC0415 - training alone needs it, and two seconds to import

    known = ~np.isnan(column)
    if not 0 < label[known].sum() < known.sum() or column[known].min() == column[known].max():
        return ()
    found = OptimalBinning(
        dtype="numerical", solver="cp", max_n_bins=BINS, min_bin_size=LEAST_SHARE, monotonic_trend="auto",
        time_limit=20,
    ).fit(column[known], label[known].astype(int))  # fmt: skip
    return tuple(float(edge) for edge in found.splits)


def _bins(column: F64, edges: tuple[float, ...]) -> Any:
    place = np.searchsorted(np.array(edges), column, side="right")
    return np.where(np.isnan(column), len(edges) + 1, place)


def _told(column: F64, label: F64, edges: tuple[float, ...]) -> tuple[F64, Any, Any]:
    """WOE, rows and positives of each bin."""
    place = _bins(column, edges)
    counts = np.bincount(place, minlength=len(edges) + 2)
    bad = np.bincount(place, label, len(edges) + 2)
    rate = label.mean()
    like_all = 1 / min(rate, 1 - rate)
    woe = np.log((counts - bad) / (1 - rate) + like_all) - np.log(bad / rate + like_all)
    return woe, counts, bad.astype(int)


def _fitted(held: Sequence[F64], label: F64) -> tuple[F64, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - training alone needs it

    if not held:
        raise UsageError("risk.scorecard", "No feature of the window separates anything; take a longer one.")
    made = LogisticRegression(C=1.0, max_iter=500).fit(np.column_stack(held), label.astype(int))
    return made.coef_[0], float(made.intercept_[0])
