"""The `fingraph` command and how it ends: every error becomes a message, a JSON object and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module

import typer

from cli.output import fail
from core.errors import FinGraphError, UsageError
from core.settings import debugging

COMMANDS = {
    "db": "db.app",
    "rings": "rings.app",
    "query": "query.app",
    "schema": "schema.app",
    "features": "features.app",
    "mapping": "load.mapping_app",
    "keys": "keys.app",
    "audit": "audit.app",
    "sql": "sql.app",
    "dataset": "dataset.app",
    "hubs": "hubs.app",
    "models": "models.app",
    "policy": "policies.app",
    "load": "load.load",
    "snapshot": "snapshot.snapshot",
    "prove": "dataset.prove",
    "demo": "demo.demo",
    "doctor": "doctor.doctor",
    "simulate": "simulate.simulate",
    "serve": "serve.serve",
    "train": "training.train",
    "evaluate": "evaluation.evaluate",
    "score": "scores.score",
    "replay": "replaying.replay",
}
"""Commands, and groups of them, by name: each with its module in `cli`."""


def command_line(asked: str | None = None) -> typer.Typer:
    """The command line; where one command is `asked`, of that alone: all together take seconds to import."""
    made = typer.Typer(
        name="fingraph",
        help="A graph of loan applications: load your data, find the rings in it.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_nothing)  # a group, however few its commands are
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module, _, attribute = COMMANDS[name].partition(".")
        found = getattr(import_module(f"cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            made.add_typer(found, name=name)
        else:
            made.command(name)(found)
    return made


def _nothing() -> None:
    """Before a command nothing is done."""


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
        code = command_line(next(iter(sys.argv[1:]), None))(standalone_mode=False)
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
