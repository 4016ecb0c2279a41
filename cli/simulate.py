"""`fingraph simulate`: write a world whose truth is known."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.output import JsonFlag, Terminal, emit, fields, stdout
from simulator import order
from simulator import simulate as write_world


def simulate(  # noqa: PLR0917
    out: Annotated[Path, typer.Option("--out", help="Folder to write into; made when missing.")],
    seed: Annotated[int, typer.Option(help="Another seed, another world.")] = 7,
    applications: Annotated[int, typer.Option(help="1,000 to 10,000,000.")] = 50_000,
    start: Annotated[str, typer.Option(help="First day (UTC).")] = "2025-01-01",
    days: Annotated[int, typer.Option(help="At least 7.")] = 180,
    incident: Annotated[
        list[str] | None,
        typer.Option(
            help="KIND@DAY, repeatable: device_farm, office_wifi, broken_loader or policy_change; days after the "
            "start, or a date."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier world in the folder.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write a simulated lender's files, the mapping that loads them, and the truth apart."""
    wanted = order(applications, start, days, seed, incident or ())
    with Terminal() as progress:
        summary = write_world(wanted, out, force=force, progress=progress)
    result = {**asdict(summary), "folder": str(out), "mapping": str(out / "mapping.toml")}
    if as_json:
        emit(result)
        return
    fields(result)
    stdout.print(f"Load it: fingraph load {out / 'mapping.toml'} --data {out}")
