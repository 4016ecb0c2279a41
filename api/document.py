"""The OpenAPI document: `api/openapi.json` is it, committed; `python -m tests.api.contract` writes it anew, and the client with it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import Response

from api.desk import AtDesk, guarded
from api.front import OPEN
from api.problems import FieldProblem, Problem
from api.v1 import examples, scored_examples
from security import Scope

VERSION = "1.0.0"
"""Of the API: the first number changes when a caller must change."""
FILE = "openapi.json"
DESCRIPTION = """\
Decisions about applications, kept before they are answered; applications, users, identifiers and rings, as they were known
at any moment; neighbours, paths and named questions; read-only Cypher for scripts.

- **Keys**: `Authorization: Bearer fgk_…`, made by `fingraph keys create`. Without a valid one every address answers 401.
- **Moments** are ISO 8601 in UTC (`2025-06-01T00:00:00Z`); `as_of` shows the graph as it was known then.
- **Money** is whole cents. Identifiers are keyed hashes with a masked form; raw values go into bodies only.
- **Pages**: `{items, next, cut}`; send `next` as `after`. A reply that lacks something says so.
- **Failures** are `application/problem+json` with a stable `code`; 429 and 503 say when to try again.
- **Requests** may be named by `X-Request-Id`, and limited by `X-Request-Timeout-Ms`.
"""
TAGS = (
    ("health", "The server itself; no key is needed."),
    ("score", "Decisions, and what they followed from."),
    ("facts", "What comes after an application."),
    ("lists", "Watch and allow lists."),
    ("graph", "Applications, users, identifiers, and going on from them."),
    ("rings", "Applications of several users that hang together."),
    ("questions", "Named questions."),
    ("cypher", "Read-only Cypher."),
    ("document", "This document."),
)


def describe() -> dict[str, Any]:
    """What the application says of itself."""
    return {
        "title": "FinGraph",
        "version": VERSION,
        "description": DESCRIPTION,
        "license_info": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        "openapi_tags": [{"name": name, "description": about} for name, about in TAGS],
        "servers": [{"url": "http://127.0.0.1:8000", "description": "`fingraph serve`"}],
    }


def document(app: FastAPI) -> dict[str, Any]:
    """The document of `app`, with its keys and problems."""
    made = dict(app.openapi())
    parts = made["components"]
    parts["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "`fgk_…`, made by `fingraph keys create`."}
    }
    for model in (Problem, FieldProblem):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        parts["schemas"][model.__name__] = schema
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    for path, operations in made["paths"].items():
        for operation in operations.values():
            operation["security"] = [] if path in OPEN else [{"key": []}]
            _show(operation)
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _told_once(parameter["schema"])
    return made


def _show(operation: dict[str, Any]) -> None:
    """Put the examples in. The framework would leave out what is null in them."""
    name = operation["operationId"]
    replies = examples.REPLIES | scored_examples.REPLIES
    requests = examples.REQUESTS | scored_examples.REQUESTS
    if name in replies:
        operation["responses"]["200"]["content"]["application/json"]["example"] = replies[name]
    if name in requests:
        operation["requestBody"]["content"]["application/json"]["example"] = requests[name]


def _told_once(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without null: it is optional by being left out, for an address cannot hold a null."""
    ways = [way for way in schema.get("anyOf", ()) if way != {"type": "null"}]
    if len(ways) != 1:
        return schema
    return {**ways[0], **{name: value for name, value in schema.items() if name != "anyOf"}}


def text(app: FastAPI) -> str:
    """The document as it is committed."""
    return json.dumps(document(app), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def committed() -> str:
    """The committed document."""
    return (files("api") / FILE).read_text(encoding="utf-8")


router = APIRouter(prefix="/v1/openapi.json", route_class=guarded(Scope.READ), tags=["document"])


@router.get("", operation_id="get_document", summary="This document", include_in_schema=False)
async def get_document(_: AtDesk) -> Response:
    """The OpenAPI document of this server."""
    return Response(committed(), media_type="application/json")
