"""From an application as a lender's system sends it to an arrival: normalised, hashed, and with no raw value left."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from core.clock import DAY, moment_us
from core.errors import FinGraphError, UsageError
from graph_schema import Schema
from graph_schema.model import NodeType, Property, Type
from loaders.arrive import Arrival, Named
from loaders.hashing import Hasher
from loaders.identify import identify, identify_one
from loaders.normalise import NORMALISERS, REASONS
from loaders.rows import LONGEST_ID, is_one_id
from security.entry import canonical
from snapshot.shape import told_of

MOST_IDENTIFIERS = 1_000
LONGEST_TEXT = 2_000
ADDRESS = re.compile(r"(?<![^@\s])[^@\s]+@[^@\s]+\.[^\W\d_]{2,}")
ID_NUMBER = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?![\dXx])")
"""What an e-mail address and an identity number look like, wherever they stand in a text; in time that grows as the text does."""
NUMBER = re.compile(r"(?<![A-Za-z0-9])\d(?:[ -]?\d){10,18}(?![A-Za-z0-9])")
"""What a phone, card or identity number looks like in a sentence."""
PUBLISHED = "id_number.placeholder"
"""An example that everybody knows; a system that lets it through would let others through, too."""
CHOICES = {"sex": ("F", "M")}
"""What a property holds, where it is compared with what an identity number says."""
LARGEST = 9_000_000_000_000_000
EARLIEST = -2_208_988_800_000_000
"""1900-01-01: a time before it is a mistake; so is one more than a day ahead."""
BLANK = "".join(chr(one) for one in range(0x3001) if chr(one).isspace() and not 0x1C <= one <= 0x1F)
"""What files trim from texts: all that Python trims but the four separators, which are control characters."""
NAMES = ("lender", "product")
"""Properties that the graph looks things up by; they hold what an id can."""
Told = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True)
class Field:
    """What is wrong with a field, never what it was."""

    where: str
    code: str
    message: str


class InvalidError(FinGraphError):
    """Fields of a request are not as they should be; nothing was written."""

    status = 422
    exit_code = 2

    def __init__(self, code: str, message: str, *, fields: list[Field]) -> None:
        super().__init__(code, message)
        self.fields = fields


@dataclass(frozen=True)
class Given:
    """An identifier as somebody wrote it."""

    type: str
    value: str = field(repr=False)
    role: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """An application or another event, as it is sent."""

    source: str
    id: str
    user: str | None = None
    event_at: int | None = None
    """µs"""
    identifiers: tuple[Given, ...] = field(default=(), repr=False)
    properties: Told = field(default_factory=dict, repr=False)
    """By the names of the graph's declaration: `amount_cents`, …; of an application `lender` and `product` among them."""
    label: str = "Application"

    @property
    def key(self) -> str:
        """`source:id`"""
        return f"{self.source}:{self.id}"


@dataclass(frozen=True)
class Using:
    """What a request is read with."""

    schema: Schema
    hasher: Hasher
    now: int
    """µs"""


def arrival_of(sent: Sent, using: Using) -> Arrival:
    """The arrival that was sent, with a digest of its content, which does not depend on the order of identifiers.

    Raises `InvalidError` with every field that is wrong.
    """
    wrong: list[Field] = []
    schema, hasher, now = using.schema, using.hasher, using.now
    require_id(sent.source, "source", wrong)
    require_id(sent.id, "id", wrong)
    if sent.user is not None:
        require_id(sent.user, "user", wrong)
    for where, text in (("source", sent.source), ("id", sent.id), ("user", sent.user)):
        require_impersonal(text, where, wrong)
    if ":" in sent.source:
        wrong.append(Field("source", "id.invalid", "A source has no colon."))
    if sent.event_at is not None and not EARLIEST <= sent.event_at <= now + DAY:
        wrong.append(Field("event_at", "time.range", "A time from 1900 until a day ahead of now."))
    properties = _properties(sent.properties, schema.node(sent.label), now, wrong)
    named = _identified(sent, schema, hasher, wrong)
    if wrong:
        raise InvalidError(
            "score.invalid", "Fields of the request are not as they should be; see `errors`.", fields=wrong
        )
    if sent.label == "Application":
        properties.setdefault("lender", sent.source)
    user = None if sent.user is None else f"{sent.source}:{sent.user}"
    content = {
        "user": user,
        "event_at": sent.event_at,
        "named": sorted([one.label, one.role or "", one.key] for one in named),
        "properties": {name: value for name, value in properties.items() if value is not None},
    }
    return Arrival(
        sent.label,
        sent.key,
        digest_of(content),
        {"key": sent.key, "source": sent.source, "id": sent.id, "event_at": sent.event_at, **properties},
        None if user is None else {"key": user, "source": sent.source, "id": sent.user},
        tuple(named),
    )


def require_tied(arrival: Arrival) -> None:
    """Raise `InvalidError` for what names nobody: it would look like a newcomer, and nobody would ever see it."""
    if arrival.user is None and not arrival.named:
        raise InvalidError(
            "score.invalid",
            "Fields of the request are not as they should be; see `errors`.",
            fields=[Field("identifiers", "identifiers.none", "Name the user, or an identifier.")],
        )


def digest_of(content: object) -> str:
    """128 bits of BLAKE2b over what a fact says, as hex digits."""
    return hashlib.blake2b(canonical(content).encode(), digest_size=16).hexdigest()


def require_id(text: str, where: str, wrong: list[Field]) -> None:
    """What stands for something by itself: not blank, trimmed, of no control character."""
    if not text.strip() or text != text.strip() or not is_one_id(text):
        wrong.append(_id_invalid(where))


def _id_invalid(where: str) -> Field:
    return Field(where, "id.invalid", f"1 to {LONGEST_ID} characters, none of them a control character.")


def is_personal(text: str) -> bool:
    """Whether it surely holds an address or a number of a person; a phone number looks like any other."""
    numbers = pl.Series([re.sub("[ -]", "", one) for one in ID_NUMBER.findall(text)], dtype=pl.String)
    seen = NORMALISERS["id_number"](numbers, {}) if len(numbers) else None
    is_number = seen is not None and (seen.value.is_not_null() | (seen.reason == PUBLISHED)).any()
    return bool(is_number or ADDRESS.search(text))


def require_impersonal(text: str | None, where: str, wrong: list[Field]) -> None:
    """What is no personal data; see `is_personal`."""
    if is_personal(text or ""):
        wrong.append(
            Field(
                where,
                "value.personal",
                "It would be kept as it is; send it as an identifier, hashed.",
            )
        )


def require_words(**told: str) -> None:
    """Raise `InvalidError` unless what somebody writes about a person, by field, names nobody: sentences are kept as they are, and
    a number in them as long as a phone's or a card's is one."""
    wrong = [
        Field(where, "value.personal", "It is kept as it is; name nobody by a number or an address.")
        for where, text in told.items()
        if is_personal(text) or NUMBER.search(text)
    ]
    if wrong:
        raise InvalidError(
            "lists.personal", "Words about an entry hold what is personal; see `errors`.", fields=wrong
        )


def _properties(told: Told, node: NodeType, now: int, wrong: list[Field]) -> dict[str, Any]:
    """Typed values by name; what is not declared is a mistake."""
    declared = {one.name: one for one in told_of(node)}
    found: dict[str, Any] = {}
    for name, value in told.items():
        where = f"properties.{name}" if name.isidentifier() and len(name) <= 60 else "properties"
        where = name if name in NAMES and node.label == "Application" else where
        if name not in declared:
            some = ", ".join(sorted(declared)[:12])
            wrong.append(
                Field(where, "property.unknown", f"The graph declares no such property; it has {some}.")
            )
            continue
        typed = None if value is None else _typed(value, declared[name], now, where, wrong)
        if typed is not None:  # blank is as good as not said
            found[name] = typed
    return found


def _typed(value: object, declared: Property, now: int, where: str, wrong: list[Field]) -> Any:
    kind = declared.type
    if kind is Type.STRING and isinstance(value, str):
        text = value.strip(BLANK)
        if declared.name in NAMES and not is_one_id(text):
            wrong.append(_id_invalid(declared.name))
            return None
        if len(text) > LONGEST_TEXT or "\x00" in text:
            wrong.append(Field(where, "value.too_long", f"At most {LONGEST_TEXT:,} characters."))
            return None
        choices = CHOICES.get(declared.name)
        if text and choices and text not in choices:
            wrong.append(
                Field(where, "value.choice", f"One of {', '.join(choices)}; leave out what is neither.")
            )
            return None
        require_impersonal(text, where, wrong)
        return text or None
    if kind is Type.BOOLEAN and isinstance(value, bool):
        return value
    if kind is Type.INTEGER and isinstance(value, int) and not isinstance(value, bool):
        low, high = declared.bounds(now)
        low, high = -LARGEST if low is None else low, LARGEST if high is None else high
        if low <= value <= high:
            return value
        wrong.append(Field(where, "value.range", f"From {low} to {high}."))
        return None
    if kind is Type.TIME and isinstance(value, str):
        try:
            moment = moment_us(value)
        except (UsageError, OverflowError):
            moment = None
        if moment is not None and EARLIEST <= moment <= now + DAY:
            return moment
    shown = {Type.STRING: "text", Type.BOOLEAN: "true or false", Type.INTEGER: "a whole number"}
    wrong.append(
        Field(where, "value.type", f"It is {shown.get(kind, 'a moment like 2025-06-01T00:00:00Z')}.")
    )
    return None


def _identified(sent: Sent, schema: Schema, hasher: Hasher, wrong: list[Field]) -> list[Named]:
    """The identifiers, in the order in which they were sent; of those of rare shapes the ones of a type are normalised together."""
    if len(sent.identifiers) > MOST_IDENTIFIERS:
        wrong.append(Field("identifiers", "identifiers.many", f"At most {MOST_IDENTIFIERS:,}."))
        return []
    rows: dict[int, Mapping[str, Any]] = {}
    rare: dict[tuple[str, tuple[tuple[str, str], ...]], list[int]] = defaultdict(list)
    known = {kind.label for kind in schema.identifiers}
    for place, one in enumerate(sent.identifiers):
        if one.type not in known:
            told = ", ".join(sorted(known))
            wrong.append(Field(f"identifiers.{place}.type", "schema.unknown_label", f"Types: {told}."))
            continue
        try:
            row = identify_one(one.value, schema.identifier(one.type), sent.source, hasher, one.options)
        except UsageError as error:
            wrong.append(Field(f"identifiers.{place}", error.code, error.message))
            continue
        if row is None:
            rare[one.type, tuple(sorted(one.options.items()))].append(place)
        else:
            rows[place] = row
    for (label, options), places in rare.items():
        values = pl.Series([sent.identifiers[place].value for place in places], dtype=pl.String)
        try:
            seen = identify(values, schema.identifier(label), sent.source, hasher, dict(options))
        except UsageError as error:
            wrong.append(Field(f"identifiers.{places[0]}", error.code, error.message))
            continue
        rows |= zip(places, seen.iter_rows(named=True), strict=True)
    named = [_named(place, sent.identifiers[place], rows[place], schema, wrong) for place in sorted(rows)]
    return list({(one.label, one.key, one.role): one for one in named if one is not None}.values())


def _named(
    place: int, given: Given, row: Mapping[str, Any], schema: Schema, wrong: list[Field]
) -> Named | None:
    kind, where = schema.identifier(given.type), f"identifiers.{place}"
    if row["key"] is None:
        reason = row["reason"] or "value.blank"
        why = REASONS.get(reason, f"No value of {given.type}.")
        wrong.append(
            Field(f"{where}.value", reason, f"{why} Where that cannot be mended, leave this identifier out.")
        )
        return None
    if given.role is not None and given.role not in kind.roles:
        told = ", ".join(kind.roles) or "none"
        wrong.append(Field(f"{where}.role", "role.unknown", f"Roles of {given.type}: {told}."))
        return None
    kept = {name: value for name, value in row.items() if name != "reason"}
    return Named(given.type, row["key"], given.role or (kind.roles[0] if kind.roles else None), kept)
