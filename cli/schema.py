"""`fingraph schema`: the declaration, the live graph against it, and its document."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.output import JsonFlag, emit, stdout, table
from core.graph import connect
from core.settings import load_settings
from graph_schema import FINGRAPH, live
from graph_schema.docs import document

app = typer.Typer(help="What the graph holds.", no_args_is_help=True)


@app.command("apply")
def apply(json_output: JsonFlag = False) -> None:
    """Make constraints and indexes, and store the schema's version in the graph."""
    from loaders.hashing import load_hasher

    settings = load_settings()
    with connect(settings) as graph:
        schema = live.live_schema(graph)
        changed = live.apply(graph, schema, load_hasher(settings).key_id)
    result = {"version": schema.version, "labels": len(schema.by_label), "changed": changed}
    if json_output:
        emit(result)
    else:
        stdout.print(f"Schema version {schema.version}: {'applied' if changed else 'nothing to do'}.")


@app.command("check")
def check(json_output: JsonFlag = False) -> None:
    """Compare the live graph with the declaration; exit code 1 when they differ."""
    with connect(load_settings()) as graph:
        found = live.check(graph, live.live_schema(graph))
    if json_output:
        emit({"differences": [asdict(one) for one in found]})
    elif found:
        table(
            "Differences",
            ("what", "where", "how many", "what to do"),
            [list(asdict(d).values()) for d in found],
        )
    else:
        stdout.print("The graph is as declared.")
    raise typer.Exit(1 if found else 0)


@app.command("docs")
def docs(
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("docs/schema.md"),
    json_output: JsonFlag = False,
) -> None:
    """Write the schema as a document."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(document(FINGRAPH), encoding="utf-8")
    if json_output:
        emit({"file": str(out)})
    else:
        stdout.print(f"Wrote {out}.")
