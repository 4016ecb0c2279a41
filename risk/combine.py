"""One probability from several: logistic regression over their log odds, fitted on a window that none of them learned on.

With one model it is Platt's scaling (1999). Fitted by Newton's method with a little ridge, so that nearly equal models
share their weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from risk.metrics import F64, logit

RIDGE = (20.0, 0.1)
"""On the weights, towards equal ones, and on the level: what a few dozen rows would say. A hundred rows hardly move the
weights, ten thousand do as they like."""
STEPS = 50


@dataclass(frozen=True)
class Combination:
    """Weights of some parts, in order."""

    parts: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float

    def chance(self, chances: dict[str, F64]) -> F64:
        """(n) The calibrated probability."""
        total = np.full(len(chances[self.parts[0]]), self.intercept)
        for part, weight in zip(self.parts, self.weights, strict=True):
            total += weight * logit(chances[part])
        found: F64 = expit(total)
        return found

    def moved(self, by: float) -> Combination:
        """For parts that learned once more, from rows of another share of positives.

        They know a part by now of the drift that this was calibrated for: their log odds lie higher by `by` (`shift_to`).
        """
        return Combination(self.parts, self.weights, self.intercept - sum(self.weights) * by)


def shift_to(odds: F64, rate: float) -> float:
    """By how much the log odds (n) must all be moved for the mean probability to be `rate`."""
    return float(brentq(lambda by: expit(odds + by).mean() - rate, -30.0, 30.0))


def fit_combination(chances: dict[str, F64], parts: tuple[str, ...], label: F64) -> Combination:
    """The combination of `parts` that predicts `label` best, by likelihood.

    None has a weight below 0, which would turn a part's reasons round: such parts are left out, the worst first; the last one stays,
    and weighs nothing.
    """
    odds = [logit(chances[part]) for part in parts]
    towards = np.array([*(1 / len(parts) for _ in parts), 0.0])
    beta = _fitted(odds, towards, label)
    worst = int(beta[:-1].argmin())
    if beta[worst] >= 0:
        return Combination(parts, tuple(beta[:-1].tolist()), float(beta[-1]))
    if len(parts) > 1:
        return fit_combination(chances, (*parts[:worst], *parts[worst + 1 :]), label)
    return Combination(parts, (0.0,), float(_fitted([], towards[-1:], label)[-1]))


def _fitted(odds: Sequence[F64], towards: F64, label: F64) -> F64:
    """(parts + 1) Weights of log odds (parts, n), and the level."""
    x = np.column_stack([*odds, np.ones(len(label))])
    ridge = np.array([*(RIDGE[0] for _ in odds), RIDGE[1]])
    beta = towards.copy()
    for _ in range(STEPS):
        p = expit(x @ beta)
        gradient = x.T @ (label - p) - ridge * (beta - towards)
        hessian = (x * np.maximum(p * (1 - p), 1e-12)[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return beta
