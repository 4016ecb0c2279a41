"""What a committee should ask about: figures of a report that lie outside the usual bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from risk.metrics import F64, psi
from risk.segments import Fairness
from risk.selection import MOST_PSI
from risk.windows import NAMES

if TYPE_CHECKING:
    from risk.train import Trained

OFF = 0.2
"""Share by which a mean probability may miss the share of positives,"""
TELLING = 50
"""of so many positives at least."""
ENOUGH_POSITIVES = 200
"""Of the validation window, for a level that can be relied on to a seventh."""
BY_HEART = 0.05
"""AUC lost from the training to the test window."""
FAIR = 0.8
"""Impact below which a group's treatment asks for an explanation (29 CFR 1607.4)."""
WEIGHED, SHOWN = 1_000, 20
"""Applications, spread evenly, over which features are weighed; and the heaviest of them that are shown."""

Slice = tuple[str, Any]
"""A name and a mask (n)."""


def shifts(trained: Trained, chance: F64) -> list[tuple[str, float]]:
    """PSI of the score, and CSI of the scorecard's features, from the training to the test window, whose probabilities are given."""
    before, after = trained.windows["train"].frame, trained.windows["test"].frame
    model = trained.model
    encoding = model.encoding.only(tuple(row.feature for row in model.scorecard.rows))
    old, new = encoding.matrix(before), encoding.matrix(after)
    found = [("the score", psi(model.chance(before), chance))]
    return found + [(name, psi(old[:, p], new[:, p])) for p, name in enumerate(encoding.features)]


def weights(trained: Trained) -> list[tuple[str, float]]:
    """Features by their share of all that moves the log odds of the deciding probability, the heaviest first."""
    frame = trained.windows["test"].frame
    rows = np.unique(np.linspace(0, frame.height - 1, min(WEIGHED, frame.height)).astype(int))
    moved = np.abs(trained.model.contributions(frame[rows])).mean(axis=0)
    total = moved.sum()
    order = np.argsort(-moved, kind="stable")[:SHOWN]
    return [(trained.model.encoding.features[f], float(moved[f] / total)) for f in order if moved[f] > 0]


def findings(
    trained: Trained, chance: F64, told: Sequence[Slice], shifted: Sequence[tuple[str, float]],
    groups: Iterable[Fairness], *, others: F64,
) -> list[str]:  # fmt: skip
    """Sentences about what is out of bounds, given the slices, shifts and groups of the report, and the probabilities
    of the `others`, whose outcome is not known; empty: nothing is."""
    test = trained.windows["test"]
    everybody = [("all", np.ones(len(chance), dtype=bool))]
    return [
        *_learned(trained.metrics, int(trained.windows["validation"].label.sum())),
        *_levels([*everybody, *told], chance, test.label),
        *_shifted(shifted),
        *(_apart(psi(chance, others)) if len(others) else ()),
        *(
            f"{one.segment} {one.group}: not turned down {one.impact:.2f} times as often as the best-treated group."
            for one in groups
            if one.impact < FAIR
        ),
    ]


def _learned(metrics: Mapping[str, Mapping[str, float]], positives: int) -> Iterator[str]:
    if positives < ENOUGH_POSITIVES:
        yield (
            f"The level of the probabilities was set on {positives} positives of the validation window: by chance alone it may be off "
            f"by {2 / np.sqrt(positives):.0%}."
        )
    first, _, last = (metrics[name]["auc"] for name in NAMES)
    if first - last > BY_HEART:
        yield f"AUC falls from {first:.3f} on the training window to {last:.3f} on the test window: it learned by heart, or the world changed."


def _levels(told: Sequence[Slice], chance: F64, label: F64) -> Iterator[str]:
    for name, held in told:
        share, said = label[held].sum(), chance[held].sum()
        if share >= TELLING and abs(said / share - 1) > OFF:
            way = "above" if said > share else "below"
            yield (
                f"{name}: the mean probability is {said / held.sum():.4f}, the share of positives {share / held.sum():.4f}; "
                f"it lies {abs(said / share - 1):.0%} {way} what came."
            )


def _shifted(shifted: Sequence[tuple[str, float]]) -> Iterator[str]:
    for name, found in shifted:
        if found > MOST_PSI:
            yield f"{name} has shifted since the training window: PSI {found:.3f}."


def _apart(found: float) -> Iterator[str]:
    if found > MOST_PSI:
        yield f"Those whose outcome is not known are unlike those it learned from: PSI {found:.3f}."
