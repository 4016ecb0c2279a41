"""What requests and replies are made of. Times are ISO 8601 in UTC with a Z, money is whole cents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Query
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from core.clock import iso, moment_us
from core.errors import UsageError
from graph_schema import Schema
from graph_schema.model import Type

EARLIEST, LATEST = 1, 4_102_444_800_000_000
"""1970 and 2100 in µs: facts of this graph lie between them, so a moment beyond one means it."""
TOKEN_LONGEST = 4_000
_EXAMPLE = "2025-06-01T00:00:00Z"
_NO_MOMENT = f"must be a moment like {_EXAMPLE}"

M = TypeVar("M", bound=BaseModel)


class Model(BaseModel):
    """A part of a reply, made from the dataclasses of the rooms below."""

    model_config = ConfigDict(from_attributes=True, extra="ignore", serialize_by_alias=True)


class Asked(BaseModel):
    """The body of a request: a field that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid")


def _moment(value: object) -> object:
    if not isinstance(value, str) or "T" not in value.upper():
        raise ValueError(_NO_MOMENT)
    try:
        read = moment_us(value.upper())
    except (UsageError, OverflowError):
        raise ValueError(_NO_MOMENT) from None
    return read


def _tellable(read: int) -> int:
    try:
        iso(read)
    except (ValueError, OverflowError):  # its offset leads out of the years 1 to 9999
        raise ValueError(_NO_MOMENT) from None
    return read


_Read = Annotated[
    int,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": [_EXAMPLE]}),
]
Moment = Annotated[_Read, AfterValidator(_tellable)]
"""A moment as it is sent, RFC 3339; µs inside."""
Point = Annotated[_Read, AfterValidator(lambda read: min(max(read, EARLIEST), LATEST))]
"""A moment at which the graph is seen."""
Time = Annotated[
    int,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": [_EXAMPLE]}),
]
"""A moment as it is told; µs inside."""


def _encodable(value: str) -> str:
    value.encode()  # a lone surrogate, which JSON can spell, is no text: ValueError
    return value


Text = Annotated[str, AfterValidator(_encodable)]
Key = Annotated[
    Text,
    Field(
        min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$", description="A key, as replies give it."
    ),
]
Label = Annotated[Text, Field(pattern=r"^[A-Z][A-Za-z0-9]{0,39}$", description="A type, such as Phone.")]
"""Errors name a type that does not exist, so what is let through looks like one."""
Limit = Annotated[int, Field(ge=1, le=1_000, description="Items of a page, at most.")]
After = Annotated[
    Text,
    Field(max_length=TOKEN_LONGEST, description="The `next` of the page before; ask for the same as then."),
]
AsOf = Annotated[
    Point, Field(description="See the graph as it was known at this moment; nothing later is in the reply.")
]
AsOfQuery = Annotated[
    Point | None,
    Query(
        description="See the graph as it was known at this moment (default: now); nothing later is in the reply."
    ),
]
LimitQuery = Annotated[int, Query(ge=1, le=1_000, description="Items of a page, at most.")]
AfterQuery = Annotated[
    str | None,
    Query(max_length=TOKEN_LONGEST, description="The `next` of the page before; ask for the same as then."),
]


class Page(Model):
    """Part of a list."""

    next: str | None = Field(description="Continues the list; null on the last page.")
    cut: bool = Field(description="Whether something is missing: go on with `next`, or see `cut_by`.")


def told(schema: Schema, label: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of a node of that type, with their times as text."""
    times = {p.name for p in schema.node(label).properties if p.type is Type.TIME}
    return {name: iso(value) if name in times else value for name, value in properties.items()}


def shaped(model: type[M], found: Any, **more: Any) -> M:
    """`found` (a dataclass or a mapping) as `model`, with fields that it does not have itself."""
    names = model.model_fields
    held = {
        name: (found.get(name) if isinstance(found, dict) else getattr(found, name))
        for name in names
        if name not in more and (name in found if isinstance(found, dict) else hasattr(found, name))
    }
    return model.model_validate({**held, **more}, from_attributes=True)
