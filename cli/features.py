"""`fingraph features`: the catalogue, and one application's values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import AsOf, JsonFlag, Terminal, emit, stdout, table
from cli.snapshot import THREADS, Folder, facts_from
from core.clock import iso
from core.graph import connect
from core.settings import load_settings

app = typer.Typer(help="Features: what is computed of an application.", no_args_is_help=True)

Own = Annotated[
    Path | None,
    typer.Option(
        "--own",
        help="A TOML file with features of your own; without it, FINGRAPH_HOME/features.toml, if it is there.",
    ),
]


@app.command("list")
def list_(own: Own = None, family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
          as_json: JsonFlag = False) -> None:  # fmt: skip
    """List the features: what each is, and how many variants it has."""
    from features.words import span
    from graph_schema import FINGRAPH
    from scoring.own import catalogues_for, own_features

    catalogue = catalogues_for(FINGRAPH, own_features(load_settings(), own)).whole
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


@app.command("carry")
def carry(folder: Folder = None, own: Own = None, as_json: JsonFlag = False) -> None:
    """Store in the graph what applications that came by files carry, before others arrive and meet them."""
    from features import application_positions, with_carried
    from loaders.carried import store_carried
    from snapshot.aim import require_current
    from snapshot.columns import NEVER

    with Terminal() as progress:
        progress.step("Reading the snapshot")
        columns, made, catalogues = facts_from(folder, own)
        catalogue, version = catalogues.whole, catalogues.carried
        progress.step("Computing")
        known = with_carried(columns, catalogue, THREADS)
        at = application_positions(known, 0, NEVER)
        keys, stored = [known.keys[p] for p in at.tolist()], 0
        if known.carried is not None:
            with connect(load_settings()) as graph:
                require_current(graph, made)
                stored = store_carried(graph, keys, known.carried[at], version, progress)
    if as_json:
        emit({"catalogue": version, "applications": len(keys), "stored": stored})
        return
    stdout.print(f"{stored:,} of {len(keys):,} applications carried nothing of catalogue {version} before.")


@app.command("explain")
def explain(  # noqa: PLR0917
    application: Annotated[str, typer.Argument(metavar="APPLICATION", help="Its key: source:id.")],
    as_of: AsOf = None,
    own: Own = None,
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
    limit: Annotated[int, typer.Option(help="Rows behind a value at most.")] = 5,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Explain one application feature by feature, as it was known when it came, or later."""
    from features import prepare, with_carried
    from features.explain import around, moved, position_of
    from features.explain import explain as explained

    with Terminal() as progress:
        progress.step("Reading the snapshot")
        columns, _, catalogues = facts_from(folder, own, lists=as_of is None)
        catalogue = catalogues.whole
        position = position_of(columns, application)
        if as_of is not None:
            columns, position = moved(columns, position, as_of)
        near, place = around(columns, position)
        prepared = prepare(with_carried(near, catalogue), catalogue)
        told = [one for one in explained(prepared, catalogue, place, limit) if family in (None, one.family)]
    if as_json:
        point = {"known_at": iso(int(near.known_at[place])), "catalogue": catalogue.version}
        items = [one.as_dict() for one in told]
        emit({"application": application, **point, "items": items, "next": None, "cut": False})
        return
    shown = [
        (one.family, one.name, _short(one.value), one.unit, one.en, ", ".join(one.rows.items)) for one in told
    ]
    title = f"{application} as of {iso(int(near.known_at[place]))}, catalogue {catalogue.version}"
    table(title, ("family", "feature", "value", "unit", "in words", "newest rows behind it"), shown)


def _short(value: float | str | None) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)


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
