"""The parts of the OpenAPI document that operations share."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from api.problems import MEDIA_TYPE, Problem

_SAYS = {
    400: "The request cannot be read.",
    401: "No valid key came with the request; it is not said what is wrong with it.",
    403: "The key lacks the scope that this address needs, whatever it is about.",
    404: "It does not exist, or was not known at that moment.",
    409: "It stands already, with other content; the first stands.",
    413: "The body is larger than a request may be.",
    422: "The request is not as it should be.",
    429: "The key asks for more than it may; `Retry-After` says when to go on.",
    500: "A fault of the server; its log tells of it under `request_id`.",
    503: "The database is away or slow, or the server has too much to do; `Retry-After` says when to try again.",
}
_CODES = {
    400: "api.request",
    401: "auth.key",
    403: "auth.scope",
    404: "entities.unknown",
    409: "score.conflict",
    413: "api.body",
    422: "api.invalid",
    429: "api.rate",
    500: "internal",
    503: "graph.unavailable",
}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}


def _problem(status: int) -> dict[str, Any]:
    told = {
        "type": f"urn:fingraph:error:{_CODES[status]}",
        "title": _TITLES[status],
        "status": status,
        "detail": _SAYS[status],
        "code": _CODES[status],
        "request_id": "5f2b8c1d0e9a4b7c8d6e5f4a3b2c1d0e",
        "hints": [],
        "errors": [],
    }
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    made: dict[str, Any] = {
        "description": _SAYS[status],
        "content": {MEDIA_TYPE: {"schema": schema, "example": told}},
    }
    return made | ({"headers": _RETRY} if status in (429, 503) else {})


_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}

WRITES: dict[int | str, dict[str, Any]] = {status: _problem(status) for status in _SAYS}
"""The ways in which an operation below /v1 that writes can fail."""
PROBLEMS = {status: told for status, told in WRITES.items() if status != HTTPStatus.CONFLICT}
"""And any other."""
NOT_CHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "What the caller has (`If-None-Match`) says the same."}
}
