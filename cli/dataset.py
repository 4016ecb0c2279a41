"""`fingraph dataset` and `fingraph prove`: training tables, and the proof that no feature looks ahead."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.features import Own
from cli.output import JsonFlag, Terminal, emit, fields, stderr, stdout
from cli.snapshot import THREADS, Folder, facts_from
from core.clock import duration_us, iso, moment_us

app = typer.Typer(help="Training tables.", no_args_is_help=True)
LOOKED_AHEAD = 1
CAUGHT = {True: "caught", False: "NOT caught", None: "nothing here that it could see"}


@app.command("build")
def build(  # noqa: PLR0917
    target: Annotated[str, typer.Option(help="The outcome to be predicted: fraud, overdue, …")],
    first: Annotated[
        int, typer.Option("--from", parser=moment_us, metavar="DAY", help="Applications known from then on,")
    ],
    end: Annotated[int, typer.Option("--to", parser=moment_us, metavar="DAY", help="and before then.")],
    out: Annotated[Path, typer.Option(help="Folder for the table and its manifest.")],
    maturity: Annotated[str, typer.Option(help="When after the application its label is read.")] = "90d",
    own: Own = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a training table: features as they were at each application's own point, labels by when they were known."""
    from features.dataset import Wanted, write_dataset

    with Terminal() as progress:
        progress.step("Reading the snapshot")
        columns, made, catalogues = facts_from(folder, own)
        progress.step("Computing features")
        # What becomes known after the snapshot's watermark is not known yet.
        wanted = Wanted(target, first, end, duration_us(maturity), known_until=made.watermark)
        told = write_dataset(columns, catalogues.whole, wanted, out, THREADS)
    if as_json:
        emit({**asdict(told), "folder": str(out)})
        return
    fields({name: value for name, value in asdict(told).items() if name != "features"})
    if not told.splits.get("train"):
        stderr.print(
            "No application is left to train on: between two parts stands a gap as long as a label takes. Take more days, "
            "or a shorter --maturity."
        )
    stdout.print(f"{len(told.features):,} features of {told.rows:,} applications: {out / 'table.parquet'}")


def prove(  # noqa: PLR0917
    own: Own = None,
    out: Annotated[Path | None, typer.Option(help="File to write the certificate to, as JSON.")] = None,
    decisions: Annotated[
        int, typer.Option(min=1, help="Points at which everything is computed three times.")
    ] = 60,
    targets: Annotated[int, typer.Option(min=100, help="About so many applications are proved on.")] = 3_000,
    seed: Annotated[int, typer.Option(help="Another seed, other decisions.")] = 1,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Prove on this graph that no feature looks ahead, a user's own included, and that the proof would see it."""
    from features.proofs import part
    from features.proofs import prove as proved
    from policy.list_columns import reading_lists

    with Terminal() as progress:
        progress.step("Reading the snapshot")
        columns, made, catalogues = facts_from(folder, own, keys=False)
        progress.step("Proving")
        data = f"snapshot {made.export}, known before {iso(made.watermark)}"
        certificate = proved(
            part(columns, targets, seed), catalogues.whole, data=data, decisions=decisions, seed=seed
        )
    given = reading_lists(catalogues.whole)
    told = {**certificate.as_dict(), "taken_as_given": given}
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if as_json:
        emit(told)
    else:
        fields(
            {
                name: value
                for name, value in told.items()
                if name not in ("features", "differences", "mutants", "taken_as_given")
            }
        )
        for name, caught in certificate.mutants.items():
            stdout.print(f"  {name}: {CAUGHT[caught]}")
        for name in given:
            stdout.print(f"  {name} reads a list, which is taken as given")
        for one in certificate.differences[:20]:
            stdout.print(f"  {one.feature} changed when later facts were {one.change}")
    if not certificate.holds:
        raise typer.Exit(LOOKED_AHEAD)
