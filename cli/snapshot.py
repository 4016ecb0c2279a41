"""`fingraph snapshot`: the graph's facts as columns; and what other commands read of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import JsonFlag, Terminal, emit, fields, stderr, stdout, table
from core.clock import iso
from core.graph import connect
from core.settings import load_settings

if TYPE_CHECKING:
    from scoring.own import Catalogues
    from snapshot.columns import Columns
    from snapshot.manifest import Manifest
    from snapshot.verify import Compared

Folder = Annotated[
    Path | None, typer.Option("--folder", help="The snapshot; without it, FINGRAPH_HOME/snapshot.")
]
DIFFERS = 1
THREADS = 2
"""For what is computed of a snapshot."""


def snapshot(
    verify: Annotated[
        bool, typer.Option("--verify", help="Export, then compare everything with the graph.")
    ] = False,
    rebuild: Annotated[
        Path | None,
        typer.Option(
            "--rebuild", metavar="DIR", help="Make the empty graph hold what the snapshot in DIR does."
        ),
    ] = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Export what is new in the graph as columns, which features and training tables are computed from."""
    settings = load_settings()
    with Terminal() as progress:
        if rebuild is not None:
            from snapshot.rebuild import rebuild as remade

            made, compared = remade(settings, rebuild, progress), None
        else:
            from graph_schema.live import live_schema
            from snapshot.export import export
            from snapshot.verify import verify as compare

            place = folder_of(folder)
            with connect(settings) as graph:
                made = export(graph, live_schema(graph), place, progress)
                compared = compare(graph, place, progress) if verify else None
    _show(made, compared, as_json=as_json)
    if compared is not None and not all(one.equal for one in compared):
        raise typer.Exit(DIFFERS)


def folder_of(folder: Path | None) -> Path:
    """The folder that was named, or this home's."""
    return load_settings().snapshot if folder is None else folder


def columns_from(folder: Path | None, *, keys: bool = True) -> tuple[Columns, Manifest]:
    """The columns of a snapshot and its manifest."""
    from snapshot.manifest import require_manifest
    from snapshot.read import read_columns

    place = folder_of(folder)
    made = require_manifest(place)
    return read_columns(place, made, keys=keys), made


def facts_from(
    folder: Path | None, own: Path | None, *, keys: bool = True, lists: bool = True
) -> tuple[Columns, Manifest, Catalogues]:
    """The columns of a snapshot with the lists that features read, its manifest, and what is computed of it. Without `lists` such
    features are null."""
    from policy.list_columns import nobody_on, with_lists
    from scoring.own import catalogues_for, own_features

    columns, made = columns_from(folder, keys=keys)
    catalogues = catalogues_for(made.schema, own_features(load_settings(), own))
    if lists:
        columns = with_lists(columns, catalogues.whole, folder_of(folder), made, load_settings())
        for name in nobody_on(columns):
            stderr.print(f"Nobody in the snapshot was on the list '{name}', which features read.")
    return columns, made, catalogues


def _show(made: Manifest, compared: list[Compared] | None, *, as_json: bool) -> None:
    told = summary(made)
    if as_json:
        items = None if compared is None else [one.as_dict() for one in compared]
        equal = None if compared is None else all(one.equal for one in compared)
        emit({**told, "counts": made.counts, "equal": equal, "compared": items})
        return
    fields(told)
    if made.left_out:
        stdout.print(f"{len(made.left_out)} loads still run; the next export takes them.")
    if compared is not None:
        differing = [one for one in compared if not one.equal]
        rows = [(one.table, one.graph, one.snapshot, one.missing, one.extra) for one in differing]
        if rows:
            table(
                "Where they differ",
                ("table", "in the graph", "in the snapshot", "only in the graph", "only in the snapshot"),
                rows,
            )
        else:
            stdout.print(f"All {len(compared)} tables hold what the graph holds.")


def summary(made: Manifest) -> dict[str, Any]:
    """What a snapshot holds, in a few words."""
    links = sum(count for name, count in made.counts.items() if "-" in name)
    return {
        "export": made.export,
        "known before": iso(made.watermark),
        "loads": len(made.loads),
        "left out": len(made.left_out),
        "ring run": made.run,
        "nodes": sum(made.counts.values()) - links,
        "links": links,
        "files": len(made.files),
    }
