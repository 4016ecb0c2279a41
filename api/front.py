"""What every request passes first and last: a name, a key, an allowance, an end; headers, figures, one line in the log.

It stands before routing, so that whoever has no key learns nothing: not even which addresses there are.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.errors import OverloadedError, RateError
from api.limits import Limits
from api.logs import REQUESTS, RequestLine, log_unforeseen
from api.metrics import Metrics
from core.errors import FinGraphError
from security import Principal

OPEN = frozenset({"/healthz", "/readyz", "/metrics"})
"""Addresses that need no key; they tell of the server, never of anybody."""
REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
GRACE_SECONDS = 2.0
"""Beyond the longest time of a request: for what is not work on a database."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass
class Exchange:
    """One request and what became of it."""

    id: str
    method: str
    began: float = field(default_factory=time.monotonic)
    principal: Principal | None = None
    status: int = 0
    """0: no reply has begun."""
    code: str | None = None
    """Of the problem that was the reply."""

    @property
    def admitted(self) -> Principal:
        """Who is behind it; every route below /v1 comes after the front has seen the key."""
        if self.principal is None:
            raise FinGraphError("internal", "A route that needs a key was reached without one.")
        return self.principal

    def note(self, error: FinGraphError) -> None:
        """Note what the reply will say."""
        self.code = error.code
        self.log(error)

    def log(self, error: FinGraphError) -> None:
        """Log what is wrong with the server itself, with its words."""
        if error.status >= 500:
            fields = {"request_id": self.id, "code": error.code, "message": error.message}
            REQUESTS.warning("problem", extra={"fields": fields})


class Front:
    """The outermost layer around the routes."""

    def __init__(self, app: ASGIApp, limits: Limits, metrics: Metrics) -> None:
        self._app = app
        self._limits = limits
        self._metrics = metrics
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (or the lifespan, which passes)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(_request_id(Headers(scope=scope)), scope["method"])
        scope["state"]["exchange"] = exchange
        self._in_flight += 1
        self._metrics.in_flight.set(self._in_flight)
        try:
            await self._answered(exchange, scope, receive, _with_headers(send, exchange))
        finally:
            self._in_flight -= 1
            self._metrics.in_flight.set(self._in_flight)
            self._told(exchange, scope)

    async def _answered(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._limits.seconds_most + GRACE_SECONDS):
                if scope["path"] not in OPEN:
                    await self._admit(exchange, scope)
                    receive = _bounded(receive, self._limits.body_of(scope["path"]))
                await self._app(scope, receive, send)
        except FinGraphError as error:
            exchange.note(error)
            response = problems.reply(exchange.id, error)
        except TimeoutError:
            late = OverloadedError("api.deadline", "The time of this request is over.", wait_s=1)
            exchange.note(late)
            response = problems.reply(exchange.id, late)
        except Exception as error:  # noqa: BLE001 - the last place where it can be told to the caller and the log
            log_unforeseen(exchange.id, error)
            exchange.code = "internal"
            response = problems.internal(exchange.id)
        else:
            return
        if not exchange.status:
            await response(scope, receive, send)

    async def _admit(self, exchange: Exchange, scope: Scope) -> None:
        """Raise unless a valid key came and may be served now."""
        service = scope["state"]["service"]
        headers = Headers(scope=scope)
        token = _token(headers)
        if self._in_flight > self._limits.requests:
            raise OverloadedError(
                "api.busy", "The server has as much to do as it takes on; try again.", wait_s=1
            )
        exchange.principal = await service.auth_pool.run(lambda: service.keyring.identify(token))
        if int(headers.get("content-length", "0") or 0) > self._limits.body_of(scope["path"]):
            raise problems.named(413)
        wait_s = service.buckets.wait_for(exchange.principal.key_id)
        if wait_s:
            raise RateError("api.rate", "This key asks for more than it may; slow down.", wait_s=wait_s)

    def _told(self, exchange: Exchange, scope: Scope) -> None:
        seconds = time.monotonic() - exchange.began
        route = getattr(scope.get("route"), "path_format", "unmatched")
        method = exchange.method if exchange.method in _METHODS else "other"
        self._metrics.answered(method, route, exchange.status, seconds)
        if exchange.code is not None:
            self._metrics.failed(exchange.code)
        if route in OPEN and exchange.status < 400:
            return  # asked for every few seconds by machines
        key_id = exchange.principal.key_id if exchange.principal else None
        RequestLine(
            exchange.id, method, route, exchange.status, round(seconds * 1_000, 1), key_id, exchange.code
        ).log()


_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


def _request_id(headers: Headers) -> str:
    """The caller's own name of the request when it is well formed, else a new one."""
    given = headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


def _token(headers: Headers) -> str | None:
    """The bearer token, if there is exactly one."""
    given = headers.getlist("authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    return token.strip() if scheme.lower() == "bearer" else None


def _bounded(receive: Receive, most: int) -> Receive:
    """The messages of a body of at most `most` bytes; one that does not say its length is counted as it comes."""
    got = 0

    async def receiving() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > most:
            raise HTTPException(413)  # the framework lets its own kind pass while it reads a body
        return message

    return receiving


def _with_headers(send: Send, exchange: Exchange) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = exchange.id
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
