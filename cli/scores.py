"""`fingraph score`: what a model says of the applications of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.features import Own
from cli.models import Name, Which, registry
from cli.output import JsonFlag, Terminal, emit, fields
from cli.snapshot import THREADS, Folder
from cli.training import read_facts
from core.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from features.compute import Features
    from risk import Model
    from risk.amount import AmountModel


MOST_REASONS = 3


def score(  # noqa: PLR0917
    target: Name,
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="CSV or Parquet with a column `application`: keys."),
    ],
    out: Annotated[
        Path,
        typer.Option(help="CSV or Parquet to write, by its ending: a row for each asked, in their order."),
    ],
    which: Which = "champion",
    own: Own = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Score applications of a file, each at its own point: probability and points, or an amount, and what weighs most."""
    import numpy as np
    import polars as pl

    from features import prepare
    from risk import load_model

    if out.suffix not in {".csv", ".parquet"}:
        raise UsageError(
            "score.out", f"{out} ends in neither .csv nor .parquet, and nothing else is written."
        )
    keys = _keys(file)
    with Terminal() as progress:
        card, place, version = registry().find(target, which)
        facts = read_facts(folder, own, 0, 0, progress)
        columns, catalogue = facts.columns, facts.catalogue
        model, _ = load_model(place, facts.catalogues.held_against(card.catalogue), card, whole=False)
        held = {key: p for p, key in enumerate(columns.keys) if not columns.event[p]}
        at = np.array(sorted(held[key] for key in set(keys) if key in held), dtype=np.int64)
        if not len(at):
            raise NotFoundError(
                "score.unknown",
                f"The snapshot knows none of the {len(keys)} applications; a key is source:id, as in `lotus:A17`, and a newer snapshot "
                "knows more.",
            )
        names = sorted({catalogue.by_name[name].of.name for name in model.encoding.features})
        prepared = prepare(columns, catalogue, names, THREADS)
        progress.step("Scoring", len(at), "applications")
        told = pl.concat(
            _told(model, block, columns.keys, progress) for block in prepared.blocks(at, threads=THREADS)
        )
    asked = pl.DataFrame({"application": keys}, schema={"application": pl.String})
    scored = asked.join(told, on="application", how="left", maintain_order="left")
    _write(scored, out)
    result = {
        "target": target, "version": version, "asked": len(keys), "scored": len(at),
        "unknown": sum(key not in held for key in keys), "out": str(out),
    }  # fmt: skip
    emit(result) if as_json else fields(result)


def _told(
    model: Model | AmountModel, block: Features, known: Sequence[str], progress: Terminal
) -> pl.DataFrame:
    """What a model says of a block of applications, and what weighs most of each."""
    import polars as pl

    frame = block.frame()
    keys = [known[p] for p in block.at]
    reasons = model.reasons(frame, MOST_REASONS)
    told: dict[str, pl.Series] = {}
    for place in range(MOST_REASONS):
        some = [one[place] if place < len(one) else None for one in reasons]
        values = [None if one is None else frame.item(row, one.feature) for row, one in enumerate(some)]
        shown = [f"{value:.10g}" if isinstance(value, float) else value for value in values]
        told |= {
            f"reason_{place + 1}": pl.Series([one and one.feature for one in some], dtype=pl.String),
            f"value_{place + 1}": pl.Series(shown, dtype=pl.String),
            f"adds_{place + 1}": pl.Series([one and one.weight for one in some], dtype=pl.Float64),
        }
    progress.advance(len(keys))
    return pl.DataFrame({"application": keys, **model.told(frame), **told})


def _keys(file: Path) -> list[str]:
    import polars as pl

    frame = pl.read_parquet(file) if file.suffix == ".parquet" else pl.read_csv(file, infer_schema=False)
    if "application" not in frame.columns:
        raise UsageError(
            "score.column", f"{file} has no column `application`, which holds keys as source:id."
        )
    return frame["application"].cast(pl.String).drop_nulls().to_list()


def _write(frame: pl.DataFrame, out: Path) -> None:
    if out.suffix == ".parquet":
        frame.write_parquet(out)
    else:
        frame.write_csv(out)
