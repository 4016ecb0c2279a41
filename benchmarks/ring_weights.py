"""Fits the weights of the ring score and of kin: `python -m benchmarks.ring_weights` writes `rings/*.json`.

Candidates of simulated worlds, at the end and at moments before it; a candidate is positive when most of its
applications are of one planted ring, a pair is kin when both sides are mostly of the same one. Ridge logistic
regression by Newton's method (Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 4.4.1). Seeds 1 to 6
are for building; goals are measured on others.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.world import DAYS, START
from graph_schema import FINGRAPH
from loaders.normalise.address import normalise_address
from rings import kin
from rings.choose import Finder
from rings.facts import LINKS, OUTCOMES, RELATIONS, TARGETS, Facts
from rings.score import INTERCEPT
from rings.signs import SIGNS
from rings.stars import stars
from simulator import order, simulate

SEEDS = (1, 2, 3, 4, 5, 6)
APPLICATIONS = 200_000
MOMENTS = (0.4, 1.0)
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
    applications = _with_city(pl.read_parquet(world / "applications.parquet"))
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
    links = (
        links.join(numbers, on="key")
        .with_columns(
            pl.struct("type", "value").rank("dense").alias("thing"),
            pl.when(pl.col("type") == "Phone")
            .then(pl.col("value").str.head(-4))
            .cast(pl.Int64, strict=False)
            .alias("block"),
        )
        .filter(pl.len().over("thing") > 1)
    )
    outcomes = pl.read_parquet(world / "outcomes.parquet").rename({"target": "name", "application_id": "key"})
    outcomes = outcomes.join(numbers.select("key", "target"), on="key").with_columns(
        _us("known_at"), pl.lit(0).alias("seq")
    )
    relations = pl.read_parquet(world / "relations.parquet").rename(
        {"user_id": "user", "relative_id": "relative"}
    )
    return Facts(
        _cast(targets, TARGETS),
        _cast(links, LINKS),
        _cast(outcomes, OUTCOMES),
        relations=_cast(relations.with_columns(_us("known_at")), RELATIONS),
    )


def labelled(finder: Finder, members: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """The signs of groups (`group, who`) with `positive`."""
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


def labelled_kin(finder: Finder, truth: pl.DataFrame) -> pl.DataFrame:
    """The signs of the finder's pairs of kin with `positive`."""
    parts = finder.parts()
    ring = pl.col("ring_id").drop_nulls()
    of_user = (
        finder.users.targets.filter("application")
        .join(truth.select(pl.col("application_id").alias("key"), "ring_id"), on="key")
        .group_by("who")
        .agg(ring.first())
    )
    of_part = (
        parts.join(of_user, on="who", how="left")
        .group_by("group")
        .agg(pl.when(ring.len() >= 0.5 * pl.len()).then(ring.mode().sort().first()).alias("ring"))
    )
    others = of_user.join(parts, on="who", how="anti").select(pl.col("who").alias("group"), ring_id="ring_id")
    sides = pl.concat([of_part, others.rename({"ring_id": "ring"})])
    pairs = finder.kin(parts).join(sides.rename({"group": "a"}), on="a", how="left")
    pairs = pairs.join(sides.rename({"group": "b", "ring": "ring_b"}), on="b", how="left")
    return pairs.with_columns((pl.col("ring") == pl.col("ring_b")).fill_null(False).alias("positive"))


def fit(table: pl.DataFrame, names: Sequence[str]) -> dict[str, float]:
    """The weight of each sign and the intercept, a unit of the sign in log-odds."""
    signs = table.select(names).to_numpy()
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
    named = {name: round(float(weight), 3) for name, weight in zip(names, per_unit, strict=True)}
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


def fitted(worlds: Sequence[Path]) -> tuple[dict[str, float], dict[str, float]]:
    """The weights of the ring score, and of kin among the groups that this score chooses."""
    scored = []
    for facts, truth in _moments(worlds):
        finder = Finder(FINGRAPH, facts)
        found = finder.candidates().select(pl.col("candidate").alias("group"), "who")
        scored += [
            labelled(finder, found, truth),
            labelled(finder, stars(finder.firsts, finder.people), truth),
        ]
    by = fit(pl.concat(scored), SIGNS)
    pairs = [labelled_kin(Finder(FINGRAPH, facts, by), truth) for facts, truth in _moments(worlds)]
    return by, fit(pl.concat(pairs), kin.SIGNS)


def _moments(worlds: Sequence[Path]) -> Iterator[tuple[Facts, pl.DataFrame]]:
    """What was known at each of the moments, and the truth."""
    for world in worlds:
        truth = pl.read_parquet(
            world / "truth" / "applications.parquet", columns=["application_id", "ring_id"]
        )
        facts = facts_of(world)
        first, last = (int(getattr(facts.targets["known_at"], end)()) for end in ("min", "max"))
        for moment in MOMENTS:
            yield facts.before(first + int(moment * (last - first)) + 1), truth


def main() -> None:
    """Simulate, fit, write."""
    with tempfile.TemporaryDirectory(prefix="fingraph-weights-") as folder:
        worlds = [Path(folder) / str(seed) for seed in SEEDS]
        for seed, world in zip(SEEDS, worlds, strict=True):
            simulate(order(APPLICATIONS, START, DAYS, seed), world)
        for name, found in zip(("weights.json", "kin.json"), fitted(worlds), strict=True):
            path = Path(__file__).parents[1] / "rings" / name
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            print(f"Wrote {path}.")


def _with_city(applications: pl.DataFrame) -> pl.DataFrame:
    """With `city`, as a load derives it."""
    raw = applications.get_column("address").drop_nulls().unique()
    cities = pl.DataFrame({"address": raw, "city": normalise_address(raw, {}).derived["city"]})
    return applications.join(cities, on="address", how="left", maintain_order="left")


def _targets(frame: pl.DataFrame, key: str, at: str, *, application: bool) -> pl.DataFrame:
    money = pl.col("amount") * 100 if application else pl.lit(None, dtype=pl.Int64)
    return frame.select(
        pl.col(key).alias("key"), pl.lit(application).alias("application"), pl.col("user_id").alias("user"),
        _us(at).alias("known_at"), pl.int_range(pl.len()).alias("seq"), money.alias("amount_cents"),
        pl.col("city") if application else pl.lit(None, dtype=pl.String).alias("city"),
    )  # fmt: skip


def _us(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Datetime("us")).cast(pl.Int64)


def _cast(frame: pl.DataFrame, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())


if __name__ == "__main__":
    main()
