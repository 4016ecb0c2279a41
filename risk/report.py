"""A model's report as one HTML file: what it is for, on what it was trained, and how good it is where nothing was chosen."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from registry.card import Card
from risk.cutoffs import cutoffs
from risk.findings import (
    BY_HEART,
    ENOUGH_POSITIVES,
    FAIR,
    OFF,
    TELLING,
    WEIGHED,
    Slice,
    findings,
    shifts,
    weights,
)  # fmt: skip
from risk.metrics import (
    CALIBRATION,
    F64,
    RANKING,
    auc,
    average_precision,
    by_day,
    ece,
    ece_by_chance,
    interval,
    ks,
    psi,
    reliability,
)  # fmt: skip
from risk.pages import GREY, INK, image, items, page, section, table, text
from risk.parts import SCORECARD
from risk.report_head import certificate, months, purpose, selection, title
from risk.segments import BUDGET, STRICT, Fairness, fairness, segments, slices
from risk.selection import MOST_PSI
from risk.targets import target_of
from risk.windows import NAMES, Window

if TYPE_CHECKING:
    from risk.model import Model
    from risk.train import Step, Trained

ROUNDS = 200
"""Of the bootstrap."""
RISING = 0.002
"""AUC by which the last step of a learning curve has to beat those before."""
ODDS = (1.0, 2.0, 4.0)
"""Times by which the odds of those whose outcome is not known may be above what the model says."""


def write_report(path: Path, card: Card, trained: Trained, units: Mapping[str, str] = {}) -> None:
    """Write the report beside the model's files; `units` of features, by name."""
    test = trained.windows["test"]
    chance = trained.model.chance(test.frame)
    told = [*months(test.frame), *slices(test.frame)]
    others = trained.model.chance(test.unknown) if test.unknown.height else np.empty(0)
    shifted = shifts(trained, chance)
    adverse = target_of(card.target).adverse
    groups = fairness(test.frame, chance, test.label, adverse=adverse)
    sections = [
        purpose(card),
        _findings(findings(trained, chance, told, shifted, groups, others=others)),
        _measures(trained, chance, test.label),
        _parts(trained),
        _weights(trained, units),
        _ladder(trained),
        _learning(trained),
        _curves(chance, test.label),
        cutoffs(test.frame, chance, test.label, adverse=adverse),
        _slices(told, test, chance),
        _unknown(card, test, chance, others),
        _fairness(groups),
        _scorecard(trained.model, units) if SCORECARD in trained.model.parts else "",
        _stability(shifted),
        selection(trained.judged),
        certificate(card),
        _limits(card),
    ]
    path.write_text(page(title(card), sections), encoding="utf-8")


def _findings(found: Sequence[str]) -> str:
    bounds = (
        f"Asked about: a PSI above {MOST_PSI}; a mean probability more than {OFF:.0%} off what came, of {TELLING} positives or more; "
        f"fewer than {ENOUGH_POSITIVES} positives to set the level on; an AUC that falls by more than {BY_HEART}; an impact below {FAIR}."
    )
    return section(
        "What to ask about", items(found) if found else text("Nothing is out of bounds."), text(bounds)
    )


def _weights(trained: Trained, units: Mapping[str, str]) -> str:
    rows = [(name, units.get(name, ""), share) for name, share in weights(trained)]
    return section(
        "What weighs most",
        text(
            f"Mean distance by which a feature moves the log odds of the deciding probability, over {WEIGHED:,} applications of the test "
            "window, as a share of all features' together. It says what the model reads, not what causes the outcome."
        ),
        table(("feature", "unit", "share"), rows),
    )


def _measures(trained: Trained, chance: F64, label: F64) -> str:
    rows = []
    days = by_day(trained.windows["test"].frame)
    for name, of in {**RANKING, **CALIBRATION}.items():
        low, high = interval(of, chance, label, group=days, rounds=ROUNDS)
        told = [trained.metrics[window][name] for window in NAMES]
        sure = f"by chance alone {ece_by_chance(chance):.4f}" if of is ece else f"{low:.4f} to {high:.4f}"
        rows.append((name, *told, sure))
    return section(
        "How good it is",
        text(
            "Of the deciding probability. Train and validation are of the model that had learned from the training window "
            "alone, so that the gap between them is what it learned by heart (validation was stopped and calibrated on); the "
            "test is of the model that decides, which learned from both. Intervals hold 95 % of "
            f"{ROUNDS} bootstrap samples of the test window, whole days drawn, since what comes together turns out alike. ece: "
            "mean distance of probability and share of positives over 20 bins of equal mass; some of it is chance. ap: average "
            "precision. recall_1pc, precision_1pc: among the 1 % of highest probability, the share of all positives, and of positives "
            "among them. recall_1pc_fpr: positives caught where 1 % of the others are flagged."
        ),
        table(("measure", *NAMES, "test, 95 %"), rows),
    )


def _parts(trained: Trained) -> str:
    names = ("auc", "ap", "ks", "recall_1pc", "precision_1pc", "ece")
    rows = [(part, *(told[name] for name in names)) for part, told in trained.parts.items()]
    decides = trained.model.deciding
    weights = ", ".join(f"{part} {w:.2f}" for part, w in zip(decides.parts, decides.weights, strict=True))
    told = {
        "boosting gained for {} rounds": trained.budgets.rounds,
        "the network for {} epochs": trained.budgets.epochs,
    }
    said = ", ".join(words.format(often) for words, often in told.items() if often)
    rounds = f" On the later window {said}." if said else ""
    return section(
        "Its parts on the test window",
        text(
            "Each calibrated by itself. What decides was settled on the validation window: "
            f"{weights} (weights of log odds).{rounds}"
        ),
        table(("part", *names), rows),
        text(
            "What decides has the least log loss on rows of the validation window later than those it was fitted on:"
        ),
        table(("way to decide", "log loss"), [(" + ".join(way), lost) for way, lost in trained.lost.items()]),
    )


STEPS = ("features", "rows", "rounds", "auc", "ap", "ks", "recall_1pc")


def _sure(step: Step) -> str:
    return f"{step.low:.4f} to {step.high:.4f}"


def _ladder(trained: Trained) -> str:
    if not trained.ladder:
        return ""
    rows = [
        (one.name, one.features, one.rows, one.rounds, *(one.metrics[name] for name in STEPS[3:]), _sure(one))
        for one in trained.ladder
    ]
    return section(
        "The ladder",
        text(
            "Boosted trees of the training window on the test window, each step with the features of those above it. The "
            "last row is the control: the same features computed where every link's identifier was dealt out anew among "
            "all applications. What it reaches is not owed to who shares what with whom."
        ),
        table(("features up to", *STEPS, "auc, 95 %"), rows),
    )


def _learning(trained: Trained) -> str:
    if not trained.learning:
        return ""
    from matplotlib.figure import Figure  # noqa: PLC0415 - half a second to import

    rows = [
        (one.name, one.rows, one.rounds, one.metrics["auc"], one.metrics["ap"], _sure(one))
        for one in trained.learning
    ]
    figure = Figure(figsize=(7, 3))
    axes = figure.subplots()
    axes.plot([row[1] for row in rows], [row[3] for row in rows], "o-", color=INK)
    axes.set(title="AUC on the test window", xlabel="applications learned from, the newest", ylabel="AUC")
    return section(
        "Learning curve",
        text(
            "Boosted trees that learned from the newest share of the training window. "
            + (
                "Still rising at its end: more data would help."
                if rows[-1][3] - max(row[3] for row in rows[:-1]) > RISING
                else "It does not rise any more at its end: more of the same would hardly help."
            )
        ),
        table(("share", "rows", "rounds", "AUC", "AP", "AUC, 95 %"), rows),
        image(figure, "AUC by applications learned from"),
    )  # fmt: skip


def _curves(chance: F64, label: F64) -> str:
    from matplotlib.figure import Figure  # noqa: PLC0415 - half a second to import

    figure = Figure(figsize=(11, 7.5))
    roc, precision, distance, calibration = figure.subplots(2, 2).ravel()
    order = np.argsort(-chance, kind="stable")
    hits, rest = np.cumsum(label[order]), np.cumsum(1 - label[order])
    recall, fall = hits / hits[-1], rest / rest[-1]
    _plot(roc, fall, recall, "ROC", "share of negatives", "share of positives")
    roc.plot([0, 1], [0, 1], "--", color=GREY)
    _plot(precision, recall, hits / (hits + rest), "Precision and recall", "recall", "precision")
    share = np.arange(1, len(label) + 1) / len(label)
    _plot(distance, share, recall, "KS", "share of applications, highest first", "share")
    distance.plot(share, fall, color=GREY)
    told = np.array(reliability(chance, label))
    calibration.plot(told[:, 0], told[:, 1], "o-", color=INK)
    top = float(told[:, :2].max()) * 1.05
    calibration.plot([0, top], [0, top], "--", color=GREY)
    calibration.set(
        title="Calibration, 20 bins of equal mass", xlabel="mean probability", ylabel="share of positives"
    )
    return section("Curves", image(figure, "ROC, precision and recall, KS, calibration"))


def _plot(axes: Any, x: F64, y: F64, title: str, *names: str) -> None:
    thin = np.unique(np.linspace(0, len(x) - 1, 500).astype(int))
    axes.plot(x[thin], y[thin], color=INK)
    axes.set(title=title, xlabel=names[0], ylabel=names[1])


def _slices(told: Sequence[Slice], test: Window, chance: F64) -> str:
    head = ("slice", "applications", "positives", "share", "mean probability", "ECE", "AUC", "AP", "KS")
    rows = [_slice(name, held, chance, test.label) for name, held in told]
    return section("By month and slice", table(head, rows))


def _slice(name: str, held: Any, chance: F64, label: F64) -> tuple[object, ...]:
    c, y = chance[held], label[held]
    if not len(y):
        return name, 0, 0, *(float("nan"),) * 6
    told = (ece(c, y), auc(c, y), average_precision(c, y), ks(c, y))
    return name, len(y), int(y.sum()), float(y.mean()), float(c.mean()), *told


def _unknown(card: Card, test: Window, chance: F64, others: F64) -> str:
    """Reject inference, as a diagnosis: nobody's outcome is made up."""
    if not len(others):
        return ""
    rows: list[Sequence[object]] = [
        ("outcome known", len(chance), float(chance.mean()), float(test.label.mean())),
        ("outcome not known", len(others), float(others.mean()), float("nan")),
    ]
    held = others / (1 - np.clip(others, 0.0, 1 - 1e-9))
    supposed = [float((k * held / (1 + k * held)).mean()) for k in ODDS]
    total = len(chance) + len(others)
    worse = [
        (f"{k:g} times the odds", rate, float((test.label.sum() + rate * len(others)) / total))
        for k, rate in zip(ODDS, supposed, strict=True)
    ]
    return section(
        "Those whose outcome is not known",
        text(
            "Of the test window: refused, not paid out, or never looked at. They are in no label, and nothing was made up for "
            f"them. Their scores differ from those of the known by a PSI of {psi(chance, others):.3f}: above .25 the model "
            "speaks of people unlike those that it learned from. How many positives there would be among them if their odds "
            "were as the model says, or so many times worse:"
        ),
        table(("who", "applications", "mean probability", "share of positives"), rows),
        table(("supposing", "share among the unknown", f"share of {card.target} among all"), worse),
    )


def _fairness(found: Sequence[Fairness]) -> str:
    if not found:
        return ""
    permitted = ", ".join(one.name for one in segments())
    head = (
        "segment",
        "group",
        "applications",
        "mean probability",
        "share",
        "flagged",
        "of the bad",
        "of the good",
        "impact",
    )
    return section(
        "Fairness by permitted segment",
        text(
            f"Permitted are {permitted}; those are shown that the data hold. Flagged: the {BUDGET:.0%} of all whose outcome is known "
            "that score worst, and how many of a group's bad and good ones are "
            "among them. Mean probability beside the share of positives shows whether a group is judged as it turns out. "
            f"Impact, where a strict policy turns down the worst {STRICT:.0%}: share not turned down over that of the segment's "
            "best-treated group; below .8 asks for an explanation."
        ),
        table(head, [tuple(vars(one).values()) for one in found]),
    )


def _scorecard(model: Model, units: Mapping[str, str]) -> str:
    rows: list[Sequence[object]] = []
    for one in model.scorecard.rows:
        unit = units.get(one.feature, "")
        shown = [_edge(edge, unit) for edge in one.edges]
        names = [*_bins(shown), "missing"]
        for place, name in enumerate(names):
            count = one.counts[place]
            rate = one.positives[place] / count if count else float("nan")
            head = (f"{one.feature}, {unit}" if unit else one.feature) if place == 0 else ""
            rows.append((head, name, count, rate, one.woe[place], one.points[place]))
    columns = ("feature", "bin", "applications", "positives", "WOE", "points")
    return section(
        "The scorecard",
        text("600 points are odds of 20 good to 1 bad; 40 points double them. The score is the sum of the points of one bin "
            "each; the probability that decides is calibrated apart."),
        table(columns, rows),
    )  # fmt: skip


def _bins(edges: Sequence[str]) -> list[str]:
    if not edges:
        return ["any"]
    return [
        f"below {edges[0]}",
        *(f"{low} to below {high}" for low, high in itertools.pairwise(edges)),
        f"{edges[-1]} and above",
    ]


def _edge(value: float, unit: str) -> str:
    """A number, and beside many seconds what they are in days or hours."""
    for name, size in (("d", 86_400), ("h", 3_600)):
        if unit == "seconds" and size <= abs(value):
            return f"{value:,.7g} ({value / size:.3g} {name})"
    return f"{value:,.7g}"


def _stability(rows: Sequence[tuple[str, float]]) -> str:
    return section(
        "Stability",
        text("PSI of the score and CSI of the scorecard's features from the training to the test window: below .1 stable, above .25 shifted."),
        table(("what", "PSI"), rows),
    )  # fmt: skip


def _limits(card: Card) -> str:
    among = target_of(card.target).among
    limits = [
        "It says how likely an outcome is for applications like those of its windows; a new product, lender or channel "
        "is not among them.",
        "Labels that were not known in time are left out, not taken for good.",
        "Calibration holds for the share of positives of the validation window; watch the score's PSI.",
    ]
    if among:
        limits.append(f"Trained on those with {among} alone: what the refused would have done is not known.")
    return section("Limits of use", items(limits))
