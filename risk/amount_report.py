"""The report of a model of amounts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from registry.card import Card
from risk.amount import ASKED, PROMISED, QUANTILES, asked
from risk.metrics import F64
from risk.pages import GREY, INK, image, items, page, section, table, text
from risk.report_head import certificate, months, purpose, selection, title
from risk.segments import slices
from risk.windows import NAMES

if TYPE_CHECKING:
    from risk.amount import TrainedAmount

LIMITS = (
    "It says what a lender grants of what was asked for, by the habits of its windows; it does not say what a person can bear.",
    "Where many get all they ask for, the interval ends there, and covers more than it promises.",
    "Learned from the approved alone.",
)


def write_amount_report(path: Path, card: Card, trained: TrainedAmount) -> None:
    """Write the report beside the model's files."""
    frame = trained.windows["test"].frame
    found = trained.model.quantiles(frame)
    names = list(trained.metrics["test"])
    rows = [(name, *(trained.metrics[window][name] for window in NAMES)) for name in names]
    sections = [
        purpose(card),
        section(
            "How good it is",
            text(
                f"Quantiles {', '.join(f'{q:.0%}' for q in QUANTILES)} of the amount granted. coverage: share within the "
                f"interval ({PROMISED:.0%} is due), below and above it; width: its mean, over the amount asked for; pinball_ratio: loss against "
                "that of the same shares for everybody; median_error: mean distance of the median, over the mean granted."
            ),
            table(("measure", *NAMES), rows),
        ),
        section("By month and slice", table(("slice", "applications", "coverage", "median error"), _slices(frame, found))),
        section("Asked, granted, predicted", _picture(frame, found)),
        selection(trained.judged),
        certificate(card),
        section("Limits of use", items(LIMITS)),
    ]  # fmt: skip
    path.write_text(page(title(card), sections), encoding="utf-8")


def _slices(frame: pl.DataFrame, found: F64) -> list[tuple[object, ...]]:
    granted = frame["value"].to_numpy()
    inside, error = (granted >= found[:, 0]) & (granted <= found[:, -1]), np.abs(found[:, 1] - granted)
    told: list[tuple[str, Any]] = [*months(frame), *slices(frame)]
    return [
        (name, int(held.sum()), float(inside[held].mean()), float(error[held].sum() / granted[held].sum()))
        for name, held in told
        if held.any()
    ]


def _picture(frame: pl.DataFrame, found: F64) -> str:
    from matplotlib.figure import Figure  # noqa: PLC0415 - half a second to import

    figure = Figure(figsize=(7, 4))
    axes = figure.subplots()
    base = asked(frame, 1.0)
    order = np.argsort(found[:, 1] / base, kind="stable")
    thin = order[np.unique(np.linspace(0, len(order) - 1, 400).astype(int))]
    x = np.linspace(0, 1, len(thin))
    axes.fill_between(x, (found[:, 0] / base)[thin], (found[:, -1] / base)[thin], color=INK, alpha=0.2)
    axes.plot(x, (found[:, 1] / base)[thin], color=INK)
    axes.plot(x, (frame["value"].to_numpy() / base)[thin], ".", color=GREY, markersize=2)
    of = "of the amount asked for" if ASKED in frame.columns else "of the amount"
    axes.set(
        xlabel="applications, lowest median first",
        ylabel=f"share {of}",
        title="Interval, median, and what was granted",
    )
    return image(figure, "Interval, median, and what was granted")
