"""Read-only Cypher for scripts. Who asks what is in the audit log before it runs, as keyed digests."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, Field, JsonValue
from starlette.responses import Response

from api.desk import AtDesk, guarded
from api.responses import PROBLEMS
from api.v1.models import Asked, Model, Text
from queries.console import run_readonly
from security import Scope, digest_of

router = APIRouter(prefix="/v1/cypher", route_class=guarded(Scope.ADMIN), tags=["cypher"])

DEEPEST, LARGEST = 10, 2**63
PERCENT = 0.9
"""Of the time that is left, what the statement may take: the rest is for its reply."""


def _fitting(value: JsonValue, depth: int = 0) -> JsonValue:
    """What Neo4j can take: whole numbers of 64 bits, texts that are texts, nothing nested too deep."""
    if depth > DEEPEST:
        raise ValueError(f"must not be nested deeper than {DEEPEST}")
    if isinstance(value, int) and not isinstance(value, bool) and not -LARGEST <= value < LARGEST:
        raise ValueError("must have whole numbers of 64 bits")
    if isinstance(value, str):
        value.encode()
    for one in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        _fitting(one, depth + 1)
    for name in value if isinstance(value, dict) else ():
        name.encode()
    return value


class CypherAsked(Asked):
    """A statement that only reads."""

    statement: Text = Field(min_length=1, max_length=20_000)
    parameters: Annotated[dict[str, JsonValue], AfterValidator(_fitting)] = Field(default_factory=dict)
    rows: Annotated[int, Field(ge=1, le=10_000, description="Rows, at most.")] = 1_000
    bytes: Annotated[int, Field(ge=1_000, le=20_000_000, description="Bytes of all rows, at most.")] = (
        5_000_000
    )
    seconds: Annotated[float, Field(gt=0, le=60, description="Time of the statement, at most.")] = 10.0


class Table(Model):
    """Rows of a statement. It sees the graph as it is now."""

    columns: list[str]
    items: list[list[Any]] = Field(description="A list a row, in the order of `columns`.")
    next: None = Field(description="Always null: free Cypher has no next page.")
    cut: bool
    cut_by: list[str] = Field(description="`rows` or `bytes`.")
    seconds: float


@router.post(
    "",
    operation_id="run_cypher",
    summary="Run read-only Cypher",
    response_model=Table,
    responses=PROBLEMS,
)
async def run_cypher(desk: AtDesk, asked: CypherAsked) -> Response:
    """Checked word by word and by its plan, run in a read transaction between bounds, and audited. Times in rows are
    what the graph holds: microseconds since 1970 UTC."""
    key = desk.service.hasher.key
    parameters = json.dumps(asked.parameters, sort_keys=True, ensure_ascii=True)
    digests = {"statement": digest_of(key, asked.statement), "parameters": digest_of(key, parameters)}
    await desk.audit("cypher.run", "cypher", {**digests, "rows": asked.rows, "bytes": asked.bytes})
    seconds = min(asked.seconds, desk.left() * PERCENT)
    found = await desk.ask(
        lambda graph, _: run_readonly(
            graph, asked.statement, asked.parameters, seconds=seconds, rows=asked.rows, bytes=asked.bytes
        )
    )
    return desk.reply(
        Table(
            columns=[column.name for column in found.columns],
            items=[list(row) for row in found.rows],
            next=None,
            cut=found.cut,
            cut_by=list(found.cut_by),
            seconds=found.seconds,
        )
    )
