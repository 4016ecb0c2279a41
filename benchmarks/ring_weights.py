"""Fits the weights of the ring score: `python -m benchmarks.ring_weights` writes `rings/weights.json`.

Candidates of simulated worlds, at the end and at two moments before it; a candidate is positive when most of its
applications are of one planted ring. Ridge logistic regression by Newton's method (Hastie, Tibshirani, Friedman,
The Elements of Statistical Learning, 4.4.1). Seeds 1 to 3 are for building; goals are measured on others.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.world import DAYS, START
from graph_schema import FINGRAPH
from rings.choose import Finder
from rings.facts import LINKS, OUTCOMES, TARGETS, Facts
from rings.score import INTERCEPT
from rings.signs import SIGNS
from simulator import order, simulate

SEEDS = (1, 2, 3)
APPLICATIONS = 200_000
MOMENTS = (0.3, 0.6, 1.0)
"""Shares of the world's time at whose end candidates are taken."""
RIDGE = 10.0
COLUMNS = (
    ("device_id", "Device", None),
    ("phone", "Phone", "self"),
    ("contact_phone", "Phone", "contact"),
    ("employer_phone", "Phone", "employer"),
    ("card_number", "BankCard", None),
    ("id_number", "IdNumber", None),
    ("address", "Address", None),
    ("employer", "Employer", None),
    ("email", "Email", None),
    ("ip", "IpAddress", None),
)


def facts_of(world: Path) -> Facts:
    """The facts of a simulated world, straight from its files: values are their own identifiers."""
    applications = pl.read_parquet(world / "applications.parquet")
    events = pl.read_parquet(world / "events.parquet")
    targets = pl.concat(
        [
            _targets(applications, "application_id", "submitted_at", application=True),
            _targets(events, "event_id", "event_at", application=False),
        ]
    ).with_columns(pl.int_range(pl.len()).alias("target"))
    numbers = targets.select("key", "target", "known_at", "seq")
    links = pl.concat(
        [
            frame.select(
                pl.col(key).alias("key"), pl.col(column).alias("value"), pl.lit(label).alias("type"),
                pl.lit(role, dtype=pl.String).alias("role"),
            ).drop_nulls("value")
            for frame, key in ((applications, "application_id"), (events, "event_id"))
            for column, label, role in COLUMNS
            if column in frame.columns
        ]
    )  # fmt: skip
    links = links.join(numbers, on="key").with_columns(
        pl.struct("type", "value").rank("dense").alias("thing")
    )
    outcomes = pl.read_parquet(world / "outcomes.parquet").rename({"target": "name", "application_id": "key"})
    outcomes = outcomes.join(numbers.select("key", "target"), on="key").with_columns(
        _us("known_at"), pl.lit(0).alias("seq")
    )
    return Facts(_cast(targets, TARGETS), _cast(links, LINKS), _cast(outcomes, OUTCOMES))


def labelled(finder: Finder, truth: pl.DataFrame) -> pl.DataFrame:
    """The signs of all candidates with `positive`."""
    members = finder.candidates().select(pl.col("candidate").alias("group"), "who")
    applied = finder.users.targets.filter("application").join(members, on="who")
    known = applied.join(truth.select(pl.col("application_id").alias("key"), "ring_id"), on="key", how="left")
    sizes = known.group_by("group").agg(pl.len().alias("all"))
    most = (
        known.drop_nulls("ring_id")
        .group_by("group", "ring_id")
        .len()
        .group_by("group")
        .agg(pl.col("len").max())
    )
    share = pl.col("len").fill_null(0) / pl.col("all")
    label = sizes.join(most, on="group", how="left").select("group", (share >= 0.5).alias("positive"))
    return finder.signs(members).join(label, on="group")


def fit(table: pl.DataFrame) -> dict[str, float]:
    """The weight of each sign and the intercept, a unit of the sign in log-odds."""
    signs = table.select(SIGNS).to_numpy()
    positive = table.get_column("positive").cast(pl.Float64).to_numpy()
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    rows = np.column_stack([np.ones(len(signs)), (signs - mean) / spread])
    penalty = RIDGE * np.eye(rows.shape[1])
    penalty[0, 0] = 0.0
    weights = np.zeros(rows.shape[1])
    for _ in range(100):
        step = _newton(rows, positive, weights, penalty)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    per_unit = weights[1:] / spread
    named = {name: round(float(weight), 3) for name, weight in zip(SIGNS, per_unit, strict=True)}
    return {**named, INTERCEPT: round(float(weights[0] - (per_unit * mean).sum()), 3)}


def _newton(
    rows: NDArray[np.float64],
    positive: NDArray[np.float64],
    weights: NDArray[np.float64],
    penalty: NDArray[np.float64],
) -> NDArray[np.float64]:
    chance = 1 / (1 + np.exp(-rows @ weights))
    gradient = rows.T @ (chance - positive) + penalty @ weights
    curvature = (rows * (chance * (1 - chance))[:, None]).T @ rows + penalty
    return np.linalg.solve(curvature, gradient).astype(np.float64)


def main() -> None:
    """Simulate, fit, write."""
    tables = []
    with tempfile.TemporaryDirectory(prefix="fingraph-weights-") as folder:
        for seed in SEEDS:
            world = Path(folder) / str(seed)
            simulate(order(APPLICATIONS, START, DAYS, seed), world)
            truth = pl.read_parquet(world / "truth" / "applications.parquet")
            facts = facts_of(world)
            first, last = (int(getattr(facts.targets["known_at"], end)()) for end in ("min", "max"))
            for moment in MOMENTS:
                point = first + int(moment * (last - first)) + 1
                tables.append(labelled(Finder(FINGRAPH, facts.before(point)), truth))
    found = fit(pl.concat(tables))
    path = Path(__file__).parents[1] / "rings" / "weights.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"Wrote {path}.")


def _targets(frame: pl.DataFrame, key: str, at: str, *, application: bool) -> pl.DataFrame:
    money = pl.col("amount") * 100 if application else pl.lit(None, dtype=pl.Int64)
    return frame.select(
        pl.col(key).alias("key"), pl.lit(application).alias("application"), pl.col("user_id").alias("user"),
        _us(at).alias("known_at"), pl.int_range(pl.len()).alias("seq"), money.alias("amount_cents"),
    )  # fmt: skip


def _us(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Datetime("us")).cast(pl.Int64)


def _cast(frame: pl.DataFrame, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())


if __name__ == "__main__":
    main()
