"""The fraud handbook's payments: how fast 37 window features are computed of them, and what trees make of these.

The protocol is the handbook's (Le Borgne and others, Reproducible Machine Learning for Credit Card Fraud Detection,
chapter 3): a week to train on, a week that labels take, a week of tests; customers known to be compromised are left out.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.columns import handbook_columns
from benchmarks.goal import Figure, MeasuringError
from benchmarks.part import measured_apart, peak_mb
from features import Catalogue, compute, prepare
from features.catalogue import parse
from snapshot.columns import F64, I64

TRAIN_FROM, DAYS, DELAY = 115, 7, 7
"""Day 115 of the data is 25 July 2018."""
SEEDS = (0, 1, 2)
THREADS = 2


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
    columns, table = handbook_columns(DELAY)
    train, test = _rows(table)
    features = compute(columns, handbook_catalogue(), np.concatenate([train, test])).values.T
    own = np.column_stack([columns.numbers["amount_cents"], columns.known_at // 3_600_000_000 % 24])
    features = np.column_stack([features, own[np.concatenate([train, test])]])
    fraud = table["TX_FRAUD"].to_numpy()
    told = [_scores(features, fraud, train, test, table, seed) for seed in SEEDS]
    mean = {name: float(np.mean([one[name] for one in told])) for name in told[0]}
    details = {"seeds": told, "train": len(train), "test": len(test), "frauds": int(fraud[test].sum())}
    data = f"fraud handbook protocol, {DELAY} days delay, {features.shape[1]} features, seeds {SEEDS}"
    return {
        "handbook_auc": Figure(mean["auc"], data, details),
        "handbook_ap": Figure(mean["ap"], data, details),
        "handbook_card_precision": Figure(mean["cp100"], data, details),
    }


def _rows(table: pl.DataFrame) -> tuple[I64, I64]:
    day, customer, fraud = (table[name].to_numpy() for name in ("TX_TIME_DAYS", "CUSTOMER_ID", "TX_FRAUD"))
    train = np.flatnonzero((day >= TRAIN_FROM) & (day < TRAIN_FROM + DAYS))
    known = set(customer[train][fraud[train] == 1].tolist())
    kept = []
    for after in range(DAYS):
        today = np.flatnonzero(day == TRAIN_FROM + DAYS + DELAY + after)
        told = (day == TRAIN_FROM + DAYS + after - 1) & (fraud == 1)
        known |= set(customer[told].tolist())
        kept.append(today[~np.isin(customer[today], list(known))])
    return train, np.concatenate(kept)


def _scores(  # noqa: PLR0917
    features: F64, fraud: I64, train: I64, test: I64, table: pl.DataFrame, seed: int
) -> dict[str, float]:
    try:
        import xgboost  # noqa: PLC0415 (only this goal needs it)
    except ImportError:
        raise MeasuringError("goals.library", "This goal needs xgboost: pip install xgboost-cpu.") from None
    settings = {
        "objective": "binary:logistic", "max_depth": 3, "eta": 0.1, "seed": seed, "nthread": THREADS,
        "subsample": 0.8, "colsample_bytree": 0.4, "min_child_weight": 3, "num_parallel_tree": 5, "tree_method": "hist",
    }  # fmt: skip
    count = len(train)
    model = xgboost.train(settings, xgboost.DMatrix(features[:count], fraud[train]), 200)
    score = model.predict(xgboost.DMatrix(features[count:]))
    truth = fraud[test]
    return {
        "auc": _auc(score, truth),
        "ap": _average_precision(score, truth),
        "cp100": _card_precision(score, table[test]),
    }


def _auc(score: F64, truth: I64) -> float:
    rank = pl.Series(score).rank().to_numpy()
    positive = int(truth.sum())
    return float(
        (rank[truth == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(truth) - positive))
    )


def _average_precision(score: F64, truth: I64) -> float:
    """Mean precision at each positive, equal scores taken together."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(truth[order])
    last = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    precision, recall = hits[last] / (last + 1), hits[last] / hits[-1]
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def _card_precision(score: F64, rows: pl.DataFrame) -> float:
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


if __name__ == "__main__":
    sys.stdout.write(json.dumps(windows_alone()) + "\n")
