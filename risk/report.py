"""A model's report as one HTML file: what it is for, on what it was trained, and how good it is where nothing was chosen."""

from __future__ import annotations

import base64
import html
import io
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from registry.card import Card
from risk.metrics import CALIBRATION, F64, RANKING, auc, average_precision, interval, ks, psi, reliability
from risk.targets import target_of
from risk.train import Trained
from risk.windows import Window

if TYPE_CHECKING:
    from risk.model import Model

ROUNDS = 200
"""Of the bootstrap."""
STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1d2430}
table{border-collapse:collapse;margin:1em 0}td,th{padding:.25em .7em;border-bottom:1px solid #d5dae2;text-align:right}
td:first-child,th:first-child{text-align:left}img{max-width:100%}h2{margin-top:2em}.limits li{margin:.4em 0}"""


def write_report(path: Path, card: Card, trained: Trained) -> None:
    """Write the report beside the model's files."""
    test = trained.windows["test"]
    chance = trained.model.chance(test.frame)
    sections = [
        _purpose(card),
        _measures(trained, chance, test.label),
        _parts(trained),
        _ladder(trained),
        _curves(chance, test.label),
        _months(test, chance),
        _scorecard(trained.model),
        _stability(trained),
        _selection(trained),
        _certificate(card),
        _limits(card),
    ]
    title = f"{card.target}: a model of {card.kind}"
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{STYLE}</style><h1>{html.escape(title)}</h1>" + "\n".join(sections) + "</html>\n"
    )
    path.write_text(text, encoding="utf-8")


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    top = "".join(f"<th>{html.escape(one)}</th>" for one in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_shown(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><tr>{top}</tr>{body}</table>"


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return "–" if np.isnan(cell) else f"{cell:,.4f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _purpose(card: Card) -> str:
    target = target_of(card.target)
    among = (
        f" It is known only of applications with {target.among}, and says nothing of others."
        if target.among
        else ""
    )
    rows = [
        (name, card.rows[name], card.rows[f"positives_{name}"]) for name in ("train", "validation", "test")
    ]
    return (
        f"<h2>Purpose and data</h2><p>The probability that an application turns out as: {target.positive}. Its label "
        f"is what was known {card.maturity_days:g} days after it.{among} Applications known from {card.first} until before "
        f"{card.end}; what became known from {card.known_until} on was in no label. Windows follow one another in time, "
        f"with gaps as long as labels take; nothing was chosen on the test window. Catalogue {card.catalogue}, "
        f"{len(card.features)} features, seed {card.seed}, FinGraph {card.code}.</p>"
        + _table(("window", "labelled applications", "positives"), rows)
    )


def _measures(trained: Trained, chance: F64, label: F64) -> str:
    rows = []
    for name, of in {**RANKING, **CALIBRATION}.items():
        low, high = interval(of, chance, label, rounds=ROUNDS)
        told = [trained.metrics[window][name] for window in ("train", "validation", "test")]
        rows.append((name, *told, f"{low:.4f} to {high:.4f}"))
    return (
        "<h2>How good it is</h2><p>Of the deciding probability. The gap from train to test is what it learned by heart; "
        f"intervals hold 95 % of {ROUNDS} bootstrap samples of the test window.</p>"
        + _table(("measure", "train", "validation", "test", "test, 95 %"), rows)
    )


def _parts(trained: Trained) -> str:
    names = ("auc", "ap", "ks", "recall_1pc", "precision_1pc", "ece")
    rows = [(part, *(told[name] for name in names)) for part, told in trained.parts.items()]
    deciding = trained.model.deciding
    weights = ", ".join(
        f"{part} {weight:.2f}" for part, weight in zip(deciding.parts, deciding.weights, strict=True)
    )
    return (
        "<h2>Its parts on the test window</h2><p>Each calibrated by itself. What decides was settled on the validation "
        f"window: {html.escape(weights)} (weights of log odds).</p>" + _table(("part", *names), rows)
    )


def _ladder(trained: Trained) -> str:
    if not trained.ladder:
        return ""
    names = ("auc", "ap", "ks", "recall_1pc")
    rows = [
        (("+ " if place else "") + one.name, one.features, one.rounds, *(one.metrics[name] for name in names))
        for place, one in enumerate(trained.ladder)
    ]
    return (
        "<h2>The ladder</h2><p>Boosted trees on the test window, each step with the features of those above it.</p>"
        + _table(("features", "how many", "rounds", *names), rows)
    )


def _curves(chance: F64, label: F64) -> str:
    from matplotlib.figure import Figure  # noqa: PLC0415 - half a second to import

    figure = Figure(figsize=(11, 7.5))
    roc, precision, distance, calibration = figure.subplots(2, 2).ravel()
    order = np.argsort(-chance, kind="stable")
    hits, rest = np.cumsum(label[order]), np.cumsum(1 - label[order])
    recall, fall = hits / hits[-1], rest / rest[-1]
    _plot(roc, fall, recall, "ROC", "share of negatives", "share of positives")
    roc.plot([0, 1], [0, 1], "--", color="#999")
    _plot(precision, recall, hits / (hits + rest), "Precision and recall", "recall", "precision")
    share = np.arange(1, len(label) + 1) / len(label)
    _plot(distance, share, recall, "KS and lift", "share of applications, highest first", "share")
    distance.plot(share, fall, color="#999")
    told = np.array(reliability(chance, label))
    calibration.plot(told[:, 0], told[:, 1], "o-", color="#2457a6")
    top = float(told[:, :2].max()) * 1.05
    calibration.plot([0, top], [0, top], "--", color="#999")
    calibration.set(
        title="Calibration, 20 bins of equal mass", xlabel="mean probability", ylabel="share of positives"
    )
    return f"<h2>Curves</h2>{_image(figure, 'ROC, precision and recall, KS, calibration')}"


def _plot(axes: Any, x: F64, y: F64, title: str, *names: str) -> None:
    thin = np.unique(np.linspace(0, len(x) - 1, 500).astype(int))
    axes.plot(x[thin], y[thin], color="#2457a6")
    axes.set(title=title, xlabel=names[0], ylabel=names[1])


def _image(figure: Any, alt: str) -> str:
    figure.tight_layout()
    held = io.BytesIO()
    figure.savefig(held, format="png", dpi=80, metadata={"Software": None})
    data = base64.b64encode(held.getvalue()).decode()
    return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{data}">'


def _months(test: Window, chance: F64) -> str:
    month = test.frame["known_at"].cast(pl.Datetime("us")).dt.strftime("%Y-%m").to_numpy()
    rows = [_slice(name, month == name, chance, test.label) for name in sorted(set(month))]
    rows += [_slice(name, held, chance, test.label) for name, held in _slices(test.frame)]
    head = ("slice", "applications", "positives", "mean probability", "AUC", "AP", "KS")
    return "<h2>By month and slice</h2>" + _table(head, rows)


def _slice(name: str, held: Any, chance: F64, label: F64) -> tuple[object, ...]:
    c, y = chance[held], label[held]
    figures = (auc(c, y), average_precision(c, y), ks(c, y)) if len(y) else (float("nan"),) * 3
    return name, len(y), int(y.sum()), float(c.mean()) if len(y) else float("nan"), *figures


def _slices(frame: pl.DataFrame) -> list[tuple[str, Any]]:
    """Connected and isolated applications, where the model reads how many others share their device, card or number."""
    names = [name for name in frame.columns if "_other_users_all" in name and "_known" not in name]
    if not names:
        return []
    connected = (
        frame.select(pl.any_horizontal(pl.col(name).fill_null(0) > 0 for name in names))
        .to_series()
        .to_numpy()
    )
    return [("connected: shares something with another user", connected), ("isolated", ~connected)]


def _scorecard(model: Model) -> str:
    rows: list[Sequence[object]] = []
    for one in model.scorecard.rows:
        edges = [-np.inf, *one.edges, np.inf]
        names = [f"{low:g} to below {high:g}" for low, high in itertools.pairwise(edges)] + ["missing"]
        for place, name in enumerate(names):
            count = one.counts[place]
            rate = one.positives[place] / count if count else float("nan")
            rows.append(
                (one.feature if place == 0 else "", name, count, rate, one.woe[place], one.points[place])
            )
    head = ("feature", "bin", "applications", "positives", "WOE", "points")
    return (
        "<h2>The scorecard</h2><p>600 points are odds of 20 good to 1 bad; 40 points double them. The score is the sum "
        "of the points of one bin each.</p>" + _table(head, rows)
    )


def _stability(trained: Trained) -> str:
    before, after = trained.windows["train"].frame, trained.windows["test"].frame
    model = trained.model
    encoding = model.encoding.only(tuple(row.feature for row in model.scorecard.rows))
    old, new = encoding.matrix(before), encoding.matrix(after)
    rows: list[Sequence[object]] = [("the score", psi(model.chance(before), model.chance(after)))]
    rows += [(name, psi(old[:, place], new[:, place])) for place, name in enumerate(encoding.features)]
    return (
        "<h2>Stability</h2><p>PSI from the training to the test window: below .1 stable, above .25 shifted.</p>"
        + _table(("what", "PSI"), rows)
    )


def _selection(trained: Trained) -> str:
    kept = [one for one in trained.judged if not one.left_out]
    reasons: dict[str, int] = {}
    for one in trained.judged:
        if one.left_out:
            reason = "says what another says" if one.left_out.startswith("says what") else one.left_out
            reasons[reason] = reasons.get(reason, 0) + 1
    rows = [(one.name, one.iv, one.auc, one.ks, one.psi, one.missing) for one in kept[:40]]
    return (
        f"<h2>Features</h2><p>{len(kept)} of {len(trained.judged)} are read; the forty of the greatest information "
        "value:</p>"
        + _table(("feature", "IV", "AUC", "KS", "PSI", "missing"), rows)
        + _table(("left out, because it", "features"), sorted(reasons.items()))
    )


def _certificate(card: Card) -> str:
    told = card.certificate
    caught = [
        (name, "caught" if found else "nothing in the data that it could see")
        for name, found in told["mutants"].items()
    ]
    return (
        f"<h2>Certificate</h2><p>At {told['decisions']} points of {html.escape(str(told['data']))} all features of the "
        "catalogue were computed with and without what came later, and were the same to the bit. Computations that "
        "look ahead on purpose were held against the same proof:</p>" + _table(("mutant", "was"), caught)
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
    return (
        '<h2>Limits of use</h2><ul class="limits">'
        + "".join(f"<li>{html.escape(one)}</li>" for one in limits)
        + "</ul>"
    )
