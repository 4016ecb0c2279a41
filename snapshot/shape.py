"""Which properties of the graph become which columns: read off the schema, the same for a snapshot and for one read.

Whole numbers, times and truths (0 and 1) of applications and events are `numbers`, words are `texts`, by the name of
the property. Those of an identifier that its type declares beyond key and mask are `Label.property`. Fractions are
not read: features sum whole numbers, so a mapping gives cents and not money.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph_schema import Identifier, Schema
from graph_schema.model import NodeType, Personal, Property, Type

NUMBERS = frozenset({Type.INTEGER, Type.TIME, Type.BOOLEAN})
TEXTS = frozenset({Type.STRING})
PLUMBING = frozenset(
    {"key", "source", "id", "digest", "load", "known_at", "seq", "event_at"}
    | {"carried", "carried_version"}
    | {"hub_since", "hub_seq"}
)
"""What names a thing or places it; never a column."""


@dataclass(frozen=True)
class Field:
    """A property of the graph that is a column."""

    column: str
    label: str
    """The node type that has it; of `kind` and the like both applications and events may."""
    property: str
    text: bool


@dataclass(frozen=True)
class Shape:
    """The columns of a schema's graph."""

    own: tuple[Field, ...]
    """Of applications and other events, each column once a label."""
    given: tuple[Field, ...]
    """Of the identifiers that they came with: of several the first, in order of role."""
    identifiers: tuple[Identifier, ...]
    """Whose links are relations, beside those to users."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the columns of whole numbers, in order."""
        return tuple(sorted({one.column for one in (*self.own, *self.given) if not one.text}))

    @property
    def texts(self) -> tuple[str, ...]:
        """Names of the columns of words, in order."""
        return tuple(sorted({one.column for one in (*self.own, *self.given) if one.text}))


def shape(schema: Schema) -> Shape:
    """The shape of a schema, what mappings declared included."""
    return Shape(
        tuple(field for label in schema.tied for field in _fields(schema.node(label))),
        tuple(
            field
            for identifier in schema.identifiers
            for field in _fields(identifier, f"{identifier.label}.")
        ),
        schema.identifiers,
    )


def _fields(node: NodeType, prefix: str = "") -> Iterator[Field]:
    for one in told_of(node):
        yield Field(prefix + one.name, node.label, one.name, one.type in TEXTS)


def told_of(node: NodeType) -> Iterator[Property]:
    """The properties that say something of a thing, and neither name it nor anybody: numbers and words that a feature may read, and an
    application may be sent with."""
    for one in node.properties:
        stands_for = one.personal is Personal.PSEUDONYM
        if one.name not in PLUMBING and not stands_for and one.type in NUMBERS | TEXTS:
            yield one
