"""`fingraph evaluate`: how good a model is on the applications of some days, by itself or held against another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.features import Own
from cli.models import Name, Which, registry
from cli.output import JsonFlag, Terminal, emit, table
from cli.snapshot import Folder
from cli.training import End, Facts, First, known_figures, read_facts
from core.clock import DAY, moment_us
from core.errors import NotFoundError

if TYPE_CHECKING:
    import polars as pl

    from registry import Card
    from risk import Model
    from risk.amount import AmountModel
    from risk.metrics import F64, Measure

Sure = tuple[float, float]
"""Bounds, 95 %."""


@dataclass(frozen=True)
class _Judged:
    """A version, and what it comes to."""

    version: int
    card: Card
    model: Model | AmountModel

    def metrics(self, frame: pl.DataFrame, label: F64) -> tuple[dict[str, float], F64 | None]:
        """Its measures, and the probabilities that they are of; an amount has none."""
        from risk import Model
        from risk.metrics import measure

        if not isinstance(self.model, Model):
            return known_figures(self.model.measured(frame)), None
        chance = self.model.chance(frame)
        return known_figures(measure(chance, label)), chance


def evaluate(  # noqa: PLR0917
    target: Name,
    first: First,
    end: End,
    which: Which = "champion",
    against: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION", help="A version, or champion, …, that it is held against on the same rows."
        ),
    ] = None,
    own: Own = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge a model on applications of some days, with the labels that have matured since."""
    from risk.windows import labels_of

    with Terminal() as progress:
        held = [registry().find(target, one) for one in (which, against) if one is not None]
        facts = replace(read_facts(folder, own, first, end, progress), lender=held[0][0].lender)
        judged = [_read(facts, *one) for one in held]
        progress.step("Scoring")
        frame = _rows(facts, judged)
    label = labels_of(frame)
    if seen := any(first < moment_us(one.card.end) for one in judged):
        last = max(one.card.end for one in judged)[:10]
        progress.say(
            f"It learned from applications until {last}, or was chosen by them: of those days this says nothing new."
        )
    told_of = [one.metrics(frame, label) for one in judged]
    found = [figures for figures, _ in told_of]
    sure = _intervals([chance for _, chance in told_of if chance is not None], frame, label, found)
    if as_json:
        told = {"target": target, "version": judged[0].version, "days_seen": seen, "rows": len(label),
                "positives": int(label.sum()), "metrics": found[0], "intervals": sure[0]}  # fmt: skip
        emit(told | (_other(judged[1], found, sure[1]) if against else {}))
        return
    title = (
        f"{target}, version {judged[0].version}: {len(label):,} applications, {int(label.sum()):,} positives"
    )
    head = ["measure", "figure", "95 %"]
    rows = [[name, f"{figure:.4f}", _shown(sure[0].get(name))] for name, figure in found[0].items()]
    if against:
        head += [f"version {judged[1].version}", "difference", "95 %"]
        for row in rows:
            other = found[1].get(row[0])
            gap = "" if other is None else f"{found[0][row[0]] - other:+.4f}"
            row += ["" if other is None else f"{other:.4f}", gap, _shown(sure[1].get(row[0]), "+")]
    table(title, tuple(head), rows)


def _read(facts: Facts, card: Card, place: Path, version: int) -> _Judged:
    from risk import load_model

    model, _ = load_model(place, facts.catalogues.held_against(card.catalogue), card)
    return _Judged(version, card, model)


def _rows(facts: Facts, judged: list[_Judged]) -> pl.DataFrame:
    """The labelled applications, with what the models read. Raises `NotFoundError` (`risk.no_labels`)."""
    import polars as pl

    from risk import target_of

    wanted = target_of(judged[0].card.target)
    read = {name: None for one in judged for name in one.model.encoding.features}
    keep = list({"known_at": None, "label": None, "value": None, **read})
    blocks = [block.filter(pl.col("weight") > 0).select(keep) for block in facts.blocks(wanted)()]
    frame = pl.concat(blocks)
    if not frame.height:
        raise NotFoundError(
            "risk.no_labels",
            f"No label of these days has matured: it takes {wanted.maturity // DAY} days; choose earlier ones.",
        )
    return frame


def _intervals(
    chances: list[F64], frame: pl.DataFrame, label: F64, found: list[dict[str, float]]
) -> tuple[dict[str, Sure], dict[str, Sure]]:
    """Bounds of the first one's measures, and of what they are above the other's: whole days drawn, the same for both."""
    import numpy as np

    from risk.metrics import RANKING, by_day, interval

    if not chances:
        return {}, {}
    days, places = by_day(frame), np.arange(len(label), dtype=np.float64)
    measures = {name: of for name, of in RANKING.items() if all(name in one for one in found)}
    sure = {name: interval(of, chances[0], label, group=days) for name, of in measures.items()}
    if len(chances) == 1:
        return sure, {}
    return sure, {
        name: interval(_above(of, *chances), places, label, group=days) for name, of in measures.items()
    }


def _above(of: Measure, one: F64, other: F64) -> Measure:
    def measured(places: F64, label: F64) -> float:
        drawn = places.astype(int)
        return of(one[drawn], label) - of(other[drawn], label)

    return measured


def _other(judged: _Judged, found: list[dict[str, float]], sure: Mapping[str, Sure]) -> dict[str, Any]:
    gaps = {name: figure - found[1][name] for name, figure in found[0].items() if name in found[1]}
    return {
        "against": {
            "version": judged.version,
            "metrics": found[1],
            "difference": gaps,
            "intervals": dict(sure),
        }
    }


def _shown(bounds: Sure | None, sign: str = "") -> str:
    return "" if bounds is None else " to ".join(f"{bound:{sign}.4f}" for bound in bounds)
