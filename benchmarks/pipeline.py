"""The product's models on rows of one's own: windows where there is time, folds where there is none; and what is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from features.dataset import HEAD
from risk.combine import fit_combination
from risk.encoding import fit_encoding
from risk.metrics import F64, Measure, auc, average_precision, interval, ks, precision_at, recall_at
from risk.model import COMBINED
from risk.parts import PARTS
from risk.selection import carded, kept, select
from risk.train import Learned, Trained, Training, fit_parts, train
from risk.windows import Blocks
from snapshot.columns import I64

FOLDS, SEED, ROUNDS = 5, 7, 200
HELD, STOPPING = 0.2, 0.1
"""Shares of a fold's training rows that are held out, and of these what boosting stops on."""
RANKED: Mapping[str, Measure] = {"auc": auc, "ap": average_precision, "ks": ks}
AT_ONE: Mapping[str, Measure] = {
    **RANKED,
    "recall_1pc": recall_at(0.01),
    "precision_1pc": precision_at(0.01),
}


def measured(
    score: F64, truth: F64, wanted: Mapping[str, Measure] = RANKED, rounds: int = ROUNDS
) -> dict[str, float]:
    """Each measure of scores (n) and the 95 % of its bootstrap; of (n, seeds) the mean over the seeds."""
    told: dict[str, float] = {}
    for name, of in wanted.items():
        mean = _mean_of(of)
        low, high = interval(mean, score, truth, rounds=rounds)
        told |= {name: mean(score, truth), f"{name}_low": low, f"{name}_high": high}
    return {name: round(figure, 4) for name, figure in told.items()}


def _mean_of(of: Measure) -> Measure:
    def mean(score: F64, truth: F64) -> float:
        return float(np.mean([of(one, truth) for one in np.atleast_2d(score.T)]))

    return mean


def table_of(frame: pl.DataFrame, label: F64, split: Sequence[str]) -> pl.DataFrame:
    """Rows in the order of time as a training table: every label known, every row of a window, or of none."""
    size = frame.height
    head = pl.DataFrame(
        {
            "application": [str(row) for row in range(size)],
            "known_at": np.arange(size),
            "label": label.astype(np.int8),
            "value": label,
            "weight": np.ones(size),
            "matured": np.ones(size, np.bool_),
            "split": pl.Series(split, dtype=pl.String),
        }
    )
    return pl.concat([head, frame], how="horizontal")


def blocks_of(table: pl.DataFrame, size: int = 50_000) -> Blocks:
    """The table a block at a time, as often as it is asked for."""

    def again() -> Iterator[pl.DataFrame]:
        yield from table.iter_slices(size)

    return again


def features_of(table: pl.DataFrame, beside: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns that are neither of the head of a training table nor `beside`."""
    return tuple(name for name in table.columns if name not in (*HEAD, *beside))


def by_windows(table: pl.DataFrame, seed: int) -> tuple[Trained, F64, F64]:
    """What `risk.train` makes of a table's windows, its probabilities of the test window, and the truth there."""
    trained = train(Training(blocks_of(table), features_of(table), seed))
    test = trained.windows["test"]
    return trained, trained.model.chance(test.frame), test.label


def described(trained: Trained) -> dict[str, object]:
    """How a model of windows came to be: rows, rounds, what decides, its parts on the test window."""
    return {
        "rows": {name: window.frame.height for name, window in trained.windows.items()},
        "base": {name: round(float(window.label.mean()), 4) for name, window in trained.windows.items()},
        "features": len(trained.model.encoding.features),
        "rounds": trained.budgets.rounds,
        "decides": trained.model.kind,
        "weights": [round(weight, 3) for weight in trained.model.deciding.weights],
        "parts": {
            part: {name: round(told[name], 4) for name in ("auc", "ap", "ks", "recall_1pc", "precision_1pc")}
            for part, told in trained.parts.items()
        },
    }


def stratified(truth: F64, seed: int = SEED) -> I64:
    """The fold of each row: as many positives in each."""
    dice, fold = np.random.default_rng(seed), np.empty(len(truth), dtype=np.int64)
    for outcome in (0, 1):
        rows = dice.permutation(np.flatnonzero(truth == outcome))
        fold[rows] = np.arange(len(rows)) % FOLDS
    return fold


def grouped(group: I64, seed: int = SEED) -> I64:
    """The fold of each row: groups whole, the next largest where there are fewest rows, equal ones by a throw of dice."""
    size = np.bincount(group)
    dice = np.random.default_rng(seed).random(len(size))
    held, fold = np.zeros(FOLDS), np.empty(len(size), dtype=np.int64)
    for one in np.lexsort((dice, -size)):
        fold[one] = int(held.argmin())
        held[fold[one]] += size[one]
    return fold[group]


def out_of_fold(features: pl.DataFrame, truth: F64, fold: I64, group: I64 | None = None) -> dict[str, F64]:
    """(n) Probabilities by part and of their combination, of each row by models that never saw its fold."""
    found = {name: np.empty(len(truth)) for name in (*PARTS, COMBINED)}
    for number in range(FOLDS):
        learn, judge = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        beside = None if group is None else group[learn]
        for name, chance in predicted(features[learn], truth[learn], features[judge], group=beside).items():
            found[name][judge] = chance
    return found


def predicted(
    learn: pl.DataFrame, label: F64, judge: pl.DataFrame, *, seed: int = SEED, group: I64 | None = None
) -> dict[str, F64]:
    """As `risk.train` does it with windows: stop on one part, calibrate on it and another, learn once more on all.

    What is held out are rows, or groups of them.
    """
    drawn = np.random.default_rng(seed).random(learn.height if group is None else int(group.max()) + 1)
    part = drawn if group is None else drawn[group]
    fit, stop, held = part >= HELD, part < STOPPING, part < HELD
    names = tuple(learn.columns)
    values = fit_encoding(learn.filter(fit), names).matrix(learn)
    judged = select(values[fit], label[fit], names)
    encoding = fit_encoding(learn.filter(fit), kept(judged))
    values = encoding.matrix(learn)
    learned, later = Learned(values[fit], label[fit], carded=carded(judged)), (values[stop], label[stop])
    parts, budgets = fit_parts(learned, encoding, PARTS, seed, later=later)
    settled = {name: one.chance(values[held]) for name, one in parts.items()}
    again, _ = fit_parts(
        Learned(values, label, carded=carded(judged)), encoding, PARTS, seed, budgets=budgets
    )
    chances = {name: one.chance(encoding.matrix(judge)) for name, one in again.items()}
    return {**chances, COMBINED: fit_combination(settled, PARTS, label[held]).chance(chances)}
