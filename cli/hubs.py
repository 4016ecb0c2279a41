"""`fingraph hubs`: what hubs were like on a closed day."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import JsonFlag, Terminal, emit, stdout, table
from cli.snapshot import Folder, columns_from, folder_of
from core.clock import DAY, day_us, iso, now_us
from core.errors import UsageError
from core.graph import connect
from core.progress import Progress
from core.settings import load_settings

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer(help="Hubs: identifiers that are reported and never walked.", no_args_is_help=True)


@app.command("summarise")
def summarise(
    day: Annotated[
        int, typer.Option("--day", parser=day_us, metavar="DAY", help="The closed day (UTC): 2025-03-01.")
    ],
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Write into the graph what every hub was like on a day: applications, users, newcomers, the busiest hour."""
    from snapshot.manifest import require_manifest

    with Terminal() as progress:
        progress.step("Reading the snapshot")
        made = require_manifest(folder_of(folder))
        if made.watermark < day + DAY:
            raise UsageError(
                "hubs.snapshot_old",
                f"The snapshot ends at {iso(made.watermark)}, before that day does; run: fingraph snapshot",
            )
        found = _summaries(folder, day, progress)
        progress.step("Writing")
        new = _write(found, day)
    items = [{"label": label, **row} for label, frame in found.items() for row in frame.iter_rows(named=True)]
    if as_json:
        emit({"day": iso(day), "new": new, "items": items, "next": None, "cut": False})
        return
    rows = [(label, frame.height, int(frame["applications"].sum())) for label, frame in found.items()]
    table(f"Hubs of {iso(day)}", ("type", "hubs", "applications"), rows)
    stdout.print(f"{len(items)} hubs had applications that day; {new} of them were not described yet.")


def _summaries(folder: Path | None, day: int, progress: Progress) -> dict[str, pl.DataFrame]:
    """By identifier type `key` and figures of the hubs that had applications."""
    from features.hubs import summary_rows
    from snapshot.read import keys_of

    columns, made = columns_from(folder, keys=False)
    progress.step("Summarising")
    found = {}
    for identifier in made.schema.identifiers:
        frame = summary_rows(columns, identifier.label, day, day + DAY)
        if not frame.is_empty():
            keys = keys_of(folder_of(folder), identifier.label, frame["code"].to_numpy())
            found[identifier.label] = frame.drop("code").insert_column(0, keys)
    return found


def _write(found: Mapping[str, pl.DataFrame], day: int) -> int:
    """Write the summaries, known from a moment at which all of them are there; returns how many are new."""
    from graph_schema.arriving import LEAD
    from graph_schema.live import live_schema
    from loaders.hub_summaries import write_summaries

    with connect(load_settings()) as graph:
        schema = live_schema(graph)
        return sum(
            write_summaries(graph, schema, label, day, lambda: now_us() + LEAD, frame)
            for label, frame in found.items()
        )
