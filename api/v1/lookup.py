"""From a raw identifier to its key. The value comes in the body, and leaves with nothing: no reply, log or error has it."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.desk import AtDesk, guarded
from api.responses import PROBLEMS
from api.v1.models import Asked, AsOf, Label, Model, Text, Time
from core.errors import NotFoundError, UsageError
from core.graph import Graph
from graph_schema import Schema
from graph_schema.live import stored_state
from loaders.hashing import Hasher
from loaders.identify import identify
from loaders.normalise import REASONS
from queries.entities import identifier
from security import Scope, digest_of

router = APIRouter(prefix="/v1/identifiers", route_class=guarded(Scope.READ), tags=["graph"])


OptionName = Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")]


class LookupAsked(Asked):
    """A raw value and what it is."""

    type: Label
    value: Annotated[Text, Field(min_length=1, max_length=512, description="As somebody wrote it.")]
    source: Annotated[
        Text, Field(max_length=200, description="The source, for types whose values count within theirs.")
    ] = ""
    options: dict[OptionName, Annotated[Text, Field(max_length=100)]] = Field(
        default_factory=dict,
        max_length=10,
        description="Options of the normaliser, as in a mapping: `country` of phones, say.",
    )
    as_of: AsOf | None = None


class Found(Model):
    """What stands for the value in the graph."""

    type: str
    key: str = Field(description="The keyed hash: its id in /v1/identifiers.")
    masked: str | None = Field(description="What a person may see of the value.")
    known: bool = Field(description="Whether something had named it by `as_of`.")
    as_of: Time


@router.post(
    "/lookup",
    operation_id="lookup_identifier",
    summary="The key of a raw identifier",
    response_model=Found,
    responses=PROBLEMS,
)
async def lookup_identifier(desk: AtDesk, asked: LookupAsked) -> Response:
    """Normalised and hashed as a load does it. The audit log keeps a keyed digest of what was asked, not the value."""
    point, hasher = desk.point(asked.as_of), desk.service.hasher
    digest = digest_of(hasher.key, f"{asked.type}\x1f{asked.value}")
    await desk.audit("identifier.lookup", "identifier", {"value": digest})
    return desk.reply(await desk.ask(lambda graph, schema: look_up(graph, schema, hasher, asked, point)))


def look_up(graph: Graph, schema: Schema, hasher: Hasher, asked: LookupAsked, as_of: int) -> Found:
    """The key of a raw value. Raises `UsageError`: `schema.unknown_label`, `lookup.source`, `lookup.value`,
    `normalise.option`; `lookup.hash_key` when this server hashes with another key than the graph."""
    kind = schema.identifier(asked.type)
    state = stored_state(graph)
    if state is not None and state["hash_key_id"] not in (None, hasher.key_id):
        raise UsageError(
            "lookup.hash_key", "This server holds another hashing key than the graph was made with."
        )
    if kind.scope == "source" and not asked.source:
        raise UsageError("lookup.source", f"Values of {kind.label} count within their source; name it.")
    row = identify(pl.Series([asked.value], dtype=pl.String), kind, asked.source, hasher, asked.options)
    key, masked, reason = row.select("key", "masked", "reason").row(0)
    if key is None:
        why = REASONS.get(reason or "value.blank", "it is empty")
        raise UsageError("lookup.value", f"This cannot be a value of {kind.label}: {why}")
    try:
        identifier(graph, schema, kind.label, key, as_of=as_of)
        known = True
    except NotFoundError:
        known = False
    return Found(type=kind.label, key=key, masked=masked, known=known, as_of=as_of)
