"""The application: routes, problems, and the layer in front of them."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api import document, problems
from api.front import Exchange, Front
from api.limits import Limits
from api.logs import write_json_lines
from api.metrics import Metrics
from api.rehearsal import Rehearsal
from api.service import running
from api.v1 import cypher, entities, expand, facts, health, lists, lookup, questions, rings, score
from core.clock import Clock, now_us
from core.errors import FinGraphError
from core.settings import Settings, load_settings
from scoring import InvalidError

ROUTERS = (
    score.router,  # first: every address before it is held against that of a request
    health.router,
    entities.router,
    lookup.router,
    rings.router,
    expand.router,
    questions.router,
    cypher.router,
    score.decisions,
    facts.router,
    lists.router,
    document.router,
)


def create_app(settings: Settings, *, limits: Limits | None = None, clock: Clock = now_us) -> FastAPI:
    """The application for `settings`. It opens the graph and SQL when it starts, not before.

    No page of it loads anything from elsewhere: there is the document at /v1/openapi.json, and no viewer of it.
    """
    bounds, metrics = limits or Limits(), Metrics()
    app = FastAPI(
        **document.describe(),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=partial(running, settings=settings, limits=bounds, metrics=metrics, clock=clock),
    )
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(FinGraphError, _on_error)
    app.add_exception_handler(InvalidError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_middleware(Rehearsal)
    app.add_middleware(Front, limits=bounds, metrics=metrics)
    return app


def from_environment() -> FastAPI:
    """The application of the environment's settings, as a worker process makes it."""
    write_json_lines()
    return create_app(load_settings())


def _exchange(request: Request) -> Exchange:
    found: Exchange = request.state.exchange
    return found


async def _on_error(request: Request, error: Any) -> Response:
    exchange = _exchange(request)
    exchange.note(error)
    return problems.reply(exchange.id, error)


async def _on_invalid(request: Request, error: Any) -> Response:
    exchange = _exchange(request)
    exchange.note(error)
    return problems.reply(exchange.id, error, errors=score.fields_of(error))


async def _on_http(request: Request, error: Any) -> Response:
    exchange = _exchange(request)
    exchange.note(problems.named(error.status_code))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:  # the framework names those of one route alone
        error.headers = {"Allow": ", ".join(sorted(_methods(request)))}
    return problems.of_http(exchange.id, error)


def _methods(request: Request) -> set[str]:
    """Every method that the address takes."""
    found: set[str] = set()
    for router in ROUTERS:
        for route in router.routes:
            if route.matches(request.scope)[0] is not Match.NONE:
                found |= getattr(route, "methods", None) or set()
    return found


async def _on_validation(request: Request, error: Any) -> Response:
    exchange = _exchange(request)
    exchange.code = "api.invalid"
    return problems.of_validation(exchange.id, error)
