"""`fingraph sql`: the database beside the graph, for keys and the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.output import JsonFlag, emit, fields
from core.settings import load_settings

if TYPE_CHECKING:
    from core.sql import SqlStatus

app = typer.Typer(help="The SQL database: keys, audit.", no_args_is_help=True)


@app.command()
def status(as_json: JsonFlag = False) -> None:
    """Say where it is and at which version. Exit code 1 when it is not up to date; nothing is changed."""
    from core.sql import sql_status

    found = sql_status(load_settings())
    _show(found, as_json=as_json)
    raise typer.Exit(0 if found.up_to_date else 1)


@app.command()
def upgrade(as_json: JsonFlag = False) -> None:
    """Make it, or bring it up to date; whatever opens it does the same."""
    from core.sql import migrate

    _show(migrate(load_settings()), as_json=as_json)


def _show(found: SqlStatus, *, as_json: bool) -> None:
    if as_json:
        emit(found.as_dict())
    else:
        fields({**found.as_dict(), "version": found.version or "none yet"})
