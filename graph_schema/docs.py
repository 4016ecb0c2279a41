"""The schema as a Markdown document."""

from __future__ import annotations

from collections.abc import Iterable

from graph_schema.model import Identifier, Property, Schema


def document(schema: Schema) -> str:
    """Everything that is declared, as Markdown; the same declaration gives the same text."""
    lines = [
        "# The graph",
        "",
        f"Schema version {schema.version}. Written by `fingraph schema docs`; change `graph_schema/declaration.py`, not this file.",
        "",
        "Every node has a unique `key`. Times are whole microseconds since 1970 UTC, money is whole cents.",
        "",
        "## Nodes",
    ]
    for node in schema.nodes:
        more = " Mappings may add properties." if node.open else ""
        lines += ["", f"### {node.label}", "", f"{node.description}{more}", "", *_table(node.properties)]
    lines += ["", "## Identifiers", "", "What applications and events share. `bind`: links made while it had fewer "
              "may hold a ring together (0: never). `walk`: past it, it is a hub.", "",
              "| identifier | relationship | normaliser | scope | bind | walk | roles |", "|---|---|---|---|---|---|---|"]  # fmt: skip
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


def _identifier_row(identifier: Identifier) -> str:
    roles = ", ".join(f"**{r}**" if r in identifier.binding_roles else r for r in identifier.roles)
    return (
        f"| {identifier.label} | {identifier.relationship} | {identifier.normaliser} | {identifier.scope} "
        f"| {identifier.bind} | {identifier.walk} | {roles} |"
    )


def _table(properties: Iterable[Property]) -> list[str]:
    return [
        "| property | type | personal data | required | what |",
        "|---|---|---|---|---|",
        *(
            f"| {p.name} | {p.type} | {p.personal} | {'yes' if p.required else ''} | {p.description} |"
            for p in properties
        ),
    ]
