"""The `fingraph` command and how it ends: every error becomes a message, a JSON object and an exit code."""

from __future__ import annotations

import os
import sys
import traceback

import typer

from cli import (
    audit,
    dataset,
    db,
    evaluation,
    features,
    hubs,
    keys,
    models,
    policies,
    query,
    replaying,
    rings,
    schema,
    scores,
    sql,
    training,
)
from cli.demo import demo
from cli.doctor import doctor
from cli.load import load, mapping_app
from cli.output import fail
from cli.serve import serve
from cli.simulate import simulate
from cli.snapshot import snapshot
from core.errors import FinGraphError, UsageError
from core.settings import debugging

app = typer.Typer(
    name="fingraph",
    help="A graph of loan applications: load your data, find the rings in it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(db.app, name="db")
app.add_typer(rings.app, name="rings")
app.add_typer(query.app, name="query")
app.add_typer(schema.app, name="schema")
app.add_typer(features.app, name="features")
app.add_typer(mapping_app, name="mapping")
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
app.add_typer(sql.app, name="sql")
app.add_typer(dataset.app, name="dataset")
app.add_typer(hubs.app, name="hubs")
app.add_typer(models.app, name="models")
app.add_typer(policies.app, name="policy")
app.command("load")(load)
app.command("snapshot")(snapshot)
app.command("prove")(dataset.prove)
app.command("demo")(demo)
app.command("doctor")(doctor)
app.command("simulate")(simulate)
app.command("serve")(serve)
app.command("train")(training.train)
app.command("evaluate")(evaluation.evaluate)
app.command("score")(scores.score)
app.command("replay")(replaying.replay)


READER_LEFT = 141
"""What a shell says of a program that wrote to a pipe nobody reads any more: 128 + SIGPIPE."""


def main() -> None:
    """Run the command line; a traceback is shown only with FINGRAPH_DEBUG=1."""
    try:
        code = _run(as_json="--json" in sys.argv)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as end:
        # typer and rich make an exit of their own out of a broken pipe.
        if BrokenPipeError not in (type(end), type(end.__context__)):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to be flushed
        code = READER_LEFT
    sys.exit(code)


def _run(*, as_json: bool) -> int:
    try:
        code = app(standalone_mode=False)
    except FinGraphError as error:
        return fail(error, as_json=as_json)
    except typer.TyperException as error:
        return fail(UsageError("usage", error.format_message()), as_json=as_json)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        if debugging():
            raise
        return fail(unforeseen(error), as_json=as_json)
    return code if isinstance(code, int) else 0


def unforeseen(error: Exception) -> FinGraphError:
    """The error that stands for one without a name; it leaves out the message, which may quote values."""
    kind = type(error).__name__
    if isinstance(error, PermissionError | IsADirectoryError | FileNotFoundError) and error.filename:
        return UsageError("file.access", f"{error.filename} cannot be opened ({kind}).")
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = "".join(f" at {frame.filename}:{frame.lineno}" for frame in last)
    return FinGraphError(
        "internal",
        f"Something went wrong inside FinGraph: {kind}{place}.",
        hints=("FINGRAPH_DEBUG=1 shows all of it, which may quote your data.",),
    )
