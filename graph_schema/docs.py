"""The schema as a Markdown document."""

from __future__ import annotations

from collections.abc import Iterable

from core.clock import DAY, HOUR, MINUTE, SECOND
from graph_schema.model import Bond, Identifier, Property, Schema

_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))


def document(schema: Schema) -> str:
    """Everything that is declared, as Markdown; the same declaration gives the same text."""
    lines = [
        "# The graph",
        "",
        f"Schema version {schema.version}. Written by `fingraph schema docs`; change the declarations in `graph_schema`, not this file.",
        "",
        "Every node has a unique `key`. Times are whole microseconds since 1970 UTC, money is whole cents.",
        "",
        "## Nodes",
    ]
    for node in schema.nodes:
        more = " Mappings may add properties." if node.open else ""
        lines += ["", f"### {node.label}", "", f"{node.description}{more}", "", *_table(node.properties)]
    lines += ["", "## Identifiers", "", "What applications and events share. `bind`: links made while fewer users had named it "
              "may hold a ring together (0: never). `walk`: past it, it is a hub. `bonds`: how strongly two users who "
              "named it one after the other are tied, at most so long apart; 1 binds alone, weaker ones add up.", "",
              "| identifier | relationship | normaliser | scope | bind | walk | roles | bonds |",
              "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    lines += [_identifier_row(i) for i in schema.identifiers]
    for identifier in schema.identifiers:
        lines += [
            "",
            f"### {identifier.label}",
            "",
            identifier.description,
            "",
            *_table(identifier.properties),
        ]
    lines += ["", "## Relationships"]
    for link in schema.relationships:
        lines += ["", f"### `(:{link.start})-[:{link.type}]->(:{link.end})`", "", link.description]
        lines += ["", *_table(link.properties)] if link.properties else []
    return "\n".join(lines) + "\n"


def _bond(bond: Bond) -> str:
    words = [f"{bond.strength:g}"]
    if bond.roles is not None:
        words.append(" then ".join(bond.roles) if bond.roles[0] != bond.roles[1] else f"as {bond.roles[0]}")
    if bond.within is not None:
        words.append(f"within {_duration(bond.within)}")
    if bond.undated:
        words.append("undated")
    return " ".join(words)


def _duration(within: int) -> str:
    return next(f"{within // unit} {name}" for unit, name in _UNITS if within >= unit)


def _identifier_row(identifier: Identifier) -> str:
    bonds = ", ".join(_bond(bond) for bond in identifier.ties) or "none"
    return (
        f"| {identifier.label} | {identifier.relationship} | {identifier.normaliser} | {identifier.scope} "
        f"| {identifier.bind} | {identifier.walk} | {', '.join(identifier.roles)} | {bonds} |"
    )


def _bounds(prop: Property) -> str:
    if prop.low is None and prop.high is None:
        return ""
    high = "the year in which it is told" if prop.high == "year" else prop.high
    words = ([] if prop.low is None else [f"from {prop.low}"]) + ([] if high is None else [f"to {high}"])
    return f" {' '.join(words).capitalize()}."


def _table(properties: Iterable[Property]) -> list[str]:
    return [
        "| property | type | personal data | required | what |",
        "|---|---|---|---|---|",
        *(
            f"| {p.name} | {p.type} | {p.personal} | {'yes' if p.required else ''} | {p.description}{_bounds(p)} |"
            for p in properties
        ),
    ]
