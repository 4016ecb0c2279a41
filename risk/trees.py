"""Trees: gradient boosting that stops when a later window no longer gains, and a random forest; both XGBoost's own files.

Same rows, seed and number of threads: the same file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from risk.metrics import F64

if TYPE_CHECKING:
    import xgboost

THREADS = 2
ROUNDS, PATIENCE = 2_000, 75
BOOSTING = {
    "eta": 0.05, "max_depth": 4, "min_child_weight": 5, "subsample": 0.8, "colsample_bytree": 0.5, "lambda": 2.0,
}  # fmt: skip
FOREST = {
    "eta": 1.0, "max_depth": 8, "min_child_weight": 0.5, "subsample": 0.63, "colsample_bynode": 0.2, "lambda": 0.0,
    "num_parallel_tree": 200,
}  # fmt: skip


@dataclass(frozen=True)
class Trees:
    """Some trees and how many rounds of them are used."""

    booster: xgboost.Booster
    rounds: int

    def chance(self, values: F64) -> F64:
        """(n) Probability of a positive; `values` (n, features) in the order of the encoding."""
        import xgboost  # noqa: PLC0415 - a second to import

        matrix = xgboost.DMatrix(values, nthread=THREADS)
        found: F64 = self.booster.predict(matrix, iteration_range=(0, self.rounds)).astype(np.float64)
        return found

    def contributions(self, values: F64, *, along: bool = False) -> F64:
        """(n, features) What each adds to the log odds: SHAP values of trees (Lundberg 2018), by XGBoost itself; or
        `along` the path that a row takes (Saabas 2014), which deep trees are told by in a thousandth of the time."""
        import xgboost  # noqa: PLC0415 - a second to import

        matrix = xgboost.DMatrix(values, nthread=THREADS)
        found = self.booster.predict(
            matrix, pred_contribs=True, approx_contribs=along, iteration_range=(0, self.rounds)
        )
        told: F64 = found[:, :-1].astype(np.float64)
        return told

    def write(self, path: Path) -> None:
        """As XGBoost's JSON."""
        self.booster.save_model(path)

    @staticmethod
    def read(path: Path, rounds: int) -> Trees:
        """What `write` wrote."""
        import xgboost  # noqa: PLC0415 - a second to import

        return Trees(xgboost.Booster(model_file=path, params={"nthread": THREADS}), rounds)


def fit_boosting(values: F64, label: F64, later: F64, later_label: F64, seed: int) -> Trees:
    """Boosted trees; as many rounds as gain on the `later` window (log loss), `PATIENCE` without gain end it."""
    import xgboost  # noqa: PLC0415 - a second to import

    made = xgboost.train(
        {**_common(label, seed), **BOOSTING, "eval_metric": "logloss"},
        xgboost.DMatrix(values, label, nthread=THREADS),
        ROUNDS,
        evals=[(xgboost.DMatrix(later, later_label, nthread=THREADS), "later")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )
    return Trees(made, int(made.best_iteration) + 1)


def fit_forest(values: F64, label: F64, seed: int) -> Trees:
    """A random forest (Breiman 2001) as one round of trees grown side by side."""
    import xgboost  # noqa: PLC0415 - a second to import

    made = xgboost.train(
        {**_common(label, seed), **FOREST}, xgboost.DMatrix(values, label, nthread=THREADS), 1
    )
    return Trees(made, 1)


def _common(label: F64, seed: int) -> dict[str, Any]:
    return {
        "objective": "binary:logistic", "tree_method": "hist", "nthread": THREADS, "seed": seed,
        "base_score": float(label.mean()),
    }  # fmt: skip
