"""What is said when a request fails: `application/problem+json` (RFC 9457) with our codes.

No problem quotes what was sent: a value that was mistyped may still be somebody's phone number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from itertools import takewhile
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.errors import BodyError, MethodError, RequestError
from api.v1.models import Asked
from core.errors import FinGraphError, NotFoundError, UsageError

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2
"""When to try again after a database that does not answer."""
ERRORS_MOST = 20
_PLACES = ("query", "path", "header", "body")


class FieldProblem(BaseModel):
    """One field that is not as it should be."""

    where: str = Field(description="Where it came: query, path, header or body, and the field's name.")
    code: str = Field(description="What is wrong, as one word.")
    message: str = Field(description="What it should be; never what it was.")


class Problem(BaseModel):
    """Why a request failed, after RFC 9457."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="`urn:fingraph:error:` and the code.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened and what to do.")
    code: str = Field(description="Stable name of the case; docs/errors.md lists them.")
    request_id: str = Field(description="Names this request in the server's log.")
    hints: list[str] = Field(default_factory=list, description="Ways on.")
    errors: list[FieldProblem] = Field(default_factory=list, description="For `api.invalid`: each field.")


def reply(
    request_id: str,
    error: FinGraphError,
    *,
    errors: Iterable[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem of an error of the tree, as a reply."""
    problem = problem_of(request_id, error, errors)
    told = {**(headers or {}), **_headers(error.status, getattr(error, "wait_s", None))}
    return Response(problem.model_dump_json(), error.status, told, media_type=MEDIA_TYPE)


def problem_of(request_id: str, error: FinGraphError, errors: Iterable[FieldProblem] = ()) -> Problem:
    """The problem of an error of the tree. What is wrong with the server itself is for its log, not for callers."""
    detail, hints = error.message, error.hints
    if error.status >= 500 and getattr(error, "wait_s", None) is None:
        detail, hints = _hidden(request_id, error.status), ()
    return Problem(
        type=f"urn:fingraph:error:{error.code}",
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        detail=detail,
        code=error.code,
        request_id=request_id,
        hints=list(hints),
        errors=list(errors)[:ERRORS_MOST],
    )


def unforeseen() -> FinGraphError:
    """The error that stands for what nobody foresaw."""
    return FinGraphError("internal", "Something went wrong inside FinGraph.")


def internal(request_id: str) -> Response:
    """The problem of what nobody foresaw."""
    return reply(request_id, unforeseen())


def of_http(request_id: str, error: HTTPException) -> Response:
    """The problem of what the framework refuses: no such route, another method, a body too large."""
    return reply(request_id, named(error.status_code), headers=error.headers)


def of_validation(request_id: str, error: RequestValidationError) -> Response:
    """The problem of a request whose fields are not as they should be."""
    said = UsageError("api.invalid", "The request is not as it should be; `errors` tells of each field.")
    return reply(request_id, said, errors=[_field(one) for one in error.errors()[:ERRORS_MOST]])


def named(status: int) -> FinGraphError:
    """The error that stands for a status of the framework."""
    if status == 404:
        return NotFoundError("api.no_route", "There is nothing at this address; see /v1/openapi.json.")
    if status == 405:
        return MethodError(
            "api.method", "This address does not take this method; `Allow` names those it takes."
        )
    if status == 413:
        return BodyError("api.body", "The body is larger than a request may be.")
    return RequestError("api.request", "The request cannot be read.")


def _hidden(request_id: str, status: int) -> str:
    if status == 503:
        return "The service cannot answer just now; try again in a few seconds."
    return f"Something went wrong inside; the server's log tells of it under {request_id}."


def _headers(status: int, wait_s: float | None) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="fingraph"'}
    if status in (429, 503):
        return {"Retry-After": str(max(1, math.ceil(RETRY_SECONDS if wait_s is None else wait_s)))}
    return {}


def _field(error: Mapping[str, Any]) -> FieldProblem:
    """One field's problem: its place as far as the document of this API names it, since a key of the body may be
    anything that somebody typed."""
    first, *rest = error["loc"] if error["type"] != "json_invalid" else error["loc"][:1]
    known = takewhile(lambda part: isinstance(part, int) or part in _declared() or _plain(error, part), rest)
    place = (first, *(known if first == "body" else rest[:1] if first in _PLACES else ()))
    return FieldProblem(where=".".join(map(str, place)), code=error["type"], message=_words(error))


def _plain(error: Mapping[str, Any], part: str) -> bool:
    """Whether a field that is not taken is called so that it can be told: small letters, as a misspelt name has."""
    return bool(error["type"] == "extra_forbidden" and re.fullmatch("[a-z_]{1,40}", part))


@cache
def _declared() -> frozenset[str]:
    """Names of fields of bodies."""
    waiting, found = [Asked], set[str]()
    while waiting:
        found |= waiting[-1].model_fields.keys()
        waiting = [*waiting[:-1], *waiting.pop().__subclasses__()]
    return frozenset(found)


def _words(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "There is a field that this request does not take."
    if error["type"] == "json_invalid":
        return "The body is no JSON."
    return str(error["msg"]).removeprefix("Value error, ")
