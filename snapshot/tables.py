"""Which tables a snapshot has: one a node label, one a kind of relationship, one for the marks of each hub type.

Read off the schema, so a new identifier type is a new table and nothing else. Nodes and links are named by their
codes: a code is the place at which a node of its label was first exported, and never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import polars as pl

from graph_schema import Schema
from graph_schema.model import NodeType, Property, Relationship

MARKS = ("hub_since", "hub_seq")
"""Properties of identifiers that change: they have a table of their own, written anew each time."""
LATE = ("carried", "carried_version")
"""Properties that a fact is given once, perhaps after it was exported: they have a table of their own too."""
CODE, KEY, START, END = "_code", "key", "_start", "_end"
"""Columns beside the properties, by names that no property may have."""
_OF_FACTS = {"digest", "known_at", "seq", "load"}
"""What every fact's node has, and no other."""
_TYPES: dict[str, Any] = {
    "string": pl.String,
    "integer": pl.Int64,
    "time": pl.Int64,
    "float": pl.Float64,
    "boolean": pl.Boolean,
    "floats": pl.List(pl.Float64),
}


class Kind(StrEnum):
    """How nodes of a label come to be, and so how they are exported."""

    FACT = "fact"
    """Written once, by one load, with its links: exported once."""
    SHARED = "shared"
    """Comes to be when something names it: exported with the first load that does."""
    WHOLE = "whole"
    """Few, and they change: exported anew each time."""


class Owner(StrEnum):
    """With what a relationship is exported."""

    START = "start"
    """With the fact it begins at; another load may add some later."""
    END = "end"
    """With the fact that it leads to."""
    ITSELF = "itself"
    """It is a fact of its own, with a load of its own."""
    WHOLE = "whole"
    """Anew each time."""


@dataclass(frozen=True)
class NodeTable:
    """Nodes of one label: `code`, `key` and a column a property."""

    label: str
    kind: Kind
    properties: tuple[Property, ...]
    late: tuple[Property, ...] = ()
    """What it may be given later; in the table `late_table`."""

    @property
    def name(self) -> str:
        """Name of the table: the label."""
        return self.label

    @property
    def changes(self) -> bool:
        """Whether a node may be filled after it was exported, as a user may: its last row stands."""
        return self.kind is Kind.SHARED and any(p.name == "digest" for p in self.properties)

    @cached_property
    def columns(self) -> dict[str, Any]:
        """Columns of a row and their types, the code aside."""
        return {KEY: pl.String, **{p.name: dtype_of(p) for p in self.properties}}

    @cached_property
    def late_columns(self) -> dict[str, Any]:
        """What it may be given later, by type."""
        return {p.name: dtype_of(p) for p in self.late}


@dataclass(frozen=True)
class LinkTable:
    """Relationships of one kind: codes of both ends and a column a property."""

    link: Relationship
    owner: Owner

    @property
    def name(self) -> str:
        """Name of the table: `Application-USED_DEVICE-Device`."""
        return f"{self.link.start}-{self.link.type}-{self.link.end}"

    @cached_property
    def columns(self) -> dict[str, Any]:
        """Columns of a row and their types, both ends aside."""
        return {p.name: dtype_of(p) for p in self.link.properties}


@dataclass(frozen=True)
class Tables:
    """The tables of a schema."""

    nodes: dict[str, NodeTable]
    """By label."""
    links: tuple[LinkTable, ...]
    hubs: tuple[str, ...]
    """Labels of the identifier types."""

    def of(self, kind: Kind) -> tuple[NodeTable, ...]:
        """The node tables of a kind."""
        return tuple(table for table in self.nodes.values() if table.kind is kind)

    def owned(self, *owners: Owner) -> tuple[LinkTable, ...]:
        """The link tables of these owners."""
        return tuple(table for table in self.links if table.owner in owners)


def tables(schema: Schema) -> Tables:
    """The tables of `schema`, what mappings declared included."""
    facts = {label for label, node in schema.by_label.items() if _names(node) >= _OF_FACTS}
    named = {
        end for one in schema.relationships for end in (one.start, one.end) if facts & {one.start, one.end}
    }
    shared = {label for label in named - facts if "load" in _names(schema.by_label[label])}
    nodes = {
        label: _node_table(
            node, Kind.FACT if label in facts else Kind.SHARED if label in shared else Kind.WHOLE
        )
        for label, node in schema.by_label.items()
    }
    links = tuple(LinkTable(link, _owner(link, nodes)) for link in schema.relationships)
    return Tables(nodes, links, tuple(i.label for i in schema.identifiers))


def marks_table(label: str) -> str:
    """Name of the table of an identifier type's hubs."""
    return f"{label}.hubs"


def late_table(label: str) -> str:
    """Name of the table of what facts are given later."""
    return f"{label}.carried"


def dtype_of(one: Property) -> Any:
    """The type of a property's column."""
    return _TYPES[one.type.value]


def _names(node: NodeType) -> set[str]:
    return {one.name for one in node.properties}


def _node_table(node: NodeType, kind: Kind) -> NodeTable:
    late = tuple(p for p in node.properties if p.name in LATE and kind is Kind.FACT)
    kept = tuple(p for p in node.properties if p.name not in (KEY, *MARKS) and p not in late)
    return NodeTable(node.label, kind, kept, late)


def _owner(link: Relationship, nodes: dict[str, NodeTable]) -> Owner:
    start, end = nodes[link.start].kind, nodes[link.end].kind
    if Kind.WHOLE in (start, end):
        return Owner.WHOLE
    if end is Kind.FACT:
        return Owner.END
    return Owner.START if start is Kind.FACT else Owner.ITSELF
