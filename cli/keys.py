"""`fingraph keys`: API keys, made, listed and revoked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer

from cli.output import JsonFlag, emit, fields, stderr, stdout, table
from core.clock import iso, now_us
from core.errors import UsageError
from core.files import disk_errors
from core.settings import load_settings

app = typer.Typer(help="API keys.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for, as lists show it.")],
    *,
    scope: Annotated[list[str], typer.Option(help="read, score, sandbox, write or admin; once for each.")],
    days: Annotated[int | None, typer.Option(help="Days until it expires (default: 90).")] = None,
    no_expiry: Annotated[bool, typer.Option("--no-expiry", help="It never expires.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="A new file of mode 600 for the key, not the screen.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a key and show it, this once: alone on stdout, or into a file."""
    from core.sql import open_sql
    from security.keys import DEFAULT_DAYS, create_key

    if no_expiry and days is not None:
        raise UsageError("keys.expiry", "Give --days or --no-expiry, not both.")
    lifetime = None if no_expiry else DEFAULT_DAYS if days is None else days
    with open_sql(load_settings()) as sql, _secret_file(out) as file:
        key, token = create_key(sql, name, scope, days=lifetime)
        if file is not None:
            file.write(token + "\n")
    told = key.as_dict(now_us())
    if as_json:
        emit({"key": told, **({"token": token} if out is None else {"token_file": str(out)})})
        return
    if out is None:
        stdout.out(token)
        stderr.print("This is the only time that the key is shown.")
    expires = iso(key.expires_at) or "never"
    stderr.print(f"Key {key.prefix} for {', '.join(told['scopes'])}; expires: {expires}.", markup=False)


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 100,
    after: Annotated[str | None, typer.Option(help="Continue after this key.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List keys, the newest first, those that are expired or revoked too."""
    from core.sql import open_sql
    from security.keys import list_keys

    with open_sql(load_settings()) as sql:
        page = list_keys(sql, limit=limit, after=after)
    now = now_us()
    items = [key.as_dict(now) for key in page.items]
    if as_json:
        emit({"items": items, "next": page.next, "cut": page.cut})
        return
    columns = ("prefix", "name", "scopes", "state", "created_at", "expires_at", "last_used_at")
    rows = [[", ".join(v) if isinstance(v, list) else v for v in (k[c] for c in columns)] for k in items]
    table("Keys", ("key", "name", "scopes", "state", "made", "expires", "last used"), rows)
    if page.cut:
        stderr.print(f"There is more: --after {page.next}")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id or prefix, as `fingraph keys list` shows it.")],
    as_json: JsonFlag = False,
) -> None:
    """Revoke a key: servers refuse it within five seconds. Twice is as once."""
    from core.sql import open_sql
    from security.keys import revoke_key

    with open_sql(load_settings()) as sql:
        revoked = revoke_key(sql, key).as_dict(now_us())
    if as_json:
        emit(revoked)
    else:
        fields({name: revoked[name] for name in ("prefix", "name", "state", "revoked_at")})


@contextmanager
def _secret_file(path: Path | None) -> Iterator[IO[str] | None]:
    """A new file of mode 600, made before there is a secret to lose and removed when none comes."""
    if path is None:
        yield None
        return
    with disk_errors(path):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise UsageError("keys.file", f"{path} exists; choose another file.") from None
        try:
            with os.fdopen(handle, "w") as file:
                yield file
        except BaseException:
            path.unlink()
            raise
