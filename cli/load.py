"""`fingraph load` and `fingraph mapping`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from cli.output import JsonFlag, Terminal, emit, fields, stdout
from core.settings import load_settings

if TYPE_CHECKING:
    from loaders.load import LoadReport

Mode = Literal["auto", "batch", "bulk"]

mapping_app = typer.Typer(help="Mappings: what the columns of your files mean.", no_args_is_help=True)
MappingFile = Annotated[Path, typer.Argument(help="The mapping, a TOML file.", show_default=False)]
DataFolder = Annotated[
    Path, typer.Option("--data", help="The folder that holds the files.", show_default=False)
]


def load(  # noqa: PLR0917
    mapping: MappingFile,
    data: DataFolder,
    mode: Annotated[
        Mode, typer.Option(help="auto, batch (live graph) or bulk (empty local graph).")
    ] = "auto",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check everything, write nothing.")
    ] = False,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Load although applications arrive, who did not see this.")
    ] = False,
    json_output: JsonFlag = False,
) -> None:
    """Load files into the graph; the same rows twice change nothing."""
    from loaders.load import Loader

    with Terminal() as terminal:
        report = Loader(load_settings(), progress=terminal).load(
            mapping, data, mode, dry_run=dry_run, backfill=backfill
        )
    _show(report, json_output)


@mapping_app.command("check")
def check(
    mapping: MappingFile,
    data: DataFolder,
    rows: Annotated[int, typer.Option(help="Rows of each file to look at.")] = 1_000,
    json_output: JsonFlag = False,
) -> None:
    """Read a sample as the mapping says and report what would be refused; writes nothing."""
    from loaders.load import Loader

    with Terminal() as terminal:
        report = Loader(load_settings(), progress=terminal).sample(mapping, data, rows)
    _show(report, json_output)


@mapping_app.command("draft")
def draft(
    file: Annotated[
        Path,
        typer.Argument(
            help="A CSV, Parquet or JSON-lines file; .gz and .zip are opened.", show_default=False
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="File to write the mapping to; without it, it is printed.")
    ] = None,
    json_output: JsonFlag = False,
) -> None:
    """Propose a mapping from the data of one file; it names no value of a personal column."""
    from core.errors import UsageError
    from loaders.draft import draft as drafted

    if out is not None and out.exists():
        raise UsageError(
            "mapping.exists", f"{out} is there already; give another name with --out, or delete it."
        )
    found = drafted(file)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(found.text, encoding="utf-8")
    if json_output:
        columns = [
            {"column": g.column, "becomes": str(g.role), "name": g.name, "why": g.why} for g in found.guesses
        ]
        where = {"out": str(out)} if out else {}
        emit(
            {
                "file": found.file,
                "rows": found.rows,
                **where,
                "notes": found.notes,
                "columns": columns,
                "mapping": found.text,
            }
        )
    elif out is None:
        sys.stdout.write(found.text)
    else:
        stdout.print(f"Wrote {escape(str(out))} from {found.rows:,} rows. Read its comments, then:")
        stdout.print(f"  fingraph mapping check {escape(str(out))} --data {escape(str(file.parent))}")


@mapping_app.command("docs")
def docs(
    out: Annotated[Path, typer.Option(help="The document whose tables are written anew.")] = Path(
        "docs/mappings.md"
    ),
    json_output: JsonFlag = False,
) -> None:
    """Write the tables of the mapping language's keys into their document."""
    from core.errors import UsageError
    from loaders.mapping.docs import rewritten

    if not out.is_file():
        raise UsageError("docs.missing", f"There is no {out}; run this in a checkout, or give it with --out.")
    out.write_text(rewritten(out.read_text(encoding="utf-8")), encoding="utf-8")
    if json_output:
        emit({"file": str(out)})
    else:
        stdout.print(f"Wrote {escape(str(out))}.")


def _show(report: LoadReport, json_output: bool) -> None:
    from loaders.reasons import REASONS

    result = {name: value for name, value in asdict(report).items() if value is not None}
    if json_output:
        emit(result)
        return
    reasons = result.pop("reasons")
    fields(result)
    if report.ties:
        stdout.print(
            f"{report.ties:,} rows share their known_at and order with another: declare a finer `order`."
        )
    for code, count in reasons.items():
        stdout.print(f"  {count:>9,}  {code}: {REASONS[code]}")
