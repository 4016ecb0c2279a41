"""Reading a mapping file: TOML, the model, and what the model alone cannot say."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ValidationError

from core.clock import DAY, duration_us
from core.errors import UsageError
from graph_schema import FINGRAPH, Schema
from graph_schema.declaration import FACT, identifier_type
from graph_schema.model import Identifier, Personal, Property, Type
from loaders.mapping.model import (
    ApplicationTable,
    ContactTable,
    EventTable,
    IdentifierRef,
    Mapping,
    OwnIdentifier,
    Part,
    ProductTable,
    Table,
    Time,
    UserTable,
    Value,
)

RESERVED = frozenset(p.name for p in FACT) | {"lender", "product", "kind"}
"""Properties that a table's own keys fill."""
LABELS: dict[str, str] = {
    "application": "Application",
    "event": "Event",
    "user": "User",
    "product": "Product",
}
NAMED_FORMATS = ("auto", "unix_s", "unix_ms", "unix_us")
LONGEST_DELAY = 36_525 * DAY
_TYPES = {
    "string": Type.STRING,
    "name": Type.STRING,
    "integer": Type.INTEGER,
    "year": Type.INTEGER,
    "float": Type.FLOAT,
    "boolean": Type.BOOLEAN,
    "time": Type.TIME,
}
_WIDENS: dict[str, tuple[Type, ...]] = dict.fromkeys(_TYPES, ()) | {"float": (Type.INTEGER,)}


def read_mapping(path: Path) -> Mapping:
    """The mapping in `path`.

    Raises `UsageError`: `mapping.missing`, `mapping.syntax` (with line), `mapping.invalid` (every key that is
    wrong, by its path).
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(
            "mapping.missing", f"There is no {path}.", hints=("Draft one: fingraph mapping draft FILE",)
        ) from None
    except UnicodeDecodeError:
        raise UsageError("mapping.syntax", f"{path} is not UTF-8.") from None
    try:
        mapping = Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError("mapping.syntax", f"{path}: {error}.") from None
    except ValidationError as error:
        raise UsageError(
            "mapping.invalid",
            f"{path} has {error.error_count()} mistake(s).",
            hints=tuple(_mistake(dict(e)) for e in error.errors(include_input=False, include_url=False)),
        ) from None
    mistakes = [*_zone(mapping), *(m for table in mapping.table for m in _table_mistakes(table))]
    names = [table.name for table in mapping.table]
    mistakes += [
        f"table '{name}' is there twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    if mistakes:
        raise UsageError("mapping.invalid", f"{path} has {len(mistakes)} mistake(s).", hints=tuple(mistakes))
    return mapping


def mapping_hash(path: Path) -> str:
    """SHA-256 of the file, hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def schema_of(mapping: Mapping, base: Schema = FINGRAPH) -> Schema:
    """`base` with the identifier types and properties that the mapping declares.

    Raises `UsageError`: from `Schema.extended`, `schema.unknown_label` for an identifier type that neither
    declares, `mapping.invalid` for a role that its type does not have.
    """
    properties: dict[str, tuple[Property, ...]] = {}
    for table in mapping.table:
        if not isinstance(table, ApplicationTable | EventTable | UserTable | ProductTable):
            continue
        label = LABELS[table.becomes]
        node = base.node(label)
        more = [
            prop
            for name, value in table.properties.items()
            for prop in properties_of(name, value)
            if (known := node.property(prop.name)) is None or known.type != prop.type
        ]
        properties[label] = _merged(properties.get(label, ()), more)
    schema = base.extended([_identifier(own) for own in mapping.identifier], properties)
    mistakes = [m for table in mapping.table for m in _reference_mistakes(table, schema)]
    if mistakes:
        raise UsageError(
            "mapping.invalid", f"The mapping has {len(mistakes)} mistake(s).", hints=tuple(mistakes)
        )
    return schema


def _reference_mistakes(table: Table, schema: Schema) -> Iterator[str]:
    """Roles that a type does not have, and contacts between what are no phones."""
    place = f"table '{table.name}'"
    for part in _parts(table):
        if not isinstance(part, IdentifierRef):
            continue
        roles = schema.identifier(part.type).roles
        if part.role is not None and part.role not in roles:
            has = f"its roles are {', '.join(roles)}" if roles else "it has none"
            yield f"{place}: {part.type} has no role '{part.role}'; {has}"
        if isinstance(table, ContactTable) and part.type != "Phone":
            yield f"{place}: contacts are between phones, not {part.type}"


def _parts(part: BaseModel) -> Iterator[BaseModel]:
    """`part` and every part below it."""
    yield part
    for name in type(part).model_fields:
        value = getattr(part, name)
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        for one in inner:
            if isinstance(one, Part):
                yield from _parts(one)


def properties_of(name: str, value: Value) -> tuple[Property, ...]:
    """The graph properties that one property of a mapping becomes."""
    words = value.description or f"{name}, as the source states it."
    if value.type == "name":
        return (
            Property(f"{name}_hash", Type.STRING, f"Keyed hash. {words}", Personal.PSEUDONYM),
            Property(f"{name}_masked", Type.STRING, f"Masked. {words}", Personal.PSEUDONYM),
        )
    return (Property(name, _kind(value), words),)


def _kind(value: Value) -> Type:
    if value.money:
        return Type.INTEGER
    stated = _stated(value)
    return stated.pop() if value.type == "string" and len(stated) == 1 else _TYPES[value.type]


def _stated(value: Value) -> set[Type]:
    """The types of what the mapping itself states: a constant, or what texts stand for."""
    stated = [value.constant] if value.constant is not None else list((value.values or {}).values())
    kinds = {_of_constant(one) for one in stated}
    return {Type.FLOAT} if kinds == {Type.INTEGER, Type.FLOAT} else kinds


def _of_constant(constant: str | float | int | bool) -> Type:
    if isinstance(constant, str):
        return Type.STRING
    if isinstance(constant, bool):
        return Type.BOOLEAN
    return Type.INTEGER if isinstance(constant, int) else Type.FLOAT


def _merged(known: tuple[Property, ...], more: list[Property]) -> tuple[Property, ...]:
    fresh = {p.name: p for p in known}
    for prop in more:
        if fresh.setdefault(prop.name, prop).type != prop.type:
            raise UsageError("schema.redeclared", f"'{prop.name}' has two types in this mapping.")
    return tuple(fresh.values())


def _identifier(own: OwnIdentifier) -> Identifier:
    return identifier_type(
        own.label,
        own.description,
        own.relationship,
        normaliser=own.normaliser,
        scope=own.scope,
        bind=own.bind,
        walk=own.walk,
        roles=tuple(own.roles),
        binding_roles=tuple(own.binding_roles),
    )


def _mistake(error: dict[str, object]) -> str:
    place = error["loc"]
    steps = [str(step) for step in place] if isinstance(place, tuple) else [str(place)]
    # What `values` lists are texts of the data, which a message never repeats.
    shown = ["…" if before == "values" else step for before, step in zip(["", *steps], steps, strict=False)]
    return f"{'.'.join(shown)}: {error['msg']}"


def _zone(mapping: Mapping) -> list[str]:
    try:
        # The zones that times are read with, which are fewer than some systems list.
        pl.Series([0]).cast(pl.Datetime("us", mapping.timezone or "none"))
    except pl.exceptions.ComputeError:
        return [f"timezone: '{mapping.timezone[:40]}' is no time zone; write UTC or Asia/Shanghai"]
    return []


def _table_mistakes(table: Table) -> list[str]:
    """What one table says twice, or names as FinGraph names its own."""
    place = f"table '{table.name}'"
    found = [f"{place}: {mistake}" for part in _parts(table) for mistake in _time_mistakes(part)]
    properties: dict[str, Value] = getattr(table, "properties", {})
    for name, value in properties.items():
        if name in RESERVED:
            found.append(f"{place}: property '{name}' is FinGraph's own; call it something else")
        found += [f"{place}: property '{name}' {mistake}" for mistake in _value_mistakes(value)]
        if value.type == "name" and {f"{name}_hash", f"{name}_masked"} & set(properties):
            found.append(f"{place}: property '{name}' becomes {name}_hash and {name}_masked, which are there")
    if isinstance(table, ApplicationTable):
        for what, names in (
            ("outcome", [o.target for o in table.outcomes]),
            ("event", [e.kind for e in table.events]),
        ):
            twice = sorted({n for n in names if names.count(n) > 1})
            found += [f"{place}: {what} '{name}' is there twice" for name in twice]
    return found


def _time_mistakes(part: BaseModel) -> Iterator[str]:
    """Formats that can never be read, delays longer than any life."""
    if isinstance(part, Time | Value) and part.format not in NAMED_FORMATS:
        try:
            pl.Series(["2024-01-31"]).str.to_datetime(part.format.replace("%f", ""), strict=False)
        except pl.exceptions.ComputeError:
            yield f"format '{part.format[:40]}' is no time format; hours need their minutes"
    if isinstance(part, Time) and duration_us(part.after) > LONGEST_DELAY:
        yield f"after = '{part.after[:20]}' is longer than a hundred years"


def _value_mistakes(value: Value) -> Iterator[str]:
    """What a property's constant or its `values` contradict."""
    stated = _stated(value)
    if value.values == {}:
        yield "lists no values"
    if value.money and (value.values is not None or value.type != "string"):
        yield "is money: it takes no type and no values"
    if value.type == "name" and stated:
        yield "is a name: it takes a column and no values"
    if len(stated) > 1:
        yield "has values of several types"
    elif stated and value.type != "string" and not stated <= {_TYPES[value.type], *_WIDENS[value.type]}:
        yield f"is declared {value.type} and has values of another type"
    given = [value.constant, *(value.values or {}).values()]
    if any(isinstance(one, int) and abs(one) >= 2**63 for one in given):
        yield "has a number that no 64-bit integer holds"
