"""`fingraph features`: the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import JsonFlag, emit, stdout, table

app = typer.Typer(help="Features: what is computed of an application.", no_args_is_help=True)

Own = Annotated[Path | None, typer.Option("--own", help="A TOML file with features of your own.")]


@app.command("list")
def list_(own: Own = None, family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
          as_json: JsonFlag = False) -> None:  # fmt: skip
    """List the features: what each is, and how many variants it has."""
    from features import extended, house_catalogue
    from features.words import span

    catalogue = extended(house_catalogue(), own) if own else house_catalogue()
    counts: dict[str, int] = {}
    for variant in catalogue.variants:
        counts[variant.of.name] = counts.get(variant.of.name, 0) + 1
    shown = [one for one in catalogue.definitions if family in (None, one.family)]
    if as_json:
        items = [
            {
                "name": one.name, "family": one.family, "measure": one.measure, "description": one.description,
                "unit": one.unit, "dtype": one.dtype, "personal": one.personal, "views": one.views, "rows": one.rows,
                "who": one.who, "windows": [span(window) for window in one.windows], "columns": one.columns,
                "targets": one.targets, "empty": one.type.empty,
                "variants": [v.name for v in catalogue.variants if v.of.name == one.name],
            }
            for one in shown
        ]  # fmt: skip
        emit(
            {
                "version": catalogue.version,
                "carried": catalogue.carried,
                "items": items,
                "next": None,
                "cut": False,
            }
        )
        return
    rows = [
        (one.family, one.name, one.description, one.unit, counts[one.name], one.personal) for one in shown
    ]
    table(
        f"Features, catalogue {catalogue.version}",
        ("family", "name", "what", "unit", "variants", "personal"),
        rows,
    )
    stdout.print(f"{len(shown)} features in {sum(counts[one.name] for one in shown):,} variants.")


@app.command("docs")
def docs(
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("docs/features.md"),
    as_json: JsonFlag = False,
) -> None:
    """Write the catalogue as a document."""
    from features import house_catalogue
    from features.document import document

    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(document(house_catalogue()), encoding="utf-8")
    if as_json:
        emit({"file": str(out)})
    else:
        stdout.print(f"Wrote {out}.")
