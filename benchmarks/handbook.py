"""The fraud handbook's payments: how fast 37 window features are computed of them, and what trees make of these.

The protocol is the handbook's (Le Borgne and others, Reproducible Machine Learning for Credit Card Fraud Detection,
chapter 3): a week to train on, a week that labels take, a week of tests; customers known to be compromised are left out.
Settings of the trees are chosen on earlier weeks by the same protocol (`python -m benchmarks.handbook choose`), whose
labels are all known before the tests begin; they are kept in `handbook_settings.json` with what each reached.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.columns import handbook_columns
from benchmarks.goal import Figure, MeasuringError
from benchmarks.part import measured_apart, peak_mb
from features import Catalogue, compute, prepare
from features.catalogue import parse
from features.proofs import part, prove
from risk.metrics import auc, average_precision
from snapshot.columns import F64, I64

TRAIN_FROM, DAYS, DELAY = 115, 7, 7
"""Day 115 of the data is 25 July 2018."""
CHOSEN_FROM = (94, 87, 80, 73)
"""First days of the weeks to train on when settings are chosen; the last test of these ends on day 114."""
SEEDS = (0, 1, 2)
THREADS = 2
SETTINGS = Path(__file__).with_name("handbook_settings.json")
GRID = {
    "max_depth": (2, 3, 4),
    "colsample_bytree": (0.4, 1.0),
    "num_parallel_tree": (1, 5),
}
FIXED = {
    "objective": "binary:logistic",
    "eta": 0.1,
    "subsample": 0.8,
    "tree_method": "hist",
    "nthread": THREADS,
}
ROUNDS = 200


def handbook_catalogue() -> Catalogue:
    """The 37 features that the goals are measured with."""
    path = Path(__file__).with_suffix(".toml")
    return parse(path.read_text("utf-8"), path.name)


def measure_windows(size: int) -> Mapping[str, Figure]:
    """Rows/s of preparing the lines and computing 37 features of all payments, and the memory of the process."""
    told = measured_apart("benchmarks.handbook")
    data = f"fraud handbook, {told['rows']:,} payments, {told['features']} features, {THREADS} threads"
    return {
        "window_features_rate": Figure(told["rows"] / told["seconds"], data, told),
        "window_features_memory": Figure(told["peak_mb"] / 1024, data, told),
    }


def windows_alone() -> dict[str, Any]:
    """What the process of its own measures: kernels compiled before, columns read before."""
    columns, _ = handbook_columns()
    catalogue = handbook_catalogue()
    compute(columns, catalogue, np.arange(100))
    read_mb = peak_mb()
    began = time.perf_counter(), time.process_time()
    made = prepare(columns, catalogue, threads=THREADS)
    total = sum(len(block.at) for block in made.blocks(np.arange(columns.size), threads=THREADS))
    seconds, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    return {
        "rows": total, "features": len(catalogue.variants), "seconds": round(seconds, 3), "cpu_seconds": round(cpu, 3),
        "peak_mb": peak_mb(), "read_mb": read_mb,
    }  # fmt: skip


def measure_protocol(size: int) -> Mapping[str, Figure]:
    """AUC, average precision and card precision of gradient-boosted trees, the mean of three seeds."""
    settings = chosen_settings()
    known = payments()
    train, test = weeks(known.table, TRAIN_FROM)
    told = [known.scores(settings, train, test, seed) for seed in SEEDS]
    mean = {name: float(np.mean([one[name] for one in told])) for name in told[0]}
    details = {
        "settings": settings, "seeds": told, "train": len(train), "test": len(test),
        "frauds": int(known.fraud[test].sum()),
    }  # fmt: skip
    data = f"fraud handbook protocol, {DELAY} days delay, {known.features.shape[1]} features, seeds {SEEDS}"
    return {
        "handbook_auc": Figure(mean["auc"], data, details),
        "handbook_ap": Figure(mean["ap"], data, details),
        "handbook_card_precision": Figure(mean["cp100"], data, details),
    }


def chosen_settings() -> dict[str, Any]:
    """What was chosen on earlier weeks; raises `MeasuringError` (`goals.settings`)."""
    if not SETTINGS.exists():
        raise MeasuringError("goals.settings", "Choose settings first: python -m benchmarks.handbook choose")
    found: dict[str, Any] = json.loads(SETTINGS.read_text("utf-8"))["chosen"]
    return found


def choose() -> dict[str, Any]:
    """The settings of the grid with the greatest sum of the three measures, each the mean of the earlier weeks."""
    known = payments()
    cuts = [weeks(known.table, first) for first in CHOSEN_FROM]
    tried = []
    for values in itertools.product(*GRID.values()):
        settings = dict(zip(GRID, values, strict=True))
        told = [known.scores(settings, train, test, SEEDS[0]) for train, test in cuts]
        tried.append(
            settings | {name: round(float(np.mean([one[name] for one in told])), 4) for name in told[0]}
        )
    best = max(tried, key=lambda one: one["auc"] + one["ap"] + one["cp100"])
    return {"chosen": {name: best[name] for name in GRID}, "train_from": CHOSEN_FROM, "tried": tried}


@dataclass(frozen=True)
class Payments:
    """All payments in the order of facts, and what is known of each."""

    table: pl.DataFrame
    features: F64
    """(payments, features)"""
    fraud: I64

    def scored(self, settings: Mapping[str, Any], train: I64, test: I64, seed: int) -> F64:
        """(test) What trees that learn on `train` say of `test`."""
        import xgboost  # noqa: PLC0415 (only this goal needs it)

        learned = xgboost.DMatrix(self.features[train], self.fraud[train])
        model = xgboost.train({**FIXED, **settings, "seed": seed}, learned, ROUNDS)
        found: F64 = model.predict(xgboost.DMatrix(self.features[test])).astype(np.float64)
        return found

    def scores(self, settings: Mapping[str, Any], train: I64, test: I64, seed: int) -> dict[str, float]:
        """What these reach."""
        score = self.scored(settings, train, test, seed)
        truth = self.fraud[test].astype(np.float64)
        return {
            "auc": auc(score, truth),
            "ap": average_precision(score, truth),
            "cp100": card_precision(score, self.table[test]),
        }


def payments(delay_days: int = DELAY) -> Payments:
    """All payments with their 37 features, the amount and the hour; fraud is known so many days later."""
    columns, table = handbook_columns(delay_days)
    features = compute(columns, handbook_catalogue(), np.arange(columns.size)).values.T
    own = np.column_stack([columns.numbers["amount_cents"], columns.known_at // 3_600_000_000 % 24])
    return Payments(table, np.column_stack([features, own]), table["TX_FRAUD"].to_numpy())


def weeks(table: pl.DataFrame, first: int) -> tuple[I64, I64]:
    """Payments of the week from day `first`, and those to test of the week that follows the delay."""
    day, customer, fraud = (table[name].to_numpy() for name in ("TX_TIME_DAYS", "CUSTOMER_ID", "TX_FRAUD"))
    train = np.flatnonzero((day >= first) & (day < first + DAYS))
    known = set(customer[train][fraud[train] == 1].tolist())
    kept = []
    for after in range(DAYS):
        today = np.flatnonzero(day == first + DAYS + DELAY + after)
        told = (day == first + DAYS + after - 1) & (fraud == 1)
        known |= set(customer[told].tolist())
        kept.append(today[~np.isin(customer[today], list(known))])
    return train, np.concatenate(kept)


def card_precision(score: F64, rows: pl.DataFrame) -> float:
    """Share of compromised cards among the 100 highest of a day, cards found on earlier days left out; mean of days."""
    found: set[int] = set()
    daily = []
    days = rows.with_columns(score=pl.Series(score))
    for _, day in sorted(days.group_by("TX_TIME_DAYS"), key=lambda group: group[0]):
        left = day.filter(~pl.col("CUSTOMER_ID").is_in(list(found)))
        cards = left.group_by("CUSTOMER_ID").agg(pl.col("score").max(), pl.col("TX_FRAUD").max())
        top = cards.sort("score", descending=True).head(100)
        hit = top.filter(pl.col("TX_FRAUD") == 1)["CUSTOMER_ID"].to_list()
        daily.append(len(hit) / 100)
        found |= set(hit)
    return float(np.mean(daily))


def certificate() -> dict[str, object]:
    """That none of the 37 features looks ahead, on payments of the handbook's."""
    columns, _ = handbook_columns(DELAY)
    data = f"fraud handbook, {columns.size:,} payments, fraud known {DELAY} days later; a dense part of them"
    return prove(part(columns), handbook_catalogue(), data=data).as_dict()


if __name__ == "__main__":
    if sys.argv[1:] == ["choose"]:
        SETTINGS.write_text(json.dumps(choose(), indent=1) + "\n", encoding="utf-8")
    elif sys.argv[1:2] == ["prove"]:
        Path(sys.argv[2]).write_text(json.dumps(certificate(), indent=1) + "\n", encoding="utf-8")
    else:
        sys.stdout.write(json.dumps(windows_alone()) + "\n")
