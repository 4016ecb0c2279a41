"""Where the API listens: one socket for one process, and one for each where there are several."""

from __future__ import annotations

import errno
import socket
import sys
from dataclasses import dataclass
from typing import Any

from core.errors import EnvironmentMissingError, UsageError


@dataclass(frozen=True)
class Listening:
    """An address that this process holds; send it to others, and each listens there by a socket of its own.

    Linux then deals connections out among them by a hash of the caller's port. From one socket in common whoever wakes first takes
    the next, at few requests a second nearly always the same: of 48 connections 47 went to one of two processes.
    """

    held: socket.socket
    guard: socket.socket | None = None
    """Held so that nobody else comes to share the port."""

    def __enter__(self) -> Listening:
        return self

    def __exit__(self, *_: object) -> None:
        self.held.close()
        if self.guard is not None:
            self.guard.close()

    @property
    def url(self) -> str:
        """Where it is reached."""
        host, port = self.held.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def sockets(self) -> list[Any]:
        """What a server is given: of this process, or of each that it is sent to."""
        return [self.held if self.guard is None else _Each(*self.held.getsockname()[:2])]


class _Each:
    """A socket to be: unpickled, it is one that is bound there and shares the port."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port

    def __reduce__(self) -> tuple[Any, tuple[str, int]]:
        return _shared, self._address


def listen(host: str, port: int, workers: int = 1) -> Listening:
    """An address for so many processes.

    Raises `EnvironmentMissingError` (`serve.port_used`) when another process listens there, `UsageError` (`serve.host`) when
    this machine has no such address, or may not listen there.
    """
    try:
        alone = _bound(host, port)
        if workers == 1 or sys.platform != "linux":  # elsewhere who shares a port gets all of it, or nothing
            return Listening(alone)
        alone.close()
        guard = socket.socket(socket.AF_UNIX)
        guard.bind(f"\0fingraph serve {host} {port}")  # of no file: it goes with the process
        return Listening(_shared(host, port), guard)
    except OSError as error:
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


def _shared(host: str, port: int) -> socket.socket:
    return _bound(host, port, socket.SO_REUSEPORT)


def _bound(host: str, port: int, *options: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # By its protocol asyncio tells that it may send at once; else a reply in two parts waits 40 ms for the caller's receipt.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    for option in (socket.SO_REUSEADDR, *options):
        found.setsockopt(socket.SOL_SOCKET, option, 1)
    try:
        found.bind((host, port))
    except OSError:
        found.close()
        raise
    return found
