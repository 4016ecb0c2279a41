"""What a route works with: the parts of the service, the time that is left, and how a reply is given."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Coroutine, Iterable
from functools import cache
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from api.errors import OverloadedError
from api.front import Exchange
from api.limits import Limits
from api.logs import log_unforeseen
from api.problems import FieldProblem, Problem, problem_of, unforeseen
from api.service import Service
from core.errors import FinGraphError, UsageError
from core.graph import Graph
from graph_schema import Schema
from queries.pages import moment_of
from security import Entry, Principal, Scope, record
from security.entry import Params

T = TypeVar("T")

UNTAGGED = frozenset({"as_of", "seconds", "next"})
"""Fields of a reply that say when it was made, or carry it, and not what it says."""
_DEFAULTS = Limits()


class Desk:
    """One request's way to the graph and to SQL; made by `AtDesk`."""

    def __init__(self, request: Request, timeout_ms: int | None) -> None:
        self._request = request
        self._service: Service = request.state.service
        exchange: Exchange = request.state.exchange
        self._exchange = exchange
        self.principal: Principal = exchange.admitted
        limits = self._service.limits
        self._deadline: float = exchange.began + (
            limits.seconds if timeout_ms is None else min(timeout_ms / 1_000, limits.seconds_most)
        )

    @property
    def request_id(self) -> str:
        """What the server's log calls the request."""
        return self._exchange.id

    @property
    def service(self) -> Service:
        """The parts of the server."""
        return self._service

    def point(self, as_of: int | None, after: str | None = None) -> int:
        """The moment (µs) that the request is answered as of: the one asked for, that of the pages before, or now."""
        if as_of is not None:
            return as_of
        return (moment_of(after) if after else None) or self._service.clock()

    def left(self) -> float:
        """Seconds of this request that are left; none left is 1 ms, which times out with the right words."""
        return max(0.001, self._deadline - time.monotonic())

    async def ask(self, work: Callable[[Graph, Schema], T]) -> T:
        """What `work` finds in the graph, which ends with the request's time.

        Raises `OverloadedError` (`api.busy`, `api.deadline`) and what `work` raises.
        """
        service, graph = self._service, self._service.graph.until(self._deadline)
        return await self.in_time(service.pool.run(lambda: work(graph, service.schemas.of(graph))))

    def problem(self, error: Exception, fields: Iterable[FieldProblem] = ()) -> Problem:
        """What the reply says of a part that failed; logged and counted as that of a whole request would be."""
        if isinstance(error, FinGraphError):
            told = error
            self._exchange.log(told)
        else:
            told = unforeseen()
            log_unforeseen(self.request_id, error)
        if told.status >= 500:
            self._service.metrics.failed(told.code)
        return problem_of(self.request_id, told, fields)

    async def audit(self, action: str, about: str, params: Params) -> None:
        """Write a row to the audit log, on disk before the request goes on; raises what `record` raises."""
        entry = Entry(self.principal.key_id, action, about, params)
        service = self._service
        await self.in_time(service.auth_pool.run(lambda: record(service.sql, entry, clock=service.clock)))

    def reply(self, model: BaseModel) -> Response:
        """The model as JSON. A GET carries a weak ETag over what it says, and is answered 304 when the caller has it."""
        body = model.model_dump_json()
        if self._request.method != "GET":
            return Response(body, media_type="application/json")
        said = model.model_dump_json(exclude=_untagged(type(model)))
        tag = f'W/"{hashlib.blake2b(said.encode(), digest_size=16).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
        if _has(self._request.headers.getlist("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    async def in_time(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` comes to within the request's time; raises `OverloadedError` (`api.deadline`)."""
        try:
            async with asyncio.timeout(self.left()):
                return await work
        except TimeoutError:
            raise OverloadedError(
                "api.deadline", "The time of this request is over; ask for less, or allow more.", wait_s=1
            ) from None


async def at_desk(
    request: Request,
    timeout_ms: Annotated[
        int | None,
        Header(
            alias="X-Request-Timeout-Ms",
            ge=int(_DEFAULTS.seconds_least * 1_000),
            le=int(_DEFAULTS.seconds_most * 1_000),
            description="How long the caller will wait, in milliseconds (default 30,000). The database is told.",
        ),
    ] = None,
) -> Desk:
    """The desk of a request; `async`, or each request would be handed to another thread for it."""
    return Desk(request, timeout_ms)


AtDesk = Annotated[Desk, Depends(at_desk)]


def guarded(scope: Scope, *or_: Scope) -> type[APIRoute]:
    """Routes that need `scope`, or another that is as good: asked for before anything of the request is read, so that a refusal depends on the
    key and the address alone."""

    class Guarded(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle, taken = super().get_route_handler(), _query_names(self)

            async def asked(request: Request) -> Response:
                exchange: Exchange = request.state.exchange
                if not any(exchange.admitted.allows(one) for one in or_):
                    exchange.admitted.require(scope)
                if not taken.issuperset(request.query_params):
                    takes = ", ".join(sorted(taken)) or "none"
                    raise UsageError(
                        "api.parameter",
                        f"There is a parameter that this address does not take; it takes: {takes}.",
                    )
                return await handle(request)

            return asked

    return Guarded


@cache
def _untagged(model: type[BaseModel]) -> dict[str, Any]:
    """What an ETag leaves out of a model, and of the models inside it."""
    left_out: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        inner = field.annotation
        if name in UNTAGGED:
            left_out[name] = True
        elif isinstance(inner, type) and issubclass(inner, BaseModel) and (more := _untagged(inner)):
            left_out[name] = more
    return left_out


def _query_names(route: APIRoute) -> frozenset[str]:
    """The query parameters of a route. A mistyped `as_of` must not be passed over: the reply would be of another moment."""
    names: set[str] = set()
    for field in route.dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            names |= {one.alias or name for name, one in model.model_fields.items()}
        else:
            names.add(field.alias)
    return frozenset(names)


def _has(given: list[str], tag: str) -> bool:
    """Whether If-None-Match names the tag; weak comparison (RFC 9110, 13.1.2)."""
    named = [one.strip() for line in given for one in line.split(",")]
    return "*" in named or any(one.removeprefix("W/") == tag.removeprefix("W/") for one in named)
