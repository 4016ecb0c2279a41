"""`fingraph rings exclude · split · merge · undo · decisions · history`: what people decide about rings."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli.output import AsOf, JsonFlag, emit, fields, stderr, stdout, table
from core.clock import iso
from core.graph import connect
from core.settings import load_settings
from rings import (
    Decided,
    exclude_members,
    list_decisions,
    merge_rings,
    ring_history,
    split_ring,
    undo_decision,
)

app = typer.Typer()

Ring = Annotated[str, typer.Argument(metavar="ID", help="Name of the ring.")]
Members = Annotated[list[str], typer.Argument(metavar="MEMBER…", help="Keys of its users or applications.")]
Note = Annotated[str | None, typer.Option(help="Why, for whoever reads it later.")]
By = Annotated[str | None, typer.Option(help="Who decides (default: the user of this machine).")]


@app.command()
def exclude(
    ring: Ring, members: Members, note: Note = None, by: By = None, as_json: JsonFlag = False
) -> None:
    """Take people out of a ring for good: they do not belong to it, whatever they apply for next."""
    with connect(load_settings()) as graph:
        _told(exclude_members(graph, ring, members, by=by or getpass.getuser(), note=note), as_json)


@app.command()
def split(ring: Ring, members: Members, note: Note = None, by: By = None, as_json: JsonFlag = False) -> None:
    """Split people off a ring: they are a ring of their own."""
    with connect(load_settings()) as graph:
        _told(split_ring(graph, ring, members, by=by or getpass.getuser(), note=note), as_json)


@app.command()
def merge(
    ring: Ring,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Name of the ring to merge with it.")],
    note: Note = None,
    by: By = None,
    as_json: JsonFlag = False,
) -> None:
    """Merge two rings: they are one."""
    with connect(load_settings()) as graph:
        _told(merge_rings(graph, ring, other, by=by or getpass.getuser(), note=note), as_json)


@app.command()
def undo(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="Name of the decision.")],
    as_json: JsonFlag = False,
) -> None:
    """Take a decision back; runs from now on no longer follow it."""
    with connect(load_settings()) as graph:
        _told(undo_decision(graph, decision), as_json)


@app.command()
def decisions(as_json: JsonFlag = False) -> None:
    """List what people decided about rings."""
    with connect(load_settings()) as graph:
        found = list_decisions(graph)
    if as_json:
        emit({"items": [asdict(one) for one in found], "next": None, "cut": False})
        return
    columns = ("decision", "what", "ring", "when", "by", "stay", "go", "taken back", "why")
    rows = [
        (
            one.key,
            one.kind,
            one.ring,
            iso(one.made_at),
            one.made_by,
            one.stays,
            one.goes,
            iso(one.undone_at),
            one.note,
        )
        for one in found
    ]
    table("Decisions", columns, rows)


@app.command()
def history(
    ring: Ring,
    limit: Annotated[int, typer.Option(help="States at most.")] = 50,
    as_of: AsOf = None,
    after: Annotated[str | None, typer.Option(help="Continue after a page: the `next` that it gave.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """What became of a ring, run by run, newest first."""
    with connect(load_settings()) as graph:
        page = ring_history(graph, ring, as_of=as_of, limit=limit, after=after)
    if as_json:
        emit(asdict(page))
        return
    columns = ("run", "as of", "apps", "users", "score", "joined", "left", "what happened")
    rows = [
        (
            *(
                state["run"],
                iso(state["as_of"]),
                state["applications"],
                state["users"],
                f"{state['score']:.2f}",
            ),
            *(state["joined"], state["left"], "; ".join(_words(change) for change in state["changes"])),
        )
        for state in page.items
    ]
    table(f"History of {ring}", columns, rows)
    if page.cut:
        stderr.print(f"There is more: --after {page.next}")


def _told(one: Decided, as_json: bool) -> None:
    if as_json:
        emit(asdict(one))
        return
    fields({name: value for name, value in asdict(one).items() if value is not None})
    stdout.print("\nIt takes effect with the next run: fingraph rings run")


def _words(change: dict[str, Any]) -> str:
    params = {
        name: json.dumps(value) if isinstance(value, list) else value
        for name, value in change["params"].items()
    }
    told = ", ".join(f"{name} {value}" for name, value in params.items() if value != "")
    code = str(change["code"]).removeprefix("ring.").replace("_", " ")
    return code + (f" ({told})" if told else "")
