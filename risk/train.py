"""The pipeline of one target: select, fit, stop on a later window, calibrate on a still later one, judge on the last.

Windows follow one another in time, with gaps as long as labels take (`features.dataset.splits`). The validation window
is halved: its first half says when boosting has learned enough; on its second the parts are compared, and one decides
alone only if their combination, fitted on one half of that and judged on the other, surely gains nothing. What decides
is calibrated on the whole validation window. Then all parts learn once more, as many rounds as that said, on both
windows, whose labels were known before the test window began. Nothing is chosen on the test window.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.progress import SILENT, Progress
from risk.combine import fit_combination
from risk.encoding import Encoding, fit_encoding
from risk.metrics import F64, average_precision, interval, measure
from risk.model import Model
from risk.parts import BOOSTING, FOREST, PARTS, SCORECARD, Part
from risk.scorecard import fit_scorecard
from risk.selection import Judged
from risk.trees import Trees, fit_boosting, fit_forest
from risk.windows import NAMES, Blocks, Window, judged_features, read_windows

LADDER = (
    ("attributes", ("attributes", "missing", "self-consistency")),
    ("own history", ("own history", "same user", "events", "interests")),
    ("sharing and windows", ("sharing", "velocity", "age", "amounts", "bursts", "regularity", "sameness")),
    ("known outcomes", ("outcomes",)),
    ("two hops, rings and hubs", ("two hops", "rings", "hubs")),
)
"""What the catalogue's families add, one step on the other; a family of one's own comes with the last."""
SHUFFLED = "all, links dealt out anew"
LEARNING = (0.1, 0.2, 0.4, 0.7, 1.0)
"""Shares of the training window, the newest, of the learning curve."""
WINS = 0.005
"""Average precision, as a share, by which a combination may beat the best part and yet not be worth its parts."""
ROUNDS = 100
"""Of the bootstrap that says by how much it may."""


@dataclass(frozen=True)
class Training:
    """What is trained on."""

    blocks: Blocks
    features: tuple[str, ...]
    seed: int = 0
    families: Mapping[str, str] = field(default_factory=dict)
    """Of each feature, for the ladder; empty: none is climbed."""
    parts: tuple[str, ...] = PARTS
    """The kinds of models to fit."""
    shuffled: Blocks | None = None
    """The same table with links dealt out anew, for the control."""


@dataclass(frozen=True)
class Step:
    """Boosted trees on some features or rows, uncalibrated."""

    name: str
    features: int
    rows: int
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
    """By window, of the deciding probability: of `train` and `validation` before it learned once more, so that the gap
    between them shows what it learned by heart."""
    parts: Mapping[str, Mapping[str, float]]
    """By part, on the test window, each calibrated by itself."""
    rounds: int
    """Of the boosted trees."""
    ladder: tuple[Step, ...] = ()
    learning: tuple[Step, ...] = ()


def train(training: Training, progress: Progress = SILENT) -> Trained:
    """Train the models of one target.

    Raises `UsageError` (`risk.window`, `risk.no_positives`, `risk.scorecard`), `NotFoundError` (`risk.no_labels`).
    """
    progress.step("Choosing features")
    judged = judged_features(training.blocks, training.features)
    kept = tuple(one.name for one in judged if not one.left_out)
    progress.step("Reading the windows")
    windows = read_windows(training.blocks, kept)
    validation, test = windows["validation"], windows["test"]
    encoding = fit_encoding(windows["train"].frame, kept)
    bench = Bench(training, encoding, windows["train"], validation.halves()[0])
    progress.step("Fitting")
    parts, rounds = bench.fitted()
    progress.step("Calibrating")
    chances = {part: one.chance(encoding.matrix(validation.frame)) for part, one in parts.items()}
    before = Model(
        encoding, parts, fit_combination(chances, deciding(chances, validation.label), validation.label)
    )
    found = {name: measure(before.chance(windows[name].frame), windows[name].label) for name in NAMES[:2]}
    progress.step("Fitting once more, on both windows")
    model = replace(before, parts=bench.fitted_again(windows["train"].with_(validation), rounds))
    progress.step("Judging")
    on_test = model.chances(test.frame)
    found["test"] = measure(model.deciding.chance(on_test), test.label)
    alone = {
        part: measure(fit_combination(chances, (part,), validation.label).chance(on_test), test.label)
        for part in parts
    }
    progress.step("Climbing the ladder")
    return Trained(
        model, judged, windows, found, alone, rounds, tuple(bench.ladder(test)), tuple(bench.learning(test))
    )  # fmt: skip


class Bench:
    """The training window as a matrix, and what is fitted on it."""

    def __init__(self, training: Training, encoding: Encoding, fit: Window, stop: Window) -> None:
        self._training, self._encoding, self._fit = training, encoding, fit
        self._values = encoding.matrix(fit.frame)
        self._stop = encoding.matrix(stop.frame), stop.label

    def fitted(self) -> tuple[dict[str, Part], int]:
        """The parts, and how many rounds of boosting were good."""
        training = self._training
        return fit_parts(
            self._values, self._fit.label, self._encoding, training.parts, training.seed, later=self._stop
        )

    def fitted_again(self, window: Window, rounds: int) -> dict[str, Part]:
        """The parts, fitted on another window."""
        values, training = self._encoding.matrix(window.frame), self._training
        return fit_parts(values, window.label, self._encoding, training.parts, training.seed, rounds=rounds)[
            0
        ]

    def _boosted(self, rows: slice, places: Sequence[int]) -> Trees:
        values, (stop, stop_label) = self._values[rows][:, places], self._stop
        return fit_boosting(
            values, self._fit.label[rows], self._training.seed, later=(stop[:, places], stop_label)
        )

    def ladder(self, test: Window) -> Iterator[Step]:
        """Each step's trees learn on its features alone, with the settings of the whole model; then the control."""
        families = self._training.families
        if not families:
            return
        judged = self._encoding.matrix(test.frame)
        told = {family for _, group in LADDER for family in group}
        allowed: set[str] = set()
        for name, group in LADDER:
            allowed |= set(group)
            if name == LADDER[-1][0]:
                allowed |= set(families.values()) - told
            places = [i for i, one in enumerate(self._encoding.features) if families.get(one) in allowed]
            if places:
                yield self._step(name, slice(None), places, judged, test.label)
        if self._training.shuffled is not None:
            windows = read_windows(self._training.shuffled, self._encoding.features)
            bench = Bench(self._training, self._encoding, windows["train"], windows["validation"].halves()[0])
            judged = self._encoding.matrix(windows["test"].frame)
            yield bench._step(SHUFFLED, slice(None), self._all, judged, windows["test"].label)

    def learning(self, test: Window) -> Iterator[Step]:
        """Trees that learn on the newest shares of the training window."""
        if not self._training.families:
            return
        judged, size = self._encoding.matrix(test.frame), len(self._values)
        for share in LEARNING:
            rows = slice(size - int(share * size), None)
            if self._fit.label[rows].any():
                yield self._step(f"{share:.0%}", rows, self._all, judged, test.label)

    @property
    def _all(self) -> list[int]:
        return list(range(len(self._encoding.features)))

    def _step(self, name: str, rows: slice, places: list[int], judged: F64, label: F64) -> Step:
        trees = self._boosted(rows, places)
        learned = len(self._values[rows])
        return Step(name, len(places), learned, trees.rounds, measure(trees.chance(judged[:, places]), label))


def fit_parts(
    values: F64, label: F64, encoding: Encoding, wanted: Sequence[str], seed: int, *,
    later: tuple[F64, F64] | None = None, rounds: int | None = None,
) -> tuple[dict[str, Part], int]:  # fmt: skip
    """Parts fitted on rows (n, features) and labels (n), and how many rounds of boosting these hold.

    Boosting stops when a `later` window's rows and labels no longer gain, or after `rounds`.
    """
    made: dict[str, Part] = {}
    if SCORECARD in wanted:
        made[SCORECARD] = fit_scorecard(values, label, encoding, encoding.features)
    if BOOSTING in wanted:
        made[BOOSTING] = trees = fit_boosting(values, label, seed, later=later, rounds=rounds)
        rounds = trees.rounds
    if FOREST in wanted:
        made[FOREST] = fit_forest(values, label, seed)
    return made, rounds or 0


def deciding(chances: Mapping[str, F64], label: F64) -> tuple[str, ...]:
    """All parts; or the best by itself, where it is sure (95 %) that their combination wins less than `WINS` over it.

    Read are the rows of the second half, on which nothing was stopped: fitted on the first of these, judged on the rest.
    Few rows cannot tell which part is best: of many noisy figures the greatest is chosen, and an average loses less.
    """
    parts, half = tuple(chances), len(label) // 2
    middle = half + (len(label) - half) // 2
    first = {part: values[half:middle] for part, values in chances.items()}
    last, truth = {part: values[middle:] for part, values in chances.items()}, label[middle:]
    told = {part: np.nan_to_num(average_precision(last[part], truth)) for part in parts}
    best = max(parts, key=lambda part: told[part])
    together = fit_combination(first, parts, label[half:middle]).chance(last)
    _, most = interval(_gain, np.column_stack([together, last[best]]), truth, rounds=ROUNDS)
    return (best,) if most <= WINS else parts


def _gain(scores: F64, label: F64) -> float:
    """By which share the average precision of the first column (n, 2) is above that of the second."""
    return average_precision(scores[:, 0], label) / average_precision(scores[:, 1], label) - 1
