"""A model's report as one HTML file: what it is for, on what it was trained, and how good it is where nothing was chosen."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from registry.card import Card
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
from risk.segments import BUDGET, STRICT, fairness, slices
from risk.selection import Judged
from risk.targets import target_of
from risk.windows import NAMES, Window

if TYPE_CHECKING:
    from risk.model import Model
    from risk.train import Step, Trained

ROUNDS = 200
"""Of the bootstrap."""
ODDS = (1.0, 2.0, 4.0)
"""Times by which the odds of those whose outcome is not known may be above what the model says."""


def write_report(path: Path, card: Card, trained: Trained, units: Mapping[str, str] = {}) -> None:
    """Write the report beside the model's files; `units` of features, by name."""
    test = trained.windows["test"]
    chance = trained.model.chance(test.frame)
    sections = [
        purpose(card),
        _measures(trained, chance, test.label),
        _parts(trained),
        _ladder(trained),
        _learning(trained),
        _curves(chance, test.label),
        _months(test, chance),
        _unknown(card, trained, chance),
        _fairness(card, test, chance),
        _scorecard(trained.model, units) if SCORECARD in trained.model.parts else "",
        _stability(trained),
        selection(trained.judged),
        certificate(card),
        _limits(card),
    ]
    path.write_text(page(title(card), sections), encoding="utf-8")


def title(card: Card) -> str:
    """What a report is headed by."""
    return f"{card.name}: a model of {card.kind}"


def purpose(card: Card) -> str:
    """What is predicted, of whom, learned from what."""
    target = target_of(card.target)
    among = (
        f" It is known only of applications with {target.among}, and says nothing of others."
        if target.among
        else ""
    )
    rows = [(name, card.rows[name], card.rows[f"positives_{name}"]) for name in NAMES]
    return section(
        "Purpose and data",
        text(
            f"Predicted of an application{f' to {card.lender}' if card.lender else ''}: {target.positive}. Its label is what was known {card.maturity_days:g} days after "
            f"it.{among} Applications known from {card.first} until before {card.end}; what became known from "
            f"{card.known_until} on was in no label. Windows follow one another in time, with gaps as long as labels take; "
            f"nothing was chosen on the test window. Catalogue {card.catalogue}, {len(card.features)} features, seed "
            f"{card.seed}, FinGraph {card.code}."
        ),
        table(("window", "labelled applications", "positives"), rows),
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
            "mean distance of probability and share of positives over 20 bins of equal mass; some of it is chance."
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
        text("Boosted trees that learned from the newest share of the training window. Still rising: more data would help."),
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
    _plot(distance, share, recall, "KS and lift", "share of applications, highest first", "share")
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


def months(frame: pl.DataFrame) -> list[tuple[str, Any]]:
    """The months of a frame, with a mask (n) each."""
    month = frame["known_at"].cast(pl.Datetime("us")).dt.strftime("%Y-%m").to_numpy()
    return [(name, month == name) for name in sorted(set(month))]


def _months(test: Window, chance: F64) -> str:
    told = [*months(test.frame), *slices(test.frame)]
    head = ("slice", "applications", "positives", "share", "mean probability", "ECE", "AUC", "AP", "KS")
    rows = [_slice(name, held, chance, test.label) for name, held in told]
    return section("By month and slice", table(head, rows))


def _slice(name: str, held: Any, chance: F64, label: F64) -> tuple[object, ...]:
    c, y = chance[held], label[held]
    if not len(y):
        return name, 0, 0, *(float("nan"),) * 6
    told = (ece(c, y), auc(c, y), average_precision(c, y), ks(c, y))
    return name, len(y), int(y.sum()), float(y.mean()), float(c.mean()), *told


def _unknown(card: Card, trained: Trained, chance: F64) -> str:
    """Reject inference, as a diagnosis: nobody's outcome is made up."""
    test = trained.windows["test"]
    if not test.unknown.height:
        return ""
    others = trained.model.chance(test.unknown)
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


def _fairness(card: Card, test: Window, chance: F64) -> str:
    found = fairness(test.frame, chance, test.label, adverse=target_of(card.target).adverse)
    if not found:
        return ""
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
            f"Flagged: the {BUDGET:.0%} of all applications that score worst, and how many of a group's bad and good ones are "
            "among them. Mean probability beside the share of positives shows whether a group is judged as it turns out. "
            f"Impact, where a strict policy turns down the worst {STRICT:.0%}: share not turned down over that of the segment's "
            "best-treated group; below .8 asks for an explanation."
        ),
        table(head, [tuple(vars(one).values()) for one in found]),
    )


def _scorecard(model: Model, units: Mapping[str, str]) -> str:
    rows: list[Sequence[object]] = []
    for one in model.scorecard.rows:
        edges = [-np.inf, *one.edges, np.inf]
        unit = units.get(one.feature, "")
        shown = [_edge(edge, unit) for edge in edges]
        names = [f"{low} to below {high}" for low, high in itertools.pairwise(shown)] + ["missing"]
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


def _edge(value: float, unit: str) -> str:
    """A number, and beside many seconds what they are in days or hours."""
    for name, size in (("d", 86_400), ("h", 3_600)):
        if unit == "seconds" and size <= abs(value) < np.inf:
            return f"{value:.7g} ({value / size:.3g} {name})"
    return f"{value:g}"


def _stability(trained: Trained) -> str:
    before, after = trained.windows["train"].frame, trained.windows["test"].frame
    model = trained.model
    encoding = model.encoding.only(tuple(row.feature for row in model.scorecard.rows))
    old, new = encoding.matrix(before), encoding.matrix(after)
    rows: list[Sequence[object]] = [("the score", psi(model.chance(before), model.chance(after)))]
    rows += [(name, psi(old[:, place], new[:, place])) for place, name in enumerate(encoding.features)]
    return section(
        "Stability",
        text("PSI of the score and CSI of the scorecard's features from the training to the test window: below .1 stable, above .25 shifted."),
        table(("what", "PSI"), rows),
    )  # fmt: skip


def selection(judged: Sequence[Judged]) -> str:
    """Which features are read, and why others are not."""
    kept = [one for one in judged if not one.left_out]
    why = {
        "by no model": [one.left_out for one in judged if one.left_out],
        "by no scorecard": [one.off_card for one in kept if one.off_card],
    }
    counted = [
        (who, reason, len(list(group)))
        for who, reasons in why.items()
        for reason, group in itertools.groupby(sorted(_short(one) for one in reasons))
    ]
    rows = [(one.name, one.iv, one.auc, one.ks, one.psi, one.missing, one.off_card) for one in kept[:40]]
    return section(
        "Features",
        text(f"{len(kept)} of {len(judged)} are read; the forty of the greatest information value:"),
        table(("feature", "IV", "AUC", "KS", "PSI", "missing", "not on a scorecard, since it"), rows),
        table(("not read", "because it", "features"), counted),
    )


def _short(reason: str) -> str:
    return "says what another says" if reason.startswith("says what") else reason


def certificate(card: Card) -> str:
    """What was proved of the features."""
    told = card.certificate
    caught = [
        (name, "caught" if found else "nothing in the data that it could see")
        for name, found in told["mutants"].items()
    ]
    return section(
        "Leakage certificate",
        text(
            f"At {told['decisions']} points of {told['data']} all features of the catalogue were computed with and without "
            "what came later, and were the same to the bit. Computations that look ahead on purpose were held against the "
            "same proof:"
        ),
        table(("mutant", "was"), caught),
    )


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
