"""What a row of a table becomes: nodes and links, each named by the columns of the frame that hold them.

A transform turns a table's rows into one wide frame; its plan says which columns are which facts. Both ways
of writing, batch and bulk, read nothing else, so they mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from graph_schema.model import Relationship


class Part(StrEnum):
    """How a node belongs to its row."""

    OWN = "own"
    """The row is this node's fact: its key and digest tell a new row from a known one."""
    ALONG = "along"
    """Comes to be with the row's own fact, and only then: its outcome, its sign-up."""
    SHARED = "shared"
    """Comes to be when something names it: a user, an identifier."""
    REFERENCE = "reference"
    """Must stand already; without it the row is refused."""


@dataclass(frozen=True)
class NodeFact:
    """A node of each row. `columns` maps its properties, `key` among them, to columns of the frame."""

    label: str
    part: Part
    columns: Mapping[str, str]

    @property
    def key(self) -> str:
        """The column of its key; a row without one has no such node."""
        return self.columns["key"]

    @property
    def reads(self) -> frozenset[str]:
        """The columns that it is made of."""
        return frozenset(self.columns.values())


@dataclass(frozen=True)
class LinkFact:
    """A relationship of each row that has both ends."""

    link: Relationship
    start: str
    """Column of the start node's key."""
    end: str
    """Column of the end node's key."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Its properties, and the columns that hold them."""

    @property
    def reads(self) -> frozenset[str]:
        """The columns that it is made of."""
        return frozenset({self.start, self.end, *self.columns.values()})


@dataclass(frozen=True)
class Plan:
    """The facts of one table's rows. Either one node is `Part.OWN`, or the first link is the row's own fact."""

    table: str
    nodes: tuple[NodeFact, ...]
    links: tuple[LinkFact, ...] = ()

    @property
    def own(self) -> NodeFact | None:
        """The node that the row is about; None when the row is about its first link."""
        return next((node for node in self.nodes if node.part is Part.OWN), None)

    @property
    def about(self) -> str:
        """What the rows are facts about: a label or a relationship type. Keys are unique within it."""
        return self.own.label if self.own else self.links[0].link.type


KEY, DIGEST, KNOWN_AT, SEQ, EVENT_AT = "_key", "_digest", "known_at", "seq", "event_at"
FILE, LINE = "_file", "_line"
