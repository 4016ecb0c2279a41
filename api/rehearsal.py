"""One request of nobody's before the first: the framework builds late what it reads a body with (35 ms)."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.front import Exchange
from api.logs import log_unforeseen
from security import Principal
from security import Scope as Allowed

PATH = "/v1/score"
NOBODY = "warming"


class Rehearsal:
    """A layer behind the front: once the service runs, and before anybody is let in, it asks for a decision about nothing, which is
    refused for its form. Neither SQL nor the graph learns of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request, which passes; or the service's life."""
        await self._app(
            scope, receive, partial(self._begun, scope, send) if scope["type"] == "lifespan" else send
        )

    async def _begun(self, scope: Scope, send: Send, message: Message) -> None:
        if message["type"] == "lifespan.startup.complete":
            try:
                await self._app(_request(scope["state"]), _body, _nowhere)
            except Exception as error:  # noqa: BLE001 - the first caller waits longer, and is served
                log_unforeseen(NOBODY, error)
        await send(message)


def _request(state: dict[str, Any]) -> Scope:
    exchange = Exchange(NOBODY, "POST", principal=Principal(NOBODY, NOBODY, frozenset({Allowed.SANDBOX})))
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "POST",
        "path": PATH, "raw_path": PATH.encode(), "root_path": "", "query_string": b"", "client": None, "server": None,
        "headers": [(b"content-type", b"application/json")], "state": {**state, "exchange": exchange},
    }  # fmt: skip


async def _body() -> Message:
    return {"type": "http.request", "body": b"{}", "more_body": False}


async def _nowhere(_: Message) -> None:
    """What is answered is told to nobody."""
