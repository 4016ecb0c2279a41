"""Measures of scores against outcomes, each over plain arrays; and how sure they are.

`score` (n) float64, higher is likelier; `label` (n) 1 or 0. Every measure is NaN where one of the two is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from core.clock import DAY

F64 = NDArray[np.float64]
Measure = Callable[[F64, F64], float]

BINS = 20
"""Of equal mass, for calibration."""
TINY = 1e-6
LEAST_GROUPS = 20
"""Of fewer groups no interval can be told; rows are drawn instead."""


def _both(label: F64) -> bool:
    return bool(0 < label.sum() < len(label))


def auc(score: F64, label: F64) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties counting half."""
    if not _both(label):
        return float("nan")
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    positive = label.sum()
    return float(
        (rank[label == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(label) - positive))
    )


def average_precision(score: F64, label: F64) -> float:
    """Mean precision over the positives, equal scores taken together (no interpolation)."""
    if not _both(label):
        return float("nan")
    hits, found = _caught(score, label)
    recall = hits / hits[-1]
    return float((np.diff(recall, prepend=0.0) * hits / found).sum())


def ks(score: F64, label: F64) -> float:
    """Kolmogorov-Smirnov: the greatest distance between the two distributions of scores."""
    if not _both(label):
        return float("nan")
    hits, found = _caught(score, label)
    return float(np.max(hits / hits[-1] - (found - hits) / (found[-1] - hits[-1])))


def _caught(score: F64, label: F64) -> tuple[F64, F64]:
    """Positives and all at or above each different score, the highest first."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    return np.cumsum(label[order])[last], (last + 1).astype(np.float64)


def recall_at(share: float) -> Measure:
    """Positives among the `share` of all that score highest."""
    return lambda score, label: _at(score, label, share)[0]


def precision_at(share: float) -> Measure:
    """Share of positives among the `share` of all that score highest."""
    return lambda score, label: _at(score, label, share)[1]


def _at(score: F64, label: F64, share: float) -> tuple[float, float]:
    """Of equal scores at the cut the share that belongs above it is counted, whichever rows come first."""
    if not _both(label):
        return float("nan"), float("nan")
    most = max(1, round(share * len(score)))
    hits, found = _caught(score, label)
    caught = float(np.interp(most, np.append(0, found), np.append(0, hits)))
    return float(caught / label.sum()), float(caught / most)


def flagged(score: F64, share: float) -> F64:
    """(n) 1 for the `share` of all that score highest, else 0; equal scores at the cut share what is left of it."""
    most = share * len(score)
    cut = np.sort(score)[::-1][min(int(most), len(score) - 1)]
    above, at = score > cut, score == cut
    found: F64 = above + at * (most - above.sum()) / at.sum()
    return found


def recall_at_fpr(rate: float) -> Measure:
    """Positives caught while at most `rate` of the negatives are."""

    def measured(score: F64, label: F64) -> float:
        if not _both(label):
            return float("nan")
        hits, found = _caught(score, label)
        within = (found - hits) / (found[-1] - hits[-1]) <= rate
        return float(hits[within].max(initial=0.0) / hits[-1])

    return measured


def brier(chance: F64, label: F64) -> float:
    """Mean squared error of probabilities."""
    return float(np.mean((chance - label) ** 2))


def ece(chance: F64, label: F64) -> float:
    """Expected calibration error over `BINS` bins of equal mass."""
    return float(sum(len(c) * abs(c.mean() - y.mean()) for c, y in _mass(chance, label)) / len(chance))


def reliability(chance: F64, label: F64) -> list[tuple[float, float, int]]:
    """(mean probability, share of positives, rows) by bin of equal mass."""
    return [(float(c.mean()), float(y.mean()), len(c)) for c, y in _mass(chance, label)]


def _mass(chance: F64, label: F64) -> list[tuple[F64, F64]]:
    order = np.argsort(chance, kind="stable")
    return [(chance[part], label[part]) for part in np.array_split(order, min(BINS, len(order))) if len(part)]


def log_loss(score: F64, label: F64) -> float:
    """Mean of -log of the probability given to what happened."""
    held = np.clip(score, TINY, 1 - TINY)
    return float(-np.where(label == 1, np.log(held), np.log(1 - held)).mean())


def calibration_slope(chance: F64, label: F64) -> float:
    """Slope of the outcome's log odds over the predicted ones (1: neither too sure nor too timid; Cox 1958)."""
    if not _both(label):
        return float("nan")
    x = logit(chance)
    slope, level = 1.0, 0.0
    for _ in range(50):  # Newton's steps of a logistic regression with one predictor
        p = expit(level + slope * x)
        weight = np.maximum(p * (1 - p), 1e-12)
        gradient = np.array([(label - p).sum(), ((label - p) * x).sum()])
        hessian = np.array([[weight.sum(), (weight * x).sum()], [(weight * x).sum(), (weight * x * x).sum()]])
        step = np.linalg.solve(hessian + 1e-9 * np.eye(2), gradient)
        level, slope = level + step[0], slope + step[1]
        if np.abs(step).max() < 1e-9:
            break
    return float(slope)


def logit(chance: F64) -> F64:
    """Log odds, of probabilities held off 0 and 1."""
    held = np.clip(chance, TINY, 1 - TINY)
    found: F64 = np.log(held / (1 - held))
    return found


def psi(expected: F64, actual: F64, bins: int = 10) -> float:
    """Population stability index over bins of equal mass of `expected`; missing values are a bin of their own.

    Below .1 stable, above .25 shifted (Siddiqi 2006).
    """
    edges = mass_edges(expected, bins)
    before, after = (_shares(values, edges) for values in (expected, actual))
    return float(((after - before) * np.log(after / before)).sum())


def _shares(values: F64, edges: F64) -> F64:
    counts = np.bincount(binned(values, edges), minlength=2 * len(edges) + 2)
    held: F64 = np.maximum(counts / max(len(values), 1), 1e-4)
    return held


def mass_edges(values: F64, bins: int) -> F64:
    """Different edges between `bins` bins of equal mass of what is known."""
    known = values[~np.isnan(values)]
    return np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1])) if len(known) else np.empty(0)


def binned(values: F64, edges: F64) -> NDArray[np.int64]:
    """(n) The bin of each value: between edges, on one of them (many features are 0 of nearly everybody), or missing."""
    place = np.searchsorted(edges, values, side="left") + np.searchsorted(edges, values, side="right")
    return np.where(np.isnan(values), 2 * len(edges) + 1, place)


RANKING: Mapping[str, Measure] = {
    "auc": auc,
    "ap": average_precision,
    "ks": ks,
    **{f"recall_{share:g}pc": recall_at(share / 100) for share in (0.5, 1, 2)},
    **{f"precision_{share:g}pc": precision_at(share / 100) for share in (0.5, 1, 2)},
    "recall_1pc_fpr": recall_at_fpr(0.01),
}
CALIBRATION: Mapping[str, Measure] = {"brier": brier, "ece": ece, "calibration_slope": calibration_slope}


def measure(chance: F64, label: F64) -> dict[str, float]:
    """Every measure of probabilities, by name."""
    return {name: of(chance, label) for name, of in {**RANKING, **CALIBRATION}.items()}


def interval(
    of: Measure,
    score: F64,
    label: F64,
    *,
    group: NDArray[np.int64] | None = None,
    rounds: int = 200,
    seed: int = 0,
) -> tuple[float, float]:
    """95 % of the bootstrap (percentiles): rows are drawn with replacement, or groups of rows, 0 to g - 1, whole.

    Applications of one ring or sitting score alike and turn out alike; taken as independent they promise too much.
    """
    dice = np.random.default_rng(seed)
    rows = _drawn(len(score), group, dice)
    told = [of(score[drawn], label[drawn]) for drawn in (next(rows) for _ in range(rounds))]
    low, high = np.nanpercentile(told, [2.5, 97.5])
    return float(low), float(high)


def _drawn(
    size: int, group: NDArray[np.int64] | None, dice: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    if group is None or group.max(initial=0) < LEAST_GROUPS:
        while True:
            yield dice.integers(0, size, size)
    held = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    while True:
        yield np.concatenate([held[one] for one in dice.integers(0, len(held), len(held))])


def by_day(frame: pl.DataFrame) -> NDArray[np.int64]:
    """(n) The day of each row of a table (`known_at`), 0 for the first that there is."""
    _, place = np.unique(frame["known_at"].to_numpy() // DAY, return_inverse=True)
    return place.astype(np.int64)


def ece_by_chance(chance: F64, *, rounds: int = 20, seed: int = 0) -> float:
    """The calibration error that chance alone makes where every probability (n) is right: labels drawn from them."""
    dice = np.random.default_rng(seed)
    drawn = [ece(chance, (dice.random(len(chance)) < chance).astype(np.float64)) for _ in range(rounds)]
    return float(np.mean(drawn))
