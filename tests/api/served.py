"""A server of the API in a thread of the test's process, on a port of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from fastapi import FastAPI


@dataclass(frozen=True)
class Served:
    """A running server and the keys that open it."""

    url: str
    tokens: dict[str, str]
    """By name: `read`, `admin`, `score` (lacks read)."""

    def client(self, name: str | None = "read", **headers: str) -> httpx.Client:
        """A client with the key of that name, or with none."""
        key = {} if name is None else {"Authorization": f"Bearer {self.tokens[name]}"}
        return httpx.Client(base_url=self.url, headers={**key, **headers}, timeout=90)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of `app`, served until the block ends."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            until = time.monotonic() + 30
            while not server.started:
                assert thread.is_alive(), "the server ended while starting"
                assert time.monotonic() < until
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=30)


def wait_ready(url: str, seconds: float = 300) -> dict[str, object]:
    """What /readyz says once it says yes."""
    until = time.monotonic() + seconds
    while True:
        said = httpx.get(f"{url}/readyz", timeout=30)
        if said.status_code == 200:
            told: dict[str, object] = said.json()
            return told
        assert time.monotonic() < until, said.text
        time.sleep(0.1)
