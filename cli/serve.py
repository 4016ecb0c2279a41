"""`fingraph serve`: the API over HTTP."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from cli.listening import listen
from cli.output import JsonFlag, emit, stdout
from core.settings import Settings, load_settings

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 20
"""How long requests in flight may still take once the server is told to stop."""
IDLE_SECONDS = 75
"""How long a connection stands without a request: longer than callers keep theirs, so that they close and not the server."""


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than 127.0.0.1 can be reached.")
    ] = LOOPBACK,
    port: Annotated[
        int | None, typer.Option(help="Port (default 8000 plus FINGRAPH_PORT_OFFSET).", min=1, max=65_535)
    ] = None,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1, max=64)] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Serve the API; Ctrl-C or SIGTERM lets requests in flight end. The log is one JSON object a line, on stderr."""
    import uvicorn

    from api import create_app
    from api.logs import write_json_lines

    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # of a request: requests beside each other take the cores
    settings = load_settings()
    _require_parts(settings)
    listening = listen(host, port or settings.api_port, workers)
    write_json_lines()
    told = {"url": listening.url, "workers": workers}
    if as_json:
        emit(told)
    else:
        stdout.print(f"{told['url']}   # what is asked lies below /v1; a key by: fingraph keys create")
    sys.stdout.flush()
    config = uvicorn.Config(
        create_app(settings) if workers == 1 else "api.app:from_environment",
        factory=workers > 1,
        workers=workers,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    with listening:
        if workers == 1:
            uvicorn.Server(config).run(sockets=listening.sockets())
        else:
            from uvicorn.supervisors import Multiprocess

            Multiprocess(config, sockets=listening.sockets()).run()


def _require_parts(settings: Settings) -> None:
    """Raise what would keep the server from starting, while there is a terminal to say it on."""
    from core.graph import connect
    from core.sql import open_sql
    from loaders.hashing import load_hasher

    connect(settings).close()
    open_sql(settings).close()
    load_hasher(settings)
