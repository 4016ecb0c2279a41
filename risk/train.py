"""The pipeline of one target: select, fit, stop on a later window, calibrate on a still later one, judge on the last.

Windows follow one another in time, with gaps as long as labels take (`features.dataset.splits`). The validation window
is halved: its first half says when boosting and the network have learned enough; on its second the parts are compared, and
their combination is kept only if it beats each of them on rows later than those that it was fitted on. What decides
is calibrated on the whole validation window. Then all parts learn once more, as long as that said, on both
windows, whose labels were known before the test window began. Nothing is chosen on the test window.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from risk.combine import fit_combination, shift_to
from risk.encoding import Encoding, fit_encoding
from risk.metrics import F64, auc, by_day, interval, log_loss, logit, measure
from risk.model import Model
from risk.network import can_fit
from risk.parts import BOOSTING, FOREST, NETWORK, PARTS, SCORECARD, Part
from risk.scorecard import fit_scorecard
from risk.selection import Judged, carded, kept
from risk.targets import Target
from risk.together import Together, alone, together
from risk.trees import Trees, fit_boosting, fit_forest
from risk.windows import NAMES, Blocks, Window, judged_features, read_windows, starts

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
ROUNDS = 100
"""Of the bootstrap of a step."""
FOLDS = 5
"""Of the rows on which it is seen what is to decide."""


@dataclass(frozen=True)
class Training:
    """What is trained on."""

    blocks: Blocks
    features: tuple[str, ...]
    seed: int = 0
    families: Mapping[str, str] = field(default_factory=dict)
    """Of each feature, for the ladder; empty: none is climbed."""
    parts: tuple[str, ...] = PARTS
    """The kinds of models to fit; a network only where it can be fitted."""
    shuffled: Blocks | None = None
    """The same table with links dealt out anew, for the control."""
    target: Target | None = None
    """What is predicted; a network then learns the targets beside it (`label_of_…`) too."""

    @property
    def possible(self) -> tuple[str, ...]:
        """The kinds of models that can be fitted here."""
        return tuple(part for part in self.parts if part != NETWORK or can_fit())


@dataclass(frozen=True)
class Budgets:
    """How long those learn that could learn too much: as long as gained on a later window."""

    rounds: int | None = None
    """Of boosting,"""
    epochs: int | None = None
    """and of the network; None: as the part itself would, or there is none."""


@dataclass(frozen=True)
class Learned:
    """What parts are fitted on."""

    values: F64
    """(n, features)"""
    label: F64
    """(n)"""
    together: Together | None = None
    """The same and what else a network learns; None: no other targets."""
    carded: tuple[str, ...] | None = None
    """Features that a scorecard may read, the best first; None: all."""
    adverse: bool = True
    """Whether a positive is what a scorecard takes points off for."""


@dataclass(frozen=True)
class Step:
    """Boosted trees on some features or rows, uncalibrated."""

    name: str
    features: int
    rows: int
    rounds: int
    metrics: Mapping[str, float]
    """On the test window."""
    low: float
    high: float
    """95 % of the AUC, days drawn."""


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
    budgets: Budgets
    lost: Mapping[tuple[str, ...], float]
    """Log loss of each way to decide, on rows of the validation window later than those it was fitted on."""
    ladder: tuple[Step, ...] = ()
    learning: tuple[Step, ...] = ()


def train(training: Training, progress: Progress = SILENT) -> Trained:
    """Train the models of one target.

    Raises `UsageError` (`risk.window`, `risk.no_positives`, `risk.scorecard`), `NotFoundError` (`risk.no_labels`).
    """
    progress.step("Choosing features")
    judged = judged_features(training.blocks, training.features)
    names = kept(judged)
    progress.step("Reading the windows")
    windows = read_windows(training.blocks, names, others=NETWORK in training.possible)
    validation, test = windows["validation"], windows["test"]
    encoding = fit_encoding(windows["train"].frame, names)
    bench = Bench(training, encoding, windows["train"], validation.halves()[0], carded(judged))
    progress.step("Fitting")
    parts, budgets = bench.fitted()
    progress.step("Calibrating")
    chances = {part: one.chance(encoding.matrix(validation.frame)) for part, one in parts.items()}
    lost = losses(chances, validation.label)
    way = min(lost, key=lambda way: lost[way])
    before = Model(encoding, parts, fit_combination(chances, way, validation.label))
    found = {name: measure(before.chance(windows[name].frame), windows[name].label) for name in NAMES[:2]}
    progress.step("Fitting once more, on both windows")
    both = windows["train"].with_(validation)
    odds = logit(before.deciding.chance(chances))
    drift = shift_to(odds, both.label.mean()) - shift_to(odds, windows["train"].label.mean())
    model = replace(
        before, parts=bench.fitted_again(both, test, budgets), deciding=before.deciding.moved(drift)
    )
    progress.step("Judging")
    on_test = model.chances(test.frame)
    found["test"] = measure(model.deciding.chance(on_test), test.label)
    by_part = {
        part: measure(
            fit_combination(chances, (part,), validation.label).moved(drift).chance(on_test), test.label
        )
        for part in parts
    }
    progress.step("Climbing the ladder")
    return Trained(
        model, judged, windows, found, by_part, budgets, lost, tuple(bench.ladder(test)), tuple(bench.learning(test))
    )  # fmt: skip


class Bench:
    """The training window as a matrix, and what is fitted on it."""

    def __init__(
        self, training: Training, encoding: Encoding, fit: Window, stop: Window, carded: tuple[str, ...] = ()
    ) -> None:
        self._training, self._encoding, self._fit, self._carded = training, encoding, fit, carded
        self._values = encoding.matrix(fit.frame)
        self._stop = encoding.matrix(stop.frame), stop.label
        self._until = starts(stop)
        self._whole: Trees | None = None
        self._adverse = training.target is None or training.target.adverse

    def fitted(self) -> tuple[dict[str, Part], Budgets]:
        """The parts, and how long it was good that they learned."""
        learned = self._learned(self._fit, self._values, self._until)
        training = self._training
        parts, budgets = fit_parts(
            learned, self._encoding, training.possible, training.seed, later=self._stop
        )
        found = parts.get(BOOSTING)
        self._whole = found if isinstance(found, Trees) else None
        return parts, budgets

    def fitted_again(self, window: Window, test: Window, budgets: Budgets) -> dict[str, Part]:
        """The parts, fitted on another window with what was known before the test window began."""
        learned = self._learned(window, self._encoding.matrix(window.frame), starts(test))
        training = self._training
        return fit_parts(learned, self._encoding, training.possible, training.seed, budgets=budgets)[0]

    def _learned(self, window: Window, values: F64, until: int) -> Learned:
        """What is learned from a window (n, features), by what was known by `until`."""
        if NETWORK not in self._training.possible:
            return Learned(values, window.label, None, self._carded, self._adverse)
        told = together(window, values, self._encoding, self._training.target, until)
        return Learned(values, window.label, told, self._carded, self._adverse)

    def _boosted(self, rows: slice, places: Sequence[int]) -> Trees:
        """Trees on some rows and columns; on all they are those of the model."""
        if self._whole is not None and (len(self._values[rows]), len(places)) == self._values.shape:
            return self._whole
        values, (stop, stop_label) = self._values[rows][:, places], self._stop
        return fit_boosting(
            values, self._fit.label[rows], self._training.seed, later=(stop[:, places], stop_label)
        )

    def ladder(self, test: Window) -> Iterator[Step]:
        """Each step's trees learn on its features alone, with the settings of the whole model; then the control."""
        families = self._training.families
        if not families or BOOSTING not in self._training.parts:
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
                yield self._step(name, slice(None), places, judged, test)
        if self._training.shuffled is not None:
            windows = read_windows(self._training.shuffled, self._encoding.features)
            bench = Bench(self._training, self._encoding, windows["train"], windows["validation"].halves()[0])
            judged = self._encoding.matrix(windows["test"].frame)
            yield bench._step(SHUFFLED, slice(None), self._all, judged, windows["test"])

    def learning(self, test: Window) -> Iterator[Step]:
        """Trees that learn on the newest shares of the training window."""
        if not self._training.families or BOOSTING not in self._training.parts:
            return
        judged, size = self._encoding.matrix(test.frame), len(self._values)
        for share in LEARNING:
            rows = slice(size - int(share * size), None)
            if self._fit.label[rows].any():
                yield self._step(f"{share:.0%}", rows, self._all, judged, test)

    @property
    def _all(self) -> list[int]:
        return list(range(len(self._encoding.features)))

    def _step(self, name: str, rows: slice, places: list[int], judged: F64, test: Window) -> Step:
        trees = self._boosted(rows, places)
        chance = trees.chance(judged[:, places])
        low, high = interval(auc, chance, test.label, group=by_day(test.frame), rounds=ROUNDS)
        learned = len(self._values[rows])
        return Step(name, len(places), learned, trees.rounds, measure(chance, test.label), low, high)


def fit_parts(
    learned: Learned, encoding: Encoding, wanted: Sequence[str], seed: int, *,
    later: tuple[F64, F64] | None = None, budgets: Budgets = Budgets(),
) -> tuple[dict[str, Part], Budgets]:  # fmt: skip
    """Parts fitted on rows and labels, and how long they learned.

    Boosting and the network stop when a `later` window's rows and labels no longer gain, or where their `budgets` say.
    """
    values, label = learned.values, learned.label
    made: dict[str, Part] = {}
    if SCORECARD in wanted:
        names = encoding.features if learned.carded is None else learned.carded
        made[SCORECARD] = fit_scorecard(values, label, encoding, names, adverse=learned.adverse)
    if BOOSTING in wanted:
        made[BOOSTING] = trees = fit_boosting(values, label, seed, later=later, rounds=budgets.rounds)
        budgets = replace(budgets, rounds=trees.rounds)
    if FOREST in wanted:
        made[FOREST] = fit_forest(values, label, seed)
    if NETWORK in wanted:
        from risk.network_train import fit_network  # noqa: PLC0415 - of the extra torch, and seconds to import

        told = learned.together or alone(values, label)
        made[NETWORK] = network = fit_network(told, encoding, seed, later=later, epochs=budgets.epochs)
        budgets = replace(budgets, epochs=network.epochs)
    return made, budgets


def losses(chances: Mapping[str, F64], label: F64) -> dict[tuple[str, ...], float]:
    """Mean log loss of each part by itself, and of all combined, calibrated on what came before.

    Read are the rows of the second half, on which nothing was stopped: each of the later fifths is judged by what was fitted
    on the fifths before it.
    """
    parts, half = tuple(chances), len(label) // 2
    fold = np.arange(len(label) - half) * FOLDS // (len(label) - half)
    held, truth = {part: values[half:] for part, values in chances.items()}, label[half:]
    return {way: _lost(held, way, truth, fold) for way in (*((part,) for part in parts), parts)}


def _lost(chances: Mapping[str, F64], way: tuple[str, ...], label: F64, fold: NDArray[np.int64]) -> float:
    lost = 0.0
    for number in range(1, FOLDS):
        fit, judge = fold < number, fold == number
        made = fit_combination({part: chances[part][fit] for part in way}, way, label[fit])
        lost += (
            log_loss(made.chance({part: chances[part][judge] for part in way}), label[judge]) * judge.sum()
        )
    return float(lost / (fold > 0).sum())
