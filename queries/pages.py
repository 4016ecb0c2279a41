"""Pages of long lists: each says where the next one begins, by the place of its last row in the order.

A place is no number of rows: what is added between two pages moves nothing, so all pages together hold each row once.
The token that carries it is opaque, and good for the question that it came from only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError

TOKEN_LONGEST = 4_000
Value = str | int | float | bool


@dataclass(frozen=True)
class Place:
    """Where a page begins, and the moment that the first page was asked as of."""

    as_of: int
    values: tuple[Value, ...]
    """Of the last row before it, by the order of the list."""


def asked(*about: object) -> str:
    """What a token is good for: a digest of the question, which shows nothing of it."""
    text = json.dumps(about, separators=(",", ":"), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def token(question: str, place: Place) -> str:
    """The token of a page that begins after `place`; `question` is as `asked` makes it."""
    text = json.dumps([question, place.as_of, place.values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_token(question: str, text: str, kinds: Sequence[type], as_of: int | None = None) -> Place:
    """The place that `text` carries: values of `kinds`, in order.

    Raises `UsageError` (`page.after`) when `text` is no token, or one of another question, order or moment.
    """
    wrong = UsageError("page.after", "Continue with the `next` of the page before, and ask for the same.")
    read = _decoded(text)
    if read is None or read[0] != question:
        raise wrong
    point, values = read[1], read[2]
    fits = isinstance(values, list) and len(values) == len(kinds)
    if not fits or not all(map(_fits, values, kinds)) or as_of not in (None, point):
        raise wrong
    return Place(point, tuple(values))


def after(columns: Sequence[tuple[str, bool]], parameter: str = "after") -> str:
    """In Cypher, whether a row comes after the place `$after`: later in one of `columns`, equal in those before.

    `columns`: expressions that are never null, and whether they descend.
    """
    ways: list[str] = []
    equal: list[str] = []
    for place, (column, descending) in enumerate(columns):
        ways.append(" AND ".join([*equal, f"{column} {'<' if descending else '>'} ${parameter}[{place}]"]))
        equal.append(f"{column} = ${parameter}[{place}]")
    return " OR ".join(f"({way})" for way in ways)


def order(columns: Sequence[tuple[str, bool]]) -> str:
    """`columns` as Cypher's ORDER BY takes them."""
    return ", ".join(f"{column} DESC" if descending else column for column, descending in columns)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _fits(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, float) or _whole(value)
    return _whole(value) if kind is int else isinstance(value, kind)


def moment_of(text: str) -> int | None:
    """The moment that the token of a page carries (µs), so that its reply can say it; None for what is no token."""
    read = _decoded(text)
    return None if read is None else read[1]


def _decoded(text: str) -> list[Any] | None:
    """The three parts of a token, the second a moment; None for what is none."""
    try:
        padded = text[:TOKEN_LONGEST].encode("ascii") + b"=" * (-len(text) % 4)
        read = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        return None
    return read if isinstance(read, list) and len(read) == 3 and _whole(read[1]) else None
