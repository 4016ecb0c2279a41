"""Trees: gradient boosting that stops when a later window no longer gains, and a random forest; both XGBoost's own files.

Same rows, seed and number of threads: the same file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from risk.metrics import F64, TINY, logit

if TYPE_CHECKING:
    import xgboost

THREADS = 2
ROUNDS, PATIENCE = 2_000, 75
BOOSTING = {
    "eta": 0.05, "max_depth": 4, "min_child_weight": 5, "subsample": 0.8, "colsample_bytree": 0.5, "lambda": 2.0,
}  # fmt: skip
FOREST = {
    "objective": "reg:squarederror", "eta": 1.0, "max_depth": 14, "min_child_weight": 5, "subsample": 0.63,
    "colsample_bynode": 0.2, "lambda": 0.0, "num_parallel_tree": 200,
}  # fmt: skip
"""Squared error over 0 and 1, so that a leaf is its rows' share of positives, as Breiman's are: a leaf of log odds starts
from those of all, and overshoots where positives are rare."""


@dataclass(frozen=True)
class Trees:
    """Some trees and how many rounds of them are used."""

    booster: xgboost.Booster
    rounds: int
    deep: bool = False
    """A forest's: its leaves are probabilities, and it is explained along the path that a row takes."""

    def chance(self, values: F64) -> F64:
        """(n) Probability of a positive; `values` (n, features) in the order of the encoding."""
        found = self.booster.inplace_predict(
            values, iteration_range=(0, self.rounds), validate_features=False
        ).astype(np.float64)
        held: F64 = np.clip(found, 0.0, 1.0)
        return held

    def contributions(self, values: F64) -> F64:
        """(n, features) What each adds to the log odds: SHAP values of trees (Lundberg 2018), by XGBoost itself; of a forest
        what the splits on a row's path add to its probability (Saabas 2014), in a thousandth of the time, as shares of
        what its log odds are above those of all."""
        import xgboost  # noqa: PLC0415 - a second to import

        matrix = xgboost.DMatrix(values, nthread=THREADS)
        found = self.booster.predict(
            matrix, pred_contribs=True, approx_contribs=self.deep, iteration_range=(0, self.rounds)
        )
        told: F64 = found[:, :-1].astype(np.float64)
        if not self.deep:
            return told
        share = found[:, -1].astype(np.float64)
        moved = told.sum(axis=1)
        odds = logit(np.clip(share + moved, 0.0, 1.0)) - logit(share)
        shares: F64 = (
            told * np.divide(odds, moved, out=np.zeros_like(odds), where=np.abs(moved) > TINY)[:, None]
        )
        return shares

    def write(self, folder: Path, name: str) -> dict[str, Any]:
        """As XGBoost's JSON in a file of its own; what else must be known, for the model's file."""
        self.booster.save_model(folder / f"{name}.json")
        return {"rounds": self.rounds, "deep": self.deep}

    @staticmethod
    def read(folder: Path, name: str, told: Mapping[str, Any]) -> Trees:
        """What `write` wrote."""
        import xgboost  # noqa: PLC0415 - a second to import

        made = xgboost.Booster(model_file=folder / f"{name}.json", params={"nthread": THREADS})
        return Trees(made, told["rounds"], told["deep"])


def fit_boosting(
    values: F64, label: F64, seed: int, *, later: tuple[F64, F64] | None = None, rounds: int | None = None
) -> Trees:
    """Boosted trees: as many rounds as gain on the rows and labels of a `later` window (log loss), or as many as given."""
    settings = {**_common(label, seed), **BOOSTING, "eval_metric": "logloss"}
    return Trees(*boost(settings, (values, label), later, rounds))


def boost(
    settings: dict[str, Any],
    learned: tuple[F64, F64],
    later: tuple[F64, F64] | None,
    rounds: int | None = None,
) -> tuple[xgboost.Booster, int]:
    """Trees over rows and what is predicted of them, and how many of their rounds are used: `PATIENCE` rounds without gain
    on `later` end it."""
    import xgboost  # noqa: PLC0415 - a second to import

    matrix = xgboost.DMatrix(*learned, nthread=THREADS)
    if later is None:
        return xgboost.train(settings, matrix, rounds or ROUNDS, verbose_eval=False), rounds or ROUNDS
    watched = [(xgboost.DMatrix(*later, nthread=THREADS), "later")]
    made = xgboost.train(
        settings, matrix, ROUNDS, evals=watched, early_stopping_rounds=PATIENCE, verbose_eval=False
    )
    return made, int(made.best_iteration) + 1


def fit_forest(values: F64, label: F64, seed: int) -> Trees:
    """A random forest (Breiman 2001) as one round of trees grown side by side."""
    import xgboost  # noqa: PLC0415 - a second to import

    learned = xgboost.DMatrix(values, label, nthread=THREADS)
    made = xgboost.train({**_common(label, seed), **FOREST}, learned, 1)
    return Trees(made, 1, deep=True)


def _common(label: F64, seed: int) -> dict[str, Any]:
    return {
        "objective": "binary:logistic", "tree_method": "hist", "nthread": THREADS, "seed": seed,
        "base_score": float(label.mean()),
    }  # fmt: skip
