"""The pipeline of one target: select, fit, stop on a later window, calibrate on a still later one, judge on the last.

Windows follow one another in time, with gaps as long as labels take (`features.dataset.splits`). The validation window
is halved: its first half says when boosting has learned enough; on its second the parts are calibrated and combined,
and the combination is kept only if it beats each part there, fitted on one half of that and judged on the other. Nothing
is chosen on the test window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from core.errors import NotFoundError, UsageError
from core.progress import SILENT, Progress
from risk.combine import Combination, fit_combination
from risk.encoding import Encoding, fit_encoding
from risk.metrics import F64, average_precision, measure
from risk.model import BOOSTING, FOREST, PARTS, SCORECARD, Model
from risk.scorecard import fit_scorecard
from risk.selection import Judged, select
from risk.trees import fit_boosting, fit_forest

Blocks = Callable[[], Iterator[pl.DataFrame]]
"""A training table (`features.dataset.blocks`), as often as it is asked for."""
LEAST_ROWS, LEAST_POSITIVES = 500, 30
"""Labelled applications, and positives, that each window must have."""
JUDGED_ROWS = 60_000
"""Rows of the training window that features are selected on, spread evenly."""
LADDER = (
    ("attributes", ("attributes", "missing", "self-consistency")),
    ("own history", ("own history", "same user", "events", "interests")),
    ("sharing and windows", ("sharing", "velocity", "age", "amounts", "bursts", "regularity", "sameness")),
    ("known outcomes", ("outcomes",)),
    ("two hops, rings and hubs", ("two hops", "rings", "hubs")),
)
"""What the catalogue's families add, one step on the other; a family of one's own comes with the last."""
WINS = 0.005
"""Average precision, as a share, by which a combination must beat the best part to be kept."""


@dataclass(frozen=True)
class Training:
    """What is trained on."""

    blocks: Blocks
    features: tuple[str, ...]
    seed: int = 0
    families: Mapping[str, str] = field(default_factory=dict)
    """Of each feature, for the ladder; empty: none is climbed."""


@dataclass(frozen=True)
class Window:
    """Labelled rows of one window, in the order of time."""

    frame: pl.DataFrame
    label: F64
    """(n) 1 or 0"""

    def half(self, second: bool) -> Window:
        """Its first or second half."""
        middle = self.frame.height // 2
        rows = slice(middle, None) if second else slice(None, middle)
        return Window(self.frame[rows], self.label[rows])


@dataclass(frozen=True)
class Step:
    """Boosted trees on the features up to one step of the ladder, uncalibrated."""

    name: str
    features: int
    rounds: int
    metrics: Mapping[str, float]
    """On the test window."""


@dataclass(frozen=True)
class Trained:
    """A model, how it came to be, and how good it is."""

    model: Model
    judged: tuple[Judged, ...]
    windows: Mapping[str, Window]
    metrics: Mapping[str, Mapping[str, float]]
    """By window, of the deciding probability."""
    parts: Mapping[str, Mapping[str, float]]
    """By part, on the test window, each calibrated by itself."""
    ladder: tuple[Step, ...] = ()


def train(training: Training, progress: Progress = SILENT) -> Trained:
    """Train the models of one target.

    Raises `UsageError` (`risk.window`, `risk.no_positives`, `risk.scorecard`), `NotFoundError` (`risk.no_labels`).
    """
    progress.step("Choosing features")
    judged = _judged(training)
    kept = tuple(one.name for one in judged if not one.left_out)
    progress.step("Reading the windows")
    windows = _windows(training, kept)
    fit, later, still_later = (
        windows["train"],
        windows["validation"].half(False),
        windows["validation"].half(True),
    )
    encoding = fit_encoding(fit.frame, kept)
    values, stop = encoding.matrix(fit.frame), encoding.matrix(later.frame)
    progress.step("Fitting the scorecard")
    card = fit_scorecard(values, fit.label, encoding, kept)
    progress.step("Fitting trees")
    trees = {
        BOOSTING: fit_boosting(values, fit.label, stop, later.label, training.seed),
        FOREST: fit_forest(values, fit.label, training.seed),
    }
    progress.step("Calibrating")
    bare = Model(encoding, card, trees, Combination((SCORECARD,), (1.0,), 0.0))
    chances = bare.parts(still_later.frame)
    model = Model(encoding, card, trees, _deciding(chances, still_later.label))
    progress.step("Judging")
    found = {name: measure(model.chance(window.frame), window.label) for name, window in windows.items()}
    test = windows["test"]
    on_test = bare.parts(test.frame)
    alone = {
        part: measure(fit_combination(chances, (part,), still_later.label).chance(on_test), test.label)
        for part in PARTS
    }
    progress.step("Climbing the ladder")
    ladder = tuple(_climb(training, encoding, values, fit.label, later=(stop, later.label), test=test))
    return Trained(model, tuple(judged), windows, found, alone, ladder)


def _climb(
    training: Training, encoding: Encoding, values: F64, label: F64, *, later: tuple[F64, F64], test: Window
) -> Iterator[Step]:
    """Each step's trees learn on its features alone, with the settings of the whole model."""
    if not training.families:
        return
    stop, stop_label = later
    judged = encoding.matrix(test.frame)
    told = {family for _, families in LADDER for family in families}
    allowed: set[str] = set()
    for name, families in LADDER:
        allowed |= set(families)
        if name == LADDER[-1][0]:
            allowed |= set(training.families.values()) - told
        places = [i for i, one in enumerate(encoding.features) if training.families.get(one) in allowed]
        if not places:
            continue
        trees = fit_boosting(values[:, places], label, stop[:, places], stop_label, training.seed)
        chance = trees.chance(judged[:, places])
        yield Step(name, len(places), trees.rounds, measure(chance, test.label))


def _judged(training: Training) -> list[Judged]:
    """Features on an even sample of the training window."""
    rows = sum(_labelled(block, "train").height for block in training.blocks())
    if rows == 0:
        raise NotFoundError(
            "risk.no_labels", "No application of the training window has a label yet; choose earlier days."
        )
    every, seen, parts = max(1, -(-rows // JUDGED_ROWS)), 0, []
    for block in training.blocks():
        held = _labelled(block, "train")
        parts.append(
            held.gather_every(every, (-seen) % every) if held.height > (-seen) % every else held.clear()
        )
        seen += held.height
    sample = pl.concat(parts)
    label = sample["label"].cast(pl.Float64).to_numpy()
    if not label.any():
        raise UsageError(
            "risk.no_positives", "No label of the training window is positive; there is nothing to learn."
        )
    encoding = fit_encoding(sample, training.features)
    return select(encoding.matrix(sample), label, training.features)


def _windows(training: Training, kept: tuple[str, ...]) -> dict[str, Window]:
    parts: dict[str, list[pl.DataFrame]] = {"train": [], "validation": [], "test": []}
    columns = ["application", "known_at", "label", *kept]
    for block in training.blocks():
        for name, frames in parts.items():
            frames.append(_labelled(block, name).select(columns))
    found = {}
    for name, frames in parts.items():
        frame = pl.concat(frames)
        label = frame["label"].cast(pl.Float64).to_numpy()
        if frame.height < LEAST_ROWS:
            raise UsageError(
                "risk.window",
                f"The {name} window has {frame.height} labelled applications, and needs {LEAST_ROWS}; "
                "take more days, or a shorter maturity.",
            )
        if not LEAST_POSITIVES <= label.sum() <= len(label) - LEAST_POSITIVES:
            raise UsageError(
                "risk.no_positives",
                f"The {name} window has {int(label.sum())} positives among {len(label)}, and needs "
                f"{LEAST_POSITIVES} of each; take more days.",
            )
        found[name] = Window(frame, label)
    return found


def _labelled(block: pl.DataFrame, window: str) -> pl.DataFrame:
    return block.filter((pl.col("split") == window) & (pl.col("weight") > 0))


def _deciding(chances: Mapping[str, F64], label: F64) -> Combination:
    """The best part by itself, or the combination where that wins on rows that it was not fitted on."""
    middle = len(label) // 2
    first = {part: values[:middle] for part, values in chances.items()}
    last = {part: values[middle:] for part, values in chances.items()}
    told = {part: average_precision(last[part], label[middle:]) for part in PARTS}
    best = max(PARTS, key=lambda part: told[part])
    together = average_precision(fit_combination(first, PARTS, label[:middle]).chance(last), label[middle:])
    parts = PARTS if np.nan_to_num(together) > told[best] * (1 + WINS) else (best,)
    return fit_combination(dict(chances), parts, label)
