"""The words a schema is declared in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal

from core.clock import SECOND
from core.errors import UsageError


class Type(StrEnum):
    """Types a property can have in the graph. A `TIME` is an INTEGER of microseconds since 1970 UTC, `FLOATS` a list
    that may hold NaN."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    TIME = "time"
    FLOATS = "floats"


SUMMARISED = "WAS_LIKE"
"""Type of the relationship from an identifier to the summaries of its days as a hub."""


class Personal(StrEnum):
    """How a property relates to a person."""

    NONE = "none"
    """Says nothing about a person."""
    PSEUDONYM = "pseudonym"
    """Stands for a person or what they use: keys, keyed hashes, masked forms."""
    ATTRIBUTE = "attribute"
    """Describes a person without identifying: birth year, sex, region."""


_LABEL = re.compile(r"[A-Z][A-Za-z0-9]{0,39}")
_RELATIONSHIP = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_PROPERTY = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _checked(pattern: re.Pattern[str], name: str, what: str, example: str) -> None:
    if pattern.fullmatch(name) is None:
        raise UsageError("schema.name", f"'{name[:60]}' is no {what}; write it like {example}.")


@dataclass(frozen=True)
class Property:
    """One property of a node or relationship."""

    name: str
    type: Type
    description: str
    personal: Personal = Personal.NONE
    required: bool = False
    low: int | None = None
    """Smallest whole number that it can be."""
    high: int | Literal["year"] | None = None
    """Largest one; `year`: the year in which it is told."""

    def __post_init__(self) -> None:
        _checked(_PROPERTY, self.name, "property name", "amount_cents")

    def bounds(self, now_us: int) -> tuple[int | None, int | None]:
        """The smallest and the largest whole number that it can be when told at `now_us` (µs); None: any."""
        if isinstance(self.high, str):
            return self.low, datetime.fromtimestamp(now_us // SECOND, UTC).year
        return self.low, self.high


@dataclass(frozen=True)
class NodeType:
    """A kind of node. Every node has the unique property `key`."""

    label: str
    description: str
    properties: tuple[Property, ...] = ()
    open: bool = False
    """Whether mappings may add properties of their own."""

    def __post_init__(self) -> None:
        _checked(_LABEL, self.label, "label", "BankCard")

    def property(self, name: str) -> Property | None:
        """The declared property of that name."""
        return next((p for p in self.properties if p.name == name), None)


@dataclass(frozen=True)
class Bond:
    """How strongly an identifier ties two users who named it one after the other."""

    strength: float
    """1 binds alone; weaker bonds of one pair add up."""
    within: int | None = None
    """At most this long (µs) between the two, both dated; None: whenever."""
    roles: tuple[str, str] | None = None
    """Role of the earlier link and of the later one; None: any."""
    undated: bool = False
    """Whether it holds only where one of the two has no time."""

    def __post_init__(self) -> None:
        if not 0 < self.strength <= 1:
            raise UsageError("schema.limits", "A bond's strength is above 0 and at most 1.")


@dataclass(frozen=True)
class Identifier(NodeType):
    """What applications share: its node's key is a keyed hash of the normalised value."""

    relationship: str = ""
    """Type of the relationship that leads to it from an application or event."""
    normaliser: str = "code"
    """Name of the normaliser that makes equal values meet."""
    scope: str = "global"
    """`global`: the same value of two sources is one node; `source`: the value is hashed with its source."""
    bind: int = 20
    """Links made while fewer users than this had named it may hold a ring together; 0: never."""
    walk: int = 1_000
    """Its neighbours are read for features up to this many links; past it, it is a hub."""
    roles: tuple[str, ...] = ()
    """Values that the relationship's `role` may take; the first is the default. Empty: it has no role."""
    binding_roles: tuple[str, ...] = ()
    """The roles whose links may bind; empty: all of them."""
    bonds: tuple[Bond, ...] = ()
    """How its links bind; empty: two users are tied wherever `bind` and `binding_roles` allow it."""

    @property
    def ties(self) -> tuple[Bond, ...]:
        """The bonds that hold, those that follow from `binding_roles` included; none for `bind` 0."""
        if not self.bind or self.bonds:
            return self.bonds if self.bind else ()
        pairs = [(a, b) for a in self.binding_roles for b in self.binding_roles]
        return tuple(Bond(1.0, roles=pair) for pair in pairs) or (Bond(1.0),)

    def __post_init__(self) -> None:
        super().__post_init__()
        _checked(_RELATIONSHIP, self.relationship, "relationship type", "USED_DEVICE")
        if self.scope not in ("global", "source"):
            raise UsageError("schema.scope", f"{self.label}: scope is 'global' or 'source'.")
        if not 0 <= self.bind <= self.walk:
            raise UsageError("schema.limits", f"{self.label}: limits must be 0 <= bind <= walk.")
        for role in self.roles:
            _checked(_PROPERTY, role, "role", "contact")
        if unknown := set(self.binding_roles) - set(self.roles):
            raise UsageError("schema.roles", f"{self.label}: binding roles {sorted(unknown)} are no roles.")
        if unknown := {role for bond in self.bonds for role in bond.roles or ()} - set(self.roles):
            raise UsageError("schema.roles", f"{self.label}: {sorted(unknown)} of its bonds are no roles.")


@dataclass(frozen=True)
class Relationship:
    """A kind of relationship between two kinds of node."""

    type: str
    start: str
    end: str
    description: str
    properties: tuple[Property, ...] = ()
    identity: tuple[str, ...] = ()
    """Properties that, with the two ends, make one relationship: two rows that agree on them are one fact."""

    def __post_init__(self) -> None:
        _checked(_RELATIONSHIP, self.type, "relationship type", "USED_DEVICE")

    def property(self, name: str) -> Property | None:
        """The declared property of that name."""
        return next((p for p in self.properties if p.name == name), None)


@dataclass(frozen=True)
class Schema:
    """Everything the graph may hold, by version."""

    version: int
    nodes: tuple[NodeType, ...]
    identifiers: tuple[Identifier, ...]
    links: tuple[Relationship, ...]
    """Relationships other than those to identifiers, which follow from `identifiers` and `tied`."""
    tied: tuple[str, ...] = ()
    """Labels that tie identifiers together: applications and other events."""
    link_properties: tuple[Property, ...] = field(default=())
    """Properties of every relationship to an identifier."""
    role: Property | None = None
    """The property that tells a relationship's role, for identifiers that declare roles."""
    summary: str | None = None
    """Label of what is said of a hub's day; identifiers of every type lead to theirs by `WAS_LIKE`."""

    @cached_property
    def by_label(self) -> dict[str, NodeType]:
        """Every node type, identifiers included, by label."""
        return {node.label: node for node in (*self.nodes, *self.identifiers)}

    @cached_property
    def relationships(self) -> tuple[Relationship, ...]:
        """Every relationship, those of identifiers included: one for each tied label, and one to their summaries."""
        return (*self.links, *self._identifier_links(), *self._summary_links())

    def _identifier_links(self) -> Iterator[Relationship]:
        for identifier in self.identifiers:
            role = (self.role,) if identifier.roles and self.role else ()
            for start in self.tied:
                yield Relationship(
                    identifier.relationship,
                    start,
                    identifier.label,
                    f"{start} names this {identifier.label}.",
                    (*role, *self.link_properties),
                    ("role",) if role else (),
                )

    def _summary_links(self) -> Iterator[Relationship]:
        if self.summary is not None:
            for identifier in self.identifiers:
                about = f"What the {identifier.label} was like on a day, as a hub."
                yield Relationship(SUMMARISED, identifier.label, self.summary, about)

    def node(self, label: str) -> NodeType:
        """The node type of that label; raises `UsageError` (`schema.unknown_label`)."""
        try:
            return self.by_label[label]
        except KeyError:
            known = ", ".join(sorted(self.by_label))
            raise UsageError("schema.unknown_label", f"There is no '{label[:60]}'. Known: {known}.") from None

    def identifier(self, label: str) -> Identifier:
        """The identifier type of that label; raises `UsageError` (`schema.unknown_label`)."""
        found = self.node(label)
        if not isinstance(found, Identifier):
            known = ", ".join(i.label for i in self.identifiers)
            raise UsageError("schema.unknown_label", f"'{label}' is no identifier. Known: {known}.")
        return found

    def relationship(self, type_: str, start: str, end: str) -> Relationship:
        """The declared relationship; raises `UsageError` (`schema.unknown_relationship`)."""
        for found in self.relationships:
            if (found.type, found.start, found.end) == (type_, start, end):
                return found
        raise UsageError(
            "schema.unknown_relationship", f"There is no (:{start})-[:{type_}]->(:{end}) in the schema."
        )

    def extended(
        self,
        identifiers: Iterable[Identifier] = (),
        properties: dict[str, tuple[Property, ...]] | None = None,
    ) -> Schema:
        """This schema with further identifier types and further properties of open node types.

        What is declared already and equal is left alone. Raises `UsageError` (`schema.redeclared`) when a
        name is declared with other content or differs from another by case alone, and (`schema.closed`) for
        a property of a type that is not open.
        """
        added: list[Identifier] = []
        # Names of constraints are in lower case, so labels that differ by case alone would share one.
        labels = {label.lower(): node for label, node in self.by_label.items()}
        types = {r.type.lower() for r in self.relationships}
        for identifier in identifiers:
            known = labels.get(identifier.label.lower())
            if known == identifier:
                continue
            if known is not None and known.label != identifier.label:
                raise UsageError(
                    "schema.redeclared",
                    f"{identifier.label} and {known.label} differ by case alone; choose another label.",
                )
            if known is not None:
                raise UsageError("schema.redeclared", f"{identifier.label} is declared with other content.")
            if identifier.relationship.lower() in types:
                raise UsageError("schema.redeclared", f"{identifier.relationship} is taken by another type.")
            added.append(identifier)
            labels[identifier.label.lower()] = identifier
            types.add(identifier.relationship.lower())
        nodes = tuple(_with_properties(node, (properties or {}).get(node.label, ())) for node in self.nodes)
        return replace(self, nodes=nodes, identifiers=(*self.identifiers, *added))


def _with_properties(node: NodeType, more: tuple[Property, ...]) -> NodeType:
    fresh: list[Property] = []
    for prop in more:
        known = node.property(prop.name)
        if known is None:
            if not node.open:
                raise UsageError("schema.closed", f"{node.label} takes no further property ('{prop.name}').")
            fresh.append(prop)
        elif known.type != prop.type:
            raise UsageError(
                "schema.redeclared", f"{node.label}.{prop.name} is a {known.type}, not a {prop.type}."
            )
    return replace(node, properties=(*node.properties, *fresh)) if fresh else node
