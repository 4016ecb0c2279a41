"""`fingraph db`: the graph's server, started, stopped, watched, backed up and restored."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.output import JsonFlag, Terminal, emit, fields
from core.errors import UsageError
from core.server.backup import backup as take_backup
from core.server.backup import restore as restore_backup
from core.server.local import START_WAIT_S, STOP_WAIT_S, LocalServer
from core.settings import load_settings

app = typer.Typer(help="The Neo4j server of this home.", no_args_is_help=True)

Seconds = Annotated[float, typer.Option("--timeout", min=1, help="Seconds to wait.")]


def _show(result: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        emit(result)
    else:
        fields(result)


@app.command()
def start(timeout: Seconds = START_WAIT_S, as_json: JsonFlag = False) -> None:
    """Start the server, fetching Neo4j at the first time, and wait until it answers."""
    with Terminal() as terminal:
        terminal.say("Starting Neo4j (10 to 30 seconds; the first time it is fetched before)")
        status = LocalServer(load_settings(), terminal).start(timeout)
    _show(status.as_dict(), as_json=as_json)


@app.command()
def stop(timeout: Seconds = STOP_WAIT_S, as_json: JsonFlag = False) -> None:
    """Stop the server; after the timeout it is killed."""
    _show(LocalServer(load_settings()).stop(timeout).as_dict(), as_json=as_json)


@app.command()
def status(as_json: JsonFlag = False) -> None:
    """Say what the server does. Exit code 0 when it answers queries, 5 when it does not."""
    found = LocalServer(load_settings()).status()
    _show(found.as_dict(), as_json=as_json)
    if found.state != "running":
        raise typer.Exit(5)


@app.command()
def wait(timeout: Seconds = START_WAIT_S, as_json: JsonFlag = False) -> None:
    """Wait until the graph answers queries, the local one or the one NEO4J_URI names."""
    _show(LocalServer(load_settings()).wait(timeout).as_dict(), as_json=as_json)


@app.command()
def backup(
    to: Annotated[Path, typer.Argument(help="The file to write, or a folder to write it into.")],
    as_json: JsonFlag = False,
) -> None:
    """Write a backup. The server is stopped meanwhile and started again if it ran."""
    path, record = take_backup(LocalServer(load_settings()), to)
    _show({"path": str(path), **asdict(record)}, as_json=as_json)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="The .dump file of a backup.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Replace the database with a backup, after checking that the backup is whole."""
    server = LocalServer(load_settings())
    server.require_local("restore")
    if not yes and server.store_bytes():
        _ask(f"Replace the database of {server.settings.home} with {source}?")
    record = restore_backup(server, source)
    _show({"restored": str(source), **asdict(record), "state": server.status().state}, as_json=as_json)


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False, as_json: JsonFlag = False
) -> None:
    """Stop the server and delete everything in the database; password and settings stay."""
    server = LocalServer(load_settings())
    server.require_local("reset")
    if not yes:
        _ask(f"Delete the whole database of {server.settings.home}?")
    _show(server.reset().as_dict(), as_json=as_json)


def _ask(question: str) -> None:
    """Ask on stderr, so that stdout stays one JSON object.

    Raises `UsageError` (`cli.not_confirmed`) unless the answer is yes; no answer at all is no.
    """
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        if sys.stdin.isatty():
            raise  # somebody pressed Ctrl-C
        agreed = False
    if not agreed:
        raise UsageError("cli.not_confirmed", "Nothing was changed. Answer yes, or give --yes.")
