"""`fingraph hubs`: what hubs were like on a closed day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import JsonFlag, Terminal, emit, stdout, table
from cli.snapshot import Folder, columns_from, folder_of
from core.clock import DAY, day_us, iso, now_us
from core.errors import UsageError

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
    """Say of every hub what it was like on a day: applications, users, newcomers, the busiest hour."""
    from features.hubs import summary_rows
    from snapshot.read import keys_of

    with Terminal() as progress:
        progress.step("Reading the snapshot")
        columns, made = columns_from(folder, keys=False)
        if made.watermark < day + DAY:
            raise UsageError(
                "hubs.snapshot_old",
                f"The snapshot ends at {iso(made.watermark)}, before that day does; run: fingraph snapshot",
            )
        progress.step("Summarising")
        known_at = now_us()
        found: dict[str, pl.DataFrame] = {}
        for label in columns.relations:
            frame = summary_rows(columns, label, day, known_at)
            if not frame.is_empty():
                keys = keys_of(folder_of(folder), label, frame["code"].to_numpy())
                found[label] = frame.drop("code").insert_column(0, keys)
    items = [{"label": label, **row} for label, frame in found.items() for row in frame.iter_rows(named=True)]
    if as_json:
        emit({"day": iso(day), "items": items, "next": None, "cut": False})
        return
    rows = [(label, frame.height, int(frame["applications"].sum())) for label, frame in found.items()]
    table(f"Hubs of {iso(day)}", ("type", "hubs", "applications"), rows)
    stdout.print(f"{len(items)} hubs had applications that day.")
