"""`fingraph serve`: the API over HTTP."""

from __future__ import annotations

import errno
import os
import socket
import sys
from typing import Annotated

import typer

from cli.output import JsonFlag, emit, stdout
from core.errors import EnvironmentMissingError, UsageError
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
    listening = _listen(host, port or settings.api_port)
    write_json_lines()
    told = {"url": _url(listening), "workers": workers}
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
            uvicorn.Server(config).run(sockets=[listening])
        else:
            from uvicorn.supervisors import Multiprocess

            Multiprocess(config, sockets=[listening]).run()


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _require_parts(settings: Settings) -> None:
    """Raise what would keep the server from starting, while there is a terminal to say it on."""
    from core.graph import connect
    from core.sql import open_sql
    from loaders.hashing import load_hasher

    connect(settings).close()
    open_sql(settings).close()
    load_hasher(settings)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises `EnvironmentMissingError` (`serve.port_used`) when another process does, `UsageError` (`serve.host`) when
    this machine has no such address, or may not listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # By its protocol asyncio tells that it may send at once; else a reply in two parts waits 40 ms for the caller's receipt.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise EnvironmentMissingError(
                "serve.port_used",
                f"Another process listens on {host}:{port}.",
                hints=("Choose another: --port, or FINGRAPH_PORT_OFFSET.",),
            ) from None
        raise UsageError(
            "serve.host",
            f"This machine cannot listen on {host}:{port} ({error.strerror or 'unknown address'}).",
        ) from None
    listening.set_inheritable(True)
    return listening
