"""The keys of the mapping language as Markdown tables, from the model itself."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from core.errors import UsageError
from loaders.mapping.model import (
    ApplicationTable,
    BaseTable,
    ContactTable,
    EventRef,
    EventTable,
    File,
    IdentifierRef,
    IdentifierTable,
    LinkTable,
    Lookup,
    Mapping,
    OutcomeRef,
    OutcomeTable,
    OutcomeValue,
    OwnIdentifier,
    Part,
    ProductTable,
    RelationTable,
    Time,
    UserTable,
    Value,
)

BEGIN, END = "<!-- begin: written by `fingraph mapping docs` -->", "<!-- end -->"
_TABLES: tuple[type[BaseTable], ...] = (
    ApplicationTable, EventTable, UserTable, ProductTable, IdentifierTable, OutcomeTable, LinkTable, RelationTable,
    ContactTable,
)  # fmt: skip
_PARTS: tuple[tuple[str, type[Part]], ...] = (
    ("A moment", Time), ("A property", Value), ("An identifier of the row", IdentifierRef), ("A lookup", Lookup),
    ("An outcome of the row", OutcomeRef), ("The value of an outcome table", OutcomeValue),
    ("An event beside the row", EventRef), ("How a file is written", File),
    ("An identifier type of your own", OwnIdentifier),
)  # fmt: skip
_WORDS: dict[object, str] = {str: "text", int: "whole number", float: "number", bool: "true or false"}
_NAMES: dict[type[Part], str] = {
    Time: "moment", Value: "property", IdentifierRef: "identifier", Lookup: "lookup", OutcomeRef: "outcome",
    OutcomeValue: "value", EventRef: "event", File: "file", OwnIdentifier: "own type",
}  # fmt: skip


def tables() -> str:
    """Every key with its type, default and meaning; the same model gives the same text."""
    lines = ["### The mapping", "", *_rows(Mapping, set())]
    lines += [
        "",
        "### Every table",
        "",
        "Keys of each `[[table]]`, whatever its rows become.",
        "",
        *_rows(BaseTable, set()),
    ]
    common = set(BaseTable.model_fields)
    for model in _TABLES:
        kind = get_args(model.model_fields["becomes"].annotation)[0]
        lines += [
            "",
            f'### `becomes = "{kind}"`',
            "",
            _sentence(model),
            "",
            *_rows(model, common | {"becomes"}),
        ]
    for title, part in _PARTS:
        lines += ["", f"### {title}", "", _sentence(part), "", *_rows(part, set())]
    return "\n".join(lines) + "\n"


def rewritten(document: str) -> str:
    """The document with its written part made anew. Raises `UsageError` (`docs.marks`): its marks are gone."""
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    if not pattern.search(document):
        raise UsageError("docs.marks", f"The document lacks the lines {BEGIN} and {END}.")
    return pattern.sub(lambda _: f"{BEGIN}\n\n{tables()}\n{END}", document)


def _rows(model: type[Part], without: set[str]) -> Iterator[str]:
    yield from ("| key | what it takes | default | meaning |", "|---|---|---|---|")
    for name, field in model.model_fields.items():
        if name not in without:
            key = field.alias or name
            meaning = " ".join((field.description or "").split())
            yield f"| `{key}` | {_kind(field.annotation)} | {_default(field)} | {meaning} |"


def _sentence(model: type[Part]) -> str:
    return " ".join((model.__doc__ or "").split())


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ([], {}, (), "") or isinstance(value, Part):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _kind(annotation: Any) -> str:
    """The type in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(inner[0])
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if origin in (Union, types.UnionType):
        kinds = dict.fromkeys(_kind(one) for one in inner if one is not type(None))
        return "table" if len(kinds) > 4 else " or ".join(kinds)
    if origin in (list, tuple):
        return f"list of {_kind(inner[0])}"
    if origin is dict:
        return f"{_kind(inner[1])} by name"
    return _WORDS.get(annotation) or _NAMES.get(annotation, "table")
