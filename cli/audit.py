"""`fingraph audit`: what was done by whom, and whether the log of it is whole."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import JsonFlag, emit, stderr, stdout, table
from core.clock import iso
from core.settings import load_settings

app = typer.Typer(help="The audit log.", no_args_is_help=True)


@app.command("list")
def list_(
    actor: Annotated[str | None, typer.Option(help="A key's id, or `local` for commands.")] = None,
    action: Annotated[str | None, typer.Option(help="For example key.create.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    after: Annotated[str | None, typer.Option(help="Continue after this row.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List what was done, the newest first."""
    from core.sql import open_sql
    from security.audit import list_audit

    with open_sql(load_settings()) as sql:
        page = list_audit(sql, actor=actor, action=action, limit=limit, after=after)
    if as_json:
        emit({"items": [row.as_dict() for row in page.items], "next": page.next, "cut": page.cut})
        return
    rows = [(row.seq, iso(row.at), row.actor, row.action, row.object, row.params) for row in page.items]
    table("Audit log", ("row", "at", "who", "action", "what", "params"), rows)
    if page.cut:
        stderr.print(f"There is more: --after {page.next}")


@app.command()
def head(as_json: JsonFlag = False) -> None:
    """Print the log's last row as SEQ:HASH, to be kept where nobody who writes to the database can."""
    from core.sql import open_sql
    from security.audit import read_head

    with open_sql(load_settings()) as sql:
        found = read_head(sql)
    if as_json:
        emit({"seq": found.seq, "hash": found.hash})
    else:
        stdout.out(str(found))


@app.command()
def verify(
    known: Annotated[list[str] | None, typer.Option("--head", help="A head kept before, SEQ:HASH.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read the whole log and check that it is what was written. Exit code 1 when it is not."""
    from core.sql import open_sql
    from security.audit import head_of
    from security.verify import Witness, verify_audit

    settings = load_settings()
    with open_sql(settings) as sql:
        witness = Witness(settings, sql)
        seen = (*witness.seen(), *(head_of(one) for one in known or ()))
        report = verify_audit(sql, seen=seen)
        if report.head is not None:
            witness.keep(report.head)
    if as_json:
        emit(report.as_dict())
    elif report.ok:
        stdout.print(f"{report.rows:,} rows, each as it was written. Head: {report.head}", markup=False)
    else:
        rows = [(fault.kind, fault.seq, fault.about) for fault in report.faults]
        table("The audit log is not what was written", ("fault", "row", "what"), rows)
        if report.cut:
            stderr.print("There is more.")
    raise typer.Exit(0 if report.ok else 1)
