"""How much a person can get: quantiles of the amount granted, as shares of the amount asked for.

Boosted trees fitted to three quantiles at once (Koenker 2005 for the loss); intervals are made to cover what they promise
by conformalised quantile regression (Romano, Patterson and Candès 2019) on the second half of the validation window.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import xgboost

from core.progress import SILENT, Progress
from risk.encoding import Encoding, Rows, fit_encoding
from risk.metrics import F64
from risk.parts import Reason
from risk.selection import Judged, kept
from risk.train import Training
from risk.trees import BOOSTING, THREADS, boost
from risk.windows import Blocks, Window, judged_features, read_windows

QUANTILES = (0.1, 0.5, 0.9)
PROMISED = QUANTILES[-1] - QUANTILES[0]
"""Share of amounts within the interval."""
ASKED = "attribute_amount"


@dataclass(frozen=True)
class AmountModel:
    """Quantiles of an amount."""

    encoding: Encoding
    booster: xgboost.Booster
    rounds: int
    margin: float
    """By which the interval is wider on either side, on the log scale; below 0: narrower."""
    level: tuple[float, ...]
    """`QUANTILES` of the log share granted in the training window: what says the same of everybody."""
    usual: float
    """Median of what was asked for in the training window: taken where nothing was said."""

    def quantiles(self, rows: Rows) -> F64:
        """(n, 3) `QUANTILES` of the amount, ascending, in the unit of `ASKED` (cents). Raises as `Encoding.matrix`."""
        values = self.encoding.matrix(rows)
        told = self.booster.inplace_predict(
            values, iteration_range=(0, self.rounds), validate_features=False
        ).astype(np.float64)
        held = np.sort(told, axis=1) + np.array([-self.margin, 0.0, self.margin])
        found: F64 = np.exp(np.sort(held, axis=1)) * self.asked(values)[:, None]
        return found

    def asked(self, values: F64) -> F64:
        """(n) What was asked for, `usual` where nothing was said; 1 where no table says it. `values` (n, features)."""
        if ASKED not in self.encoding.features:
            return np.ones(len(values))
        column = values[:, self.encoding.features.index(ASKED)]
        return np.where(column > 0, column, self.usual)

    def reasons(self, rows: Rows, most: int = 3) -> list[list[Reason]]:
        """(n) What moves each median most, the heaviest first."""
        matrix = xgboost.DMatrix(self.encoding.matrix(rows), nthread=THREADS)
        told = self.booster.predict(matrix, pred_contribs=True, iteration_range=(0, self.rounds))[:, 1, :-1]
        names = self.encoding.features
        order = np.argsort(-np.abs(told), axis=1, kind="stable")[:, :most]
        return [
            [Reason(names[f], float(added[f])) for f in places]
            for places, added in zip(order.tolist(), told, strict=True)
        ]

    def told(self, rows: Rows) -> dict[str, F64]:
        """(n) By name, what it says of each application: bounds and median of the amount, cents."""
        lower, median, upper = np.round(self.quantiles(rows)).T
        return {"lower": lower, "median": median, "upper": upper}

    def measured(self, frame: pl.DataFrame) -> dict[str, float]:
        """Measures against what was granted, over the rows that are `usable`: the share within the interval (`PROMISED` is due), its mean width
        over the amount asked for, the pinball loss against that of saying `level` of everybody (1: no better), and the
        mean error of the median over the mean granted; the shares below and above the interval."""
        frame = frame.filter(usable(frame))
        found, granted, base = self.quantiles(frame), frame["value"].to_numpy(), asked(frame, self.usual)
        inside = (granted >= found[:, 0]) & (granted <= found[:, -1])
        same = np.tile(np.exp(self.level), (len(base), 1))
        return {
            "coverage": float(inside.mean()),
            "below": float((granted < found[:, 0]).mean()),
            "above": float((granted > found[:, -1]).mean()),
            "width": float(((found[:, -1] - found[:, 0]) / base).mean()),
            "pinball_ratio": pinball(found / base[:, None], granted / base) / pinball(same, granted / base),
            "median_error": float(np.abs(found[:, 1] - granted).sum() / granted.sum()),
        }

    def write(self, folder: Path) -> None:
        """The files of the model, without a card."""
        folder.mkdir(parents=True, exist_ok=True)
        self.booster.save_model(folder / "quantiles.json")
        told = {
            "encoding": self.encoding.as_dict(),
            "rounds": self.rounds,
            "margin": self.margin,
            "level": self.level,
            "usual": self.usual,
        }
        text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")


@dataclass(frozen=True)
class TrainedAmount:
    """A model of amounts, how it came to be, and how good it is."""

    model: AmountModel
    judged: tuple[Judged, ...]
    windows: Mapping[str, Window]
    metrics: Mapping[str, Mapping[str, float]]
    """By window."""


def train_amount(training: Training, progress: Progress = SILENT) -> TrainedAmount:
    """Train the quantiles of an amount. Raises as `risk.train.train`."""
    progress.step("Choosing features")
    blocks = _halved(training.blocks)
    judged = judged_features(blocks, training.features)
    names = kept(judged)
    names = names if ASKED in names or ASKED not in training.features else (*names, ASKED)
    progress.step("Reading the windows")
    windows = read_windows(blocks, names)
    encoding = fit_encoding(windows["train"].frame, names)
    stop, hold = windows["validation"].halves()
    progress.step("Fitting")
    booster, rounds = _fitted(encoding, windows["train"], stop, training.seed)
    level = tuple(np.quantile(_share(windows["train"].frame), QUANTILES).tolist())
    usual = float(np.median(asked(windows["train"].frame, 1.0)))
    bare = AmountModel(encoding, booster, rounds, 0.0, level, usual)
    model = replace(bare, margin=_margin(bare, hold))
    progress.step("Judging")
    told = {name: model.measured(window.frame) for name, window in windows.items()}
    return TrainedAmount(model, judged, windows, told)


def read_amount(folder: Path) -> AmountModel:
    """A model from files that are whole."""
    told = json.loads((folder / "model.json").read_text("utf-8"))
    booster = xgboost.Booster(model_file=folder / "quantiles.json", params={"nthread": THREADS})
    encoding = Encoding.from_dict(told["encoding"])
    return AmountModel(encoding, booster, told["rounds"], told["margin"], tuple(told["level"]), told["usual"])


def pinball(found: F64, value: F64) -> float:
    """Mean pinball loss of quantiles (n, 3)."""
    gap = value[:, None] - found
    levels = np.array(QUANTILES)
    return float(np.maximum(levels * gap, (levels - 1) * gap).mean())


def asked(frame: pl.DataFrame, usual: float) -> F64:
    """(n) The amount asked for, `usual` where nothing was said; 1 where no table says it, so that shares are amounts."""
    if ASKED not in frame.columns:
        return np.ones(frame.height)
    known = frame.select(pl.when(pl.col(ASKED) > 0).then(pl.col(ASKED))).to_series()
    found: F64 = known.cast(pl.Float64).fill_null(usual).to_numpy()
    return found


def usable(frame: pl.DataFrame) -> pl.Series:
    """(n) Whether something was granted, and it is known what was asked for."""
    known = frame["value"].fill_null(0) > 0
    return known & (frame[ASKED].fill_null(0) > 0) if ASKED in frame.columns else known


def _share(frame: pl.DataFrame) -> F64:
    """(n) Log of what was granted over what was asked for, of `usable` rows."""
    found: F64 = np.log(frame["value"].to_numpy() / asked(frame, 1.0))
    return found


def _halved(blocks: Blocks) -> Blocks:
    """The `usable` rows, with a label for choosing features: whether the block's median share, or more, was granted."""

    def again() -> Iterator[pl.DataFrame]:
        for block in blocks():
            known = block.filter((pl.col("weight") > 0) & usable(block))
            share = _share(known)
            more = share >= np.median(share) if len(share) else np.empty(0, np.bool_)
            yield known.with_columns(label=pl.Series(more, dtype=pl.Boolean).cast(pl.Int8))

    return again


def _fitted(encoding: Encoding, fit: Window, stop: Window, seed: int) -> tuple[xgboost.Booster, int]:
    settings = {
        **BOOSTING, "objective": "reg:quantileerror", "quantile_alpha": np.array(QUANTILES), "tree_method": "hist",
        "nthread": THREADS, "seed": seed,
    }  # fmt: skip
    learned, later = ((encoding.matrix(one.frame), _share(one.frame)) for one in (fit, stop))
    return boost(settings, learned, later)


def _margin(model: AmountModel, hold: Window) -> float:
    """How much wider, so that `PROMISED` of the amounts of a window that it was not fitted on lie within."""
    found, truth = (
        np.log(model.quantiles(hold.frame) / asked(hold.frame, model.usual)[:, None]),
        _share(hold.frame),
    )
    outside = np.maximum(found[:, 0] - truth, truth - found[:, -1])
    level = min(1.0, PROMISED * (1 + 1 / len(truth)))
    return float(np.quantile(outside, level, method="higher"))
