"""What a guess about one column is, and the words in which it is told. No sentence holds a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from loaders.draft.profile import Column


class Role(StrEnum):
    """What a column becomes."""

    ID = "id"
    USER = "user"
    EVENT_AT = "event_at"
    ORDER = "order"
    LENDER = "lender"
    PRODUCT = "product"
    IDENTIFIER = "identifier"
    OUTCOME = "outcome"
    EVENT = "event"
    PROPERTY = "property"
    OUT = "left out"


@dataclass(frozen=True)
class Guess:
    """One column, what it becomes, and what the guess rests on."""

    column: str
    role: Role
    why: str
    name: str = ""
    """Property, target, kind of event or identifier type."""
    says: Mapping[str, object] = field(default_factory=dict)
    """Keys and values for the mapping."""


def told(column: Column, about: str) -> str:
    """`about`, and how many rows have no value."""
    empty = column.rows - column.filled
    return f"{about}; {empty:,} of {column.rows:,} rows are empty" if empty else about


def left_out(column: Column, why: str) -> Guess:
    """A column that the mapping does not read."""
    return Guess(column.name, Role.OUT, why)
