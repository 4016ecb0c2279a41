"""A training table whose truth is known: a drawn log odds from a few of its columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from risk.parts import NETWORK, SCORECARD
from risk.targets import targets
from risk.train import Training
from risk.windows import Blocks

FEATURES = ("strong", "weak", "twin", "noise", "constant", "lender", "drifting")
DAY = 86_400_000_000


def table(rows: int = 6_000, seed: int = 3, **changed: object) -> pl.DataFrame:
    """`rows` applications over 300 days, a fifth of them positive, and their true probabilities (`chance`)."""
    dice = np.random.default_rng(seed)
    strong, weak, noise = dice.normal(size=(3, rows))
    lender = dice.choice(["a", "b", "c"], rows)
    z = -2.2 + 1.6 * strong + 0.6 * weak + np.where(lender == "c", 1.0, 0.0)
    chance = 1 / (1 + np.exp(-z))
    label = (dice.random(rows) < chance).astype(np.int8)
    place = np.arange(rows) / rows
    strong[dice.random(rows) < 0.1] = np.nan
    frame = pl.DataFrame(
        {
            "application": [f"a{i}" for i in range(rows)],
            "known_at": (place * 300 * DAY).astype(np.int64),
            "label": label,
            "value": label.astype(np.float64),
            "weight": np.ones(rows),
            "matured": np.ones(rows, np.bool_),
            "split": np.where(place < 0.6, "train", np.where(place < 0.8, "validation", "test")),
            "strong": pl.Series(strong).fill_nan(None),
            "weak": weak,
            "twin": weak * 2 + 1,
            "noise": noise,
            "constant": np.zeros(rows),
            "lender": lender,
            "drifting": weak + place * 20,
            "chance": chance,
        }
    )
    return frame.with_columns(**{name: pl.lit(value) for name, value in changed.items()})


def blocks_of(frame: pl.DataFrame, size: int = 1_000) -> Blocks:
    """The table a block at a time, as often as it is asked for."""

    def again() -> Iterator[pl.DataFrame]:
        yield from frame.iter_slices(size)

    return again


def training(frame: pl.DataFrame, seed: int = 0, *, ladder: bool = False) -> Training:
    """What `train` is given."""
    families = {"strong": "outcomes", "lender": "attributes", "weak": "sharing", "twin": "sharing"}
    return Training(blocks_of(frame), FEATURES, seed, families if ladder else {})


def several(rows: int = 6_000, seed: int = 3) -> pl.DataFrame:
    """The table of `overdue`, with what became of the other targets: one in three is refused, one in ten of the approved
    never paid out; of neither it is ever known whether they would have been late. Fraud is of the same making."""
    dice, frame = np.random.default_rng(seed + 1), table(rows, seed)
    approved, paid = dice.random(rows) < 0.67, dice.random(rows) < 0.9
    fraud = dice.random(rows) < frame["chance"].to_numpy()
    known = pl.Series(approved & paid)
    return frame.with_columns(
        label=pl.when(known).then("label"),
        value=pl.when(known).then("value"),
        weight=known.cast(pl.Float64),
        label_of_fraud=pl.Series(fraud).cast(pl.Int8),
        label_of_approval=pl.Series(approved).cast(pl.Int8),
        label_of_disbursement=pl.when(pl.Series(approved)).then(pl.Series(paid)).cast(pl.Int8),
    )


def several_training(frame: pl.DataFrame, seed: int = 0) -> Training:
    """What `train` is given for the network of `overdue`."""
    return Training(blocks_of(frame), FEATURES, seed, parts=(SCORECARD, NETWORK), target=targets()["overdue"])
