"""What is known of the handbook's payments against what others published of them, and what the product's models make of them.

Gap: the handbook's 15 features from the product's kernels, its own logistic regression and forest, its own protocol
(`benchmarks.handbook`); the figure is the greatest distance from its published AUC, average precision and card precision.
Its customers' windows hold the payment itself, which ours never do: it is added here.

Time: windows of `features.dataset` over the six months, 60/20/20, a gap of the 7 days that labels take; the first 37 days
only lend their history. `risk.train` as for every other target, on `handbook.toml` and `handbook_more.toml`; AUC above .93 is a leak.

Delay: the trees of `benchmarks.handbook` on the same payments of the same weeks, with labels that the features see 1, 7, 14
and 30 days after the payment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl

from benchmarks.columns import handbook_columns
from benchmarks.goal import Figure
from benchmarks.handbook import (
    DELAY,
    SEEDS,
    TRAIN_FROM,
    card_precision,
    chosen_settings,
    handbook_catalogue,
    payments,
    weeks,
)
from benchmarks.pipeline import AT_ONE, described, measured
from core.clock import DAY
from features import Catalogue, compute
from features.catalogue import parse
from features.dataset import Wanted, blocks
from risk.metrics import auc, average_precision
from risk.train import Training, train
from snapshot.columns import F64, I64, MISSING, NEVER

PUBLISHED = {
    "logit": {"auc": 0.871, "ap": 0.606, "cp100": 0.291},
    "forest": {"auc": 0.867, "ap": 0.658, "cp100": 0.287},
}
"""Handbook, chapter 3.4, baseline feature transformation."""
DAYS = (1, 7, 30)
NIGHT, SATURDAY = 6, 5
DROPPED = 37
"""Days at the start that are not learned from: 30 of windows and 7 of delay."""
DELAYS = (1, 7, 14, 30)
SEED = 0
THREADS = 2


class _Classifier(Protocol):
    def fit(self, values: F64, label: I64) -> Any: ...

    def predict_proba(self, values: F64) -> F64: ...


def measure_gap(_: int) -> Mapping[str, Figure]:
    """The greatest distance of the handbook's logistic regression and of its forest from what it published."""
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 - only this goal needs it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    values, table = _handbook_15()
    train_rows, test_rows = weeks(table, TRAIN_FROM)
    scale = StandardScaler().fit(values[train_rows])
    models: dict[str, _Classifier] = {
        "logit": LogisticRegression(random_state=0),
        "forest": RandomForestClassifier(random_state=0, n_jobs=THREADS),
    }
    fraud = table["TX_FRAUD"].to_numpy()
    found = {}
    for name, model in models.items():
        model.fit(scale.transform(values[train_rows]), fraud[train_rows])
        score = model.predict_proba(scale.transform(values[test_rows]))[:, 1]
        found[f"handbook_{name}_gap"] = _gap(name, score, table[test_rows], len(train_rows))
    return found


def _gap(name: str, score: F64, test: pl.DataFrame, learned: int) -> Figure:
    truth = test["TX_FRAUD"].cast(pl.Float64).to_numpy()
    told = {
        "auc": auc(score, truth),
        "ap": average_precision(score, truth),
        "cp100": card_precision(score, test),
    }
    published = PUBLISHED[name]
    details = {
        "published": published,
        "measured": {key: round(figure, 4) for key, figure in told.items()},
        "interval": measured(score, truth),
        "train": learned,
        "test": test.height,
        "frauds": int(truth.sum()),
    }
    data = f"fraud handbook protocol, {DELAY} days delay, the handbook's 15 features and {name}"
    return Figure(max(abs(told[key] - published[key]) for key in published), data, details)


def _handbook_15() -> tuple[F64, pl.DataFrame]:
    columns, table = handbook_columns(DELAY)
    made = compute(columns, handbook_catalogue(), np.arange(columns.size))
    told = {variant.name: values for variant, values in zip(made.variants, made.values, strict=True)}
    return handbook_15(told, columns.numbers["amount_cents"] / 100, columns.known_at), table


def handbook_15(told: Mapping[str, F64], amount: F64, known_at: I64) -> F64:
    """(n, 15) The handbook's features from our windows by name: those of customers with the payment itself (its amount, and
    µs of its moment), those of terminals over the outcomes that became known."""
    day, hour = known_at // DAY, known_at % DAY // (DAY // 24)
    columns = [amount, (day + 3) % 7 >= SATURDAY, hour <= NIGHT]
    for days in DAYS:
        count = told[f"user_payments_{days}d"]
        before = np.where(count > 0, told[f"user_amount_mean_{days}d"] / 100 * count, 0.0)
        columns += [count + 1, (before + amount) / (count + 1)]
    for days in DAYS:
        columns += [told[f"terminal_known_{days}d"], np.nan_to_num(told[f"terminal_fraud_rate_{days}d"])]
    return np.column_stack(columns).astype(np.float64)


def time_catalogue() -> Catalogue:
    """The 37 windows, and what goes beyond them."""
    path = Path(__file__).with_name("handbook_more.toml")
    return parse(path.read_text("utf-8"), path.name, handbook_catalogue())


def measure_time(_: int) -> Mapping[str, Figure]:
    """AUC, average precision and recall at 1 % of the deciding probability, on the last fifth of the six months."""
    columns = handbook_columns(DELAY)[0]
    catalogue = time_catalogue()
    first = int(columns.known_at[0]) // DAY * DAY + DROPPED * DAY
    wanted = Wanted("fraud", MISSING, NEVER, maturity=DELAY * DAY)
    made = [
        block.filter(pl.col("known_at") >= first) for block in blocks(columns, catalogue, wanted, THREADS)
    ]

    def again() -> Iterator[pl.DataFrame]:
        yield from made

    trained = train(Training(again, tuple(one.name for one in catalogue.variants), SEED))
    test = trained.windows["test"]
    told = measured(trained.model.chance(test.frame), test.label, AT_ONE)
    details = {"measures": told, **described(trained)}
    data = f"fraud handbook by time 60/20/20, {DELAY} days delay, {len(catalogue.variants)} features, seed {SEED}"
    names = {"auc": "auc", "ap": "ap", "recall": "recall_1pc"}
    return {f"handbook_time_{short}": Figure(told[name], data, details) for short, name in names.items()}


def measure_delays(_: int) -> Mapping[str, Figure]:
    """AUC where labels take 30 days, and the curve of all delays."""
    settings = chosen_settings()
    curve = {f"{days}d": _delayed(days, settings) for days in DELAYS}
    data = f"fraud handbook protocol, labels in features after {DELAYS} days, seeds {SEEDS}"
    return {"handbook_delay_curve": Figure(curve[f"{DELAYS[-1]}d"]["auc"], data, curve)}


def _delayed(days: int, settings: Mapping[str, Any]) -> dict[str, float]:
    told = payments(days)
    train_rows, test_rows = weeks(told.table, TRAIN_FROM)
    score = np.column_stack([told.scored(settings, train_rows, test_rows, seed) for seed in SEEDS])
    return measured(score, told.fraud[test_rows].astype(np.float64))
