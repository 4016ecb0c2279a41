"""Whether the server lives, whether it can answer, and its figures: open to machines, and about nobody."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from api.metrics import CONTENT_TYPE
from api.v1.models import Model

router = APIRouter(tags=["health"])


class Alive(Model):
    """The process runs."""

    status: str = "alive"


class PartTold(Model):
    """A part that must be there before requests are answered well."""

    name: str
    ready: bool
    code: str | None = Field(description="Why not, as an error's code.")


class Ready(Model):
    """Whether this server answers well, and which part is missing."""

    ready: bool
    parts: list[PartTold]


@router.get("/healthz", operation_id="healthz", summary="Whether the process runs", response_model=Alive)
async def healthz() -> Response:
    """Always yes, as long as somebody answers at all; it asks no database."""
    return Response(Alive().model_dump_json(), media_type="application/json")


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Whether requests are answered well",
    response_model=Ready,
    responses={503: {"model": Ready, "description": "A part is missing; `parts` says which."}},
)
async def readyz(request: Request) -> Response:
    """Yes when the graph and SQL answer, their schemas fit this version, and plans and page cache are warm."""
    service = request.state.service
    parts = [PartTold(name=one.name, ready=one.ready, code=one.code) for one in service.readiness.parts()]
    ready = all(part.ready for part in parts)
    service.metrics.ready(ready)
    body = Ready(ready=ready, parts=parts).model_dump_json()
    headers = {} if ready else {"Retry-After": "2"}
    return Response(body, 200 if ready else 503, headers, media_type="application/json")


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Counts and times by route and status; no ids, keys or values."""
    return Response(request.state.service.metrics.text(), media_type=CONTENT_TYPE)
