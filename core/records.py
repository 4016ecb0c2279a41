"""What Neo4j gives back, in plain Python: plans of statements, and rows that JSON can hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Operator:
    """One operator of a plan, with those below it."""

    name: str
    """As Neo4j names it, without the database: `NodeUniqueIndexSeek`."""
    details: str
    """What it works on, as Neo4j tells it."""
    children: tuple[Operator, ...]

    def walk(self) -> Iterator[Operator]:
        """This operator and every one below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Plan:
    """How Neo4j would run a statement."""

    type: str
    """`r` reads, `rw` and `w` write, `s` changes the schema; empty for commands that are none of these."""
    root: Operator | None
    """None for commands without a plan."""


@dataclass(frozen=True)
class Bounded:
    """Rows of a statement up to a bound."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    cut_by: str | None
    """`rows` or `bytes`: which bound left rows out; None when all are there."""


def operator_of(plan: Mapping[str, Any]) -> Operator:
    """A plan as the driver gives it."""
    return Operator(
        str(plan["operatorType"]).split("@", maxsplit=1)[0],
        str(plan.get("args", {}).get("Details", "")),
        tuple(operator_of(child) for child in plan.get("children", ())),
    )


def plain(value: Any) -> Any:
    """A value of a row as JSON can hold it: nodes and relationships as maps, times as ISO texts."""
    from neo4j.graph import Node, Path, Relationship  # noqa: PLC0415 - the driver is imported when a graph is opened

    if isinstance(value, Node):
        return {"labels": sorted(value.labels), "properties": plain(dict(value))}
    if isinstance(value, Relationship):
        ends = [None if node is None else node.get("key") for node in value.nodes]
        return {"type": value.type, "start": ends[0], "end": ends[1], "properties": plain(dict(value))}
    if isinstance(value, Path):
        return {
            "nodes": [plain(node) for node in value.nodes],
            "links": [plain(r) for r in value.relationships],
        }
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # JSON has no infinity and no NaN
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    return value.iso_format() if hasattr(value, "iso_format") else str(value)
