"""`fingraph query`: the questions that investigators ask."""

from __future__ import annotations

import csv
import sys
from typing import Annotated, Any

import typer

from cli.output import JsonFlag, emit, stderr, stdout, table
from core.clock import iso, moment_us
from core.errors import UsageError
from core.graph import connect
from core.settings import load_settings
from graph_schema.live import live_schema
from queries import Answer, Kind, Param, Question, ask, picture, question, questions
from queries.answers import Cells

app = typer.Typer(help="Named questions, as of any moment.", no_args_is_help=True)


@app.command("list")
def list_(as_json: JsonFlag = False) -> None:
    """List the questions with their parameters."""
    if as_json:
        emit({"questions": [described(one) for one in questions()]})
        return
    rows = [(one.name, one.title, ", ".join(_parameter(p) for p in one.params)) for one in questions()]
    table("Questions", ("name", "asks", "parameters"), rows)
    stdout.print("Ask one: fingraph query run NAME --param PARAMETER=VALUE")


@app.command("run")
def run(  # noqa: PLR0917
    name: Annotated[str, typer.Argument(metavar="NAME", help="The question; see fingraph query list.")],
    param: Annotated[list[str] | None, typer.Option("--param", help="PARAMETER=VALUE, repeatable.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="As of this moment: 2025-03-01T00:00:00Z, or a day. Default: now.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Rows at most.")] = None,
    after: Annotated[str | None, typer.Option(help="Continue after a page: the `next` that it gave.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="The rows as CSV on stdout.")] = False,
    draw: Annotated[bool, typer.Option("--picture", help="Nodes and edges to draw, as JSON.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Ask a question: a table, CSV or JSON."""
    spec, given = question(name), parameters(param or [])
    moment = None if as_of is None else moment_us(as_of)
    with connect(load_settings()) as graph:
        schema = live_schema(graph)
        if draw:
            emit(picture(graph, schema, name, given, as_of=moment).as_dict())
            return
        answer = ask(graph, schema, name, given, as_of=moment, limit=limit, after=after)
    if as_json:
        emit({"question": name, **answer.as_dict()})
    elif as_csv:
        _write_csv(answer)
    else:
        _show(spec, answer)


def parameters(given: list[str]) -> dict[str, object]:
    """Values by name out of `PARAMETER=VALUE`; raises `UsageError` (`query.param`)."""
    found: dict[str, object] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name or name in found:
            raise UsageError("query.param", "Write each parameter once, as --param PARAMETER=VALUE.")
        found[name] = value
    return found


def described(spec: Question) -> dict[str, Any]:
    """A question as one JSON object."""
    return {
        "name": spec.name,
        "title": spec.title,
        "about": spec.about,
        "params": [
            {
                "name": p.name,
                "kind": p.kind.value,
                "about": p.about,
                "required": p.required,
                "default": p.default,
                "least": p.least,
                "most": p.most,
                "types": list(p.types),
            }
            for p in spec.params
        ],
        "columns": [
            {"name": c.name, "kind": c.kind and c.kind.value, "about": c.about, "optional": c.optional}
            for c in spec.columns
        ],
        "seconds": spec.seconds,
        "rows": spec.rows,
        "picture": spec.picturable,
    }


def _parameter(param: Param) -> str:
    return param.name if param.required else f"{param.name}={param.default}"


def _show(spec: Question, answer: Answer) -> None:
    names = [column.name for column in answer.columns]
    table(spec.title, names, [_readable(answer, row) for row in answer.rows])
    stderr.print(f"As of {iso(answer.as_of)}, {answer.seconds:.2f} s.")
    if "hubs" in answer.cut_by:
        stderr.print("Hubs were met; nothing goes on from them.")
    if "breadth" in answer.cut_by:
        stderr.print("More was met than a search looks at; there may be others.")
    if answer.next is not None:
        stderr.print(f"There is more: --after {answer.next}")
    elif "rows" in answer.cut_by:
        stderr.print("There is more than this.")


def _write_csv(answer: Answer) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.name for column in answer.columns])
    writer.writerows([_plain(value) for value in row] for row in answer.rows)
    if answer.next is not None:
        stderr.print(f"There is more: --after {answer.next}")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    # A spreadsheet would take a text that begins so for a formula.
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _readable(answer: Answer, row: Cells) -> list[object]:
    return [_cell(column.kind, value) for column, value in zip(answer.columns, row, strict=True)]


def _cell(kind: Kind | None, value: Any) -> object:
    if value is None:
        return None
    if kind is Kind.TIME:
        return (iso(value - value % 1_000_000) or "").replace("T", " ").removesuffix("Z")
    if kind is Kind.MONEY:
        return f"{value / 100:,.2f}"
    if kind is Kind.BOOLEAN:
        return "yes" if value else ""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else value
