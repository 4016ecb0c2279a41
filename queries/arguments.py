"""The values that a question is asked with, checked. No error repeats a value: it may be a person's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.clock import moment_us
from core.errors import UsageError
from graph_schema import Schema
from queries.specs import Kind, Param, Question

KEY_LONGEST = 500
MOMENT_MOST = 4_102_444_800_000_000
"""The year 2100 in µs: a greater number is milliseconds or nanoseconds by mistake, or nonsense."""

_TEXT = re.compile(r"[A-Za-z0-9_.-]{1,80}")


def arguments(spec: Question, schema: Schema, params: Mapping[str, object]) -> dict[str, str | int]:
    """Every parameter of `spec` with its value, defaults filled in; numbers and times may come as text.

    Raises `UsageError`: `questions.parameter` for one that the question does not take, `questions.missing` for one
    that it needs, `questions.value` for a value that is not what it should be.
    """
    if unknown := [name for name in params if spec.param(name) is None]:
        takes = ", ".join(param.name for param in spec.params) or "none"
        what = "one of these" if len(unknown) > 1 else "such a"
        raise UsageError(
            "questions.parameter", f"{spec.name} does not take {what} parameter; it takes: {takes}."
        )
    found: dict[str, str | int] = {}
    for param in spec.params:
        value = params.get(param.name)
        if value is None:
            if param.default is None:
                raise UsageError("questions.missing", f"{spec.name} needs '{param.name}': {param.about}")
            value = param.default
        found[param.name] = _value(param, schema, value)
    return found


def moment(value: object) -> int:
    """A point in time (µs) from a whole number or from text; raises `UsageError` (`questions.as_of`)."""
    try:
        return _moment(value)
    except ValueError:
        raise UsageError(
            "questions.as_of",
            "as_of is a moment like 2025-03-01T00:00:00Z, or whole microseconds since 1970.",
        ) from None


def _value(param: Param, schema: Schema, value: object) -> str | int:
    try:
        return _read(param, schema, value)
    except ValueError as error:
        raise UsageError("questions.value", f"'{param.name}' must be {error}.") from None


def _read(param: Param, schema: Schema, value: object) -> str | int:
    """Raises `ValueError` that says what it must be."""
    if param.kind is Kind.INTEGER:
        return _integer(param, value)
    if param.kind is Kind.TIME:
        return _moment(value)
    if not isinstance(value, str):
        raise ValueError("a text")  # noqa: TRY004 - becomes a UsageError
    if param.kind is Kind.TYPE:
        known = param.types or tuple(identifier.label for identifier in schema.identifiers)
        if value not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return value
    if param.kind is Kind.TEXT:
        if _TEXT.fullmatch(value) is None:
            raise ValueError("a short word of letters, digits, '_', '.' and '-'")
        return value
    if not 1 <= len(value) <= KEY_LONGEST or not value.isprintable():
        raise ValueError("a key: printable and not empty")
    return value


def _integer(param: Param, value: object) -> int:
    least, most = param.least or 0, param.most or 0
    wrong = ValueError(f"a whole number from {least:,} to {most:,}")
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise wrong
    return value


def _moment(value: object) -> int:
    if isinstance(value, str):
        value = int(value) if re.fullmatch(r"[0-9]{1,17}", value) else _parsed(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOMENT_MOST:
        raise ValueError("a moment like 2025-03-01T00:00:00Z, or whole microseconds since 1970")
    return value


def _parsed(text: str) -> int:
    try:
        return moment_us(text)
    except UsageError:
        return 0
