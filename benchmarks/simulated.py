"""Models of a simulated lender whose true probabilities are known: how far they come from chance to what cannot be beaten.

Protocol: worlds of three seeds that nothing was built on, two years each (a label of fraud takes 95 days); features of the
house's catalogue, without rings and hubs, which live in the graph; windows by time, 60 : 20 : 20, with gaps as long as
labels take; judged on the last. The ceiling is the AUC of the true probabilities on the same rows: it knows ability, intent
and who is in which ring, which no feature can.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.columns import columns_of_world
from benchmarks.goal import Figure
from benchmarks.part import measured_apart, peak_mb
from cli.training import Facts
from core.clock import DAY, moment_us
from features import house_catalogue, with_carried
from risk import Target, Training, target_of, targets, train
from risk.amount import train_amount
from risk.metrics import F64, auc, by_day, ece, interval
from scoring.own import Catalogues
from simulator import order, simulate

SEEDS = (201, 202, 203)
START, DAYS = "2024-01-01", 730
SEED = 0
"""Of training and of the control."""
THREADS = 2
LADDERED = "fraud"
LATER = 95 * DAY
"""µs after the world's end when it is judged, so that every label of the last window had the time to become known."""


@dataclass(frozen=True)
class World:
    """A simulated lender, two years whole, with its truth."""

    facts: Facts
    truth: pl.DataFrame

    def training(self, target: Target, *, laddered: bool = False) -> Training:
        """What `fingraph train` gives the pipeline; the ladder and the control only if asked for."""
        whole = self.facts.training(target)
        return whole if laddered else replace(whole, families={}, shuffled=None)

    def true(self, frame: pl.DataFrame, target: str) -> F64:
        """(n) The true probability of an outcome, or the expected amount, of the applications of a frame."""
        rows = self.facts.columns.seq[frame["application"].cast(pl.Int64).to_numpy()]
        name = "expected_amount_cents" if target == "amount" else f"{target}_chance"
        found: F64 = self.truth[name].to_numpy()[rows]
        return found


def world(size: int, seed: int) -> World:
    """A world, what applications carry included."""
    with tempfile.TemporaryDirectory(prefix="fingraph-simulated-") as folder:
        place = Path(folder) / "world"
        simulate(order(size, START, DAYS, seed), place)
        catalogue, end = house_catalogue(), moment_us(START) + DAYS * DAY
        columns = with_carried(columns_of_world(place), catalogue, THREADS)
        facts = Facts(
            columns,
            Catalogues(catalogue, catalogue),
            "a simulated world",
            moment_us(START),
            end,
            end + LATER,
            SEED,
        )
        return World(facts, pl.read_parquet(place / "truth" / "applications.parquet"))


def measure_simulated(size: int) -> Mapping[str, Figure]:
    """How far fraud comes, what it gains over attributes, and how well every probability is calibrated: the worst seed."""
    told = {str(seed): measured_apart("benchmarks.simulated", "seed", str(size), str(seed)) for seed in SEEDS}
    fraud = [one[LADDERED] for one in told.values()]
    eces = [one["ece"] for found in told.values() for one in found.values() if "ece" in one]
    data = f"simulated, {size:,} applications over {DAYS} days, seeds {SEEDS}, windows by time"
    return {
        "simulated_fraud_way": Figure(min(one["way"] for one in fraud), data, told),
        "simulated_fraud_gain": Figure(min(one["auc"] - one["attributes"] for one in fraud), data, told),
        "simulated_control_gain": Figure(min(one["auc"] - one["control"] for one in fraud), data, told),
        "simulated_ece": Figure(max(eces), data, told),
    }


def _seed(size: int, seed: int) -> dict[str, Any]:
    made = world(size, seed)
    return {name: _amount(made) if one.amount else _chance(made, one) for name, one in targets().items()}


def _chance(made: World, target: Target) -> dict[str, Any]:
    laddered = target.name == LADDERED
    found = train(made.training(target, laddered=laddered))
    test = found.windows["test"]
    chance, true = found.model.chance(test.frame), made.true(test.frame, target.outcome)
    reached, ceiling = auc(chance, test.label), auc(true, test.label)
    low, high = interval(auc, chance, test.label, group=by_day(test.frame), rounds=100)
    told: dict[str, Any] = {
        "rows": len(test.label), "positives": int(test.label.sum()), "decides": found.model.kind, "auc": reached,
        "auc_low": low, "auc_high": high, "ceiling": ceiling, "way": (reached - 0.5) / (ceiling - 0.5),
        "ap": found.metrics["test"]["ap"], "ks": found.metrics["test"]["ks"], "ece_true": ece(true, test.label),
        "parts": {name: measures["auc"] for name, measures in found.parts.items()}, "ece": ece(chance, test.label),
    }  # fmt: skip
    if laddered:
        steps = {one.name: one.metrics["auc"] for one in found.ladder}
        told |= {"attributes": steps["attributes"], "control": [*steps.values()][-1], "ladder": steps}
    return _rounded(told)


def _amount(made: World) -> dict[str, Any]:
    found = train_amount(made.training(target_of("amount")))
    frame = found.windows["test"].frame
    granted, true = frame["value"].to_numpy(), made.true(frame, "amount")
    expected = float(np.abs(true - granted).sum() / granted.sum())
    return _rounded({"rows": frame.height, **found.metrics["test"], "error_of_the_true_mean": expected})


def _rounded(told: dict[str, Any]) -> dict[str, Any]:
    return {
        key: round(v, 4) if isinstance(v, float) else _rounded(v) if isinstance(v, dict) else v
        for key, v in told.items()
    }


def measure_training(size: int) -> Mapping[str, Figure]:
    """Minutes of all models of one target, features included, the memory of the process, and how well the probability that
    decides is calibrated where chance is small: five times as many rows are judged as in a world of `measure_simulated`."""
    told = measured_apart("benchmarks.simulated", "training", str(size))
    data = f"simulated, {size:,} applications over {DAYS} days, seed {SEEDS[0]}, fraud, {THREADS} threads"
    return {
        "training_minutes": Figure(told["seconds"] / 60, data, told),
        "training_memory": Figure(told["peak_mb"] / 1024, data, told),
        "training_ece": Figure(told["ece"], data, told),
    }


def _training(size: int) -> dict[str, Any]:
    made = world(size, SEEDS[0])
    began, read_mb = time.perf_counter(), peak_mb()
    found = train(made.training(target_of("fraud")))
    took, test = time.perf_counter() - began, found.windows["test"]
    return {
        "seconds": round(took, 1), "peak_mb": peak_mb(), "read_mb": read_mb,
        "rows": {name: window.frame.height for name, window in found.windows.items()},
        "decides": found.model.kind, "auc": round(found.metrics["test"]["auc"], 4), "parts": list(found.parts),
        "ece": round(found.metrics["test"]["ece"], 4),
        "ece_true": round(ece(made.true(test.frame, "fraud"), test.label), 4),
    }  # fmt: skip


if __name__ == "__main__":
    what, numbers = sys.argv[1], [int(one) for one in sys.argv[2:]]
    sys.stdout.write(json.dumps(_seed(*numbers) if what == "seed" else _training(*numbers)) + "\n")
