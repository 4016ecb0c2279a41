"""Which columns of a file a table reads."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from loaders.mapping.model import Lookup, Part, Table

_COLUMN_FIELDS = {"order", "lender", "product", "level", "month", "calls", "seconds", "column"}
_ID_FIELDS = {"id", "user", "application", "from_", "to"}
_CONSTANT_OR_COLUMN = {"kind", "target"}


def needed_columns(table: Table) -> set[str]:
    """Every column that the table names, in its own fields and in the parts below them."""
    return set(_named(table))


def _named(part: BaseModel) -> Iterator[str]:
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, Part) and not isinstance(value, Lookup):
            yield from _named(value)
        elif isinstance(value, list | dict):
            for inner in value.values() if isinstance(value, dict) else value:
                if isinstance(inner, BaseModel):
                    yield from _named(inner)
                elif name in _ID_FIELDS:
                    yield inner
        elif isinstance(value, str):
            if name in _COLUMN_FIELDS or name in _ID_FIELDS:
                yield value
            elif name in _CONSTANT_OR_COLUMN and value.startswith("column:"):
                yield value.removeprefix("column:")
