"""The declaration and a live graph: applying it, storing what was declared, and finding where they differ."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from core.errors import FinGraphError, IncompatibleError
from core.graph import ALONE_SECONDS, Graph, Row, Transaction
from graph_schema.cypher import constraints, indexes
from graph_schema.declaration import FINGRAPH, STATE
from graph_schema.model import Bond, Identifier, Personal, Property, Schema, Type

MIGRATIONS: dict[int, tuple[str, ...]] = {}
"""For each version the statements that bring a graph of the version before to it."""

_STATE = "MATCH (s:SchemaState {key: 'schema'}) RETURN s.version AS version, s.extensions AS extensions, s.hash_key_id AS hash_key_id"
_STORE = "MERGE (s:SchemaState {key: 'schema'}) SET s += $state"
_LOCK = "MERGE (s:SchemaState {key: 'schema'}) SET s._lock = true REMOVE s._lock"
_STATE_KEY = constraints(Schema(FINGRAPH.version, (STATE,), (), ()))
"""Without it two first loads would make two states."""

_BOUNDS = ("low", "high")
_VALUE_TYPES = {
    "STRING": (Type.STRING,),
    "INTEGER": (Type.INTEGER, Type.TIME),
    "FLOAT": (Type.FLOAT,),
    "BOOLEAN": (Type.BOOLEAN,),
    "LIST<FLOAT": (Type.FLOATS,),
}


@dataclass(frozen=True)
class Difference:
    """A place where the graph is not what the schema says."""

    code: str
    where: str
    count: int
    todo: str


def stored_state(graph: Graph) -> Row | None:
    """What the graph says it was made with: version, extensions (JSON), hash_key_id."""
    rows = graph.read(_STATE)
    return rows[0] if rows and rows[0]["version"] is not None else None


def live_schema(graph: Graph, base: Schema = FINGRAPH) -> Schema:
    """`base` with the identifier types and properties that loads have declared in this graph.

    Raises `IncompatibleError` (`schema.newer`) when a newer FinGraph made it.
    """
    state = stored_state(graph)
    if state is None:
        return base
    _compatible(state, base)
    return _extended(base, json.loads(state["extensions"] or "{}"))


def apply(graph: Graph, schema: Schema, hash_key_id: str) -> bool:
    """Make constraints and indexes, migrate, store what `schema` adds. True when what is stored changed.

    What others have declared in this graph meanwhile stays. Raises `IncompatibleError`: `schema.newer`;
    `schema.hash_key` when the graph was hashed with another key. Raises `UsageError` (`schema.redeclared`) when
    others have declared the same names with other content.
    """
    _make(graph, _STATE_KEY)
    state = stored_state(graph)
    if state is not None:
        _fitting(state, schema, hash_key_id)
        for version in range(state["version"] + 1, schema.version + 1):
            for statement in MIGRATIONS.get(version, ()):
                graph.implicit(statement)
    merged, changed = graph.in_write(lambda tx: _store(tx, schema, hash_key_id))
    graph.in_write(
        partial(_make_alone, graph, [*constraints(merged), *indexes(merged)]), seconds=ALONE_SECONDS
    )
    if changed:
        graph.implicit("CALL db.awaitIndexes(600)")
    return changed


def _store(tx: Transaction, schema: Schema, hash_key_id: str) -> tuple[Schema, bool]:
    """What is stored with what `schema` adds, and whether that is more; one writer at a time."""
    tx.run(_LOCK)
    state = tx.run(_STATE)[0]
    merged = FINGRAPH
    if state["version"] is not None:
        _fitting(state, schema, hash_key_id)
        merged = _extended(merged, json.loads(state["extensions"] or "{}"))
    merged = _extended(merged, json.loads(extensions(schema)))
    wanted: Row = {"version": schema.version, "extensions": extensions(merged), "hash_key_id": hash_key_id}
    if state == wanted:
        return merged, False
    tx.run(_STORE, state=wanted)
    return merged, True


def _make_alone(graph: Graph, statements: list[str], lock: Transaction) -> None:
    """`_make` while `lock` keeps others out: a constraint that fails beside another may leave its index behind,
    populating for ever."""
    lock.run(_LOCK)
    _make(graph, statements)


def _make(graph: Graph, statements: list[str]) -> None:
    """Run schema commands; what another load made at the same moment counts as made."""
    for statement in statements:
        try:
            graph.write(statement, seconds=ALONE_SECONDS)  # again when two loads block each other
        except FinGraphError as error:
            if error.code != "graph.schema_exists":
                raise


def check(graph: Graph, schema: Schema) -> list[Difference]:
    """Every difference between the graph and `schema`, in one pass over each label and relationship type."""
    found: list[Difference] = []
    for row in graph.read("CALL db.labels() YIELD label RETURN label ORDER BY label"):
        label = row["label"]
        total = graph.read(f"MATCH (n:`{_quoted(label)}`) RETURN count(n) AS n")[0]["n"]
        if label not in schema.by_label:
            if total:
                found.append(Difference("label.unknown", label, total, "declare it, or delete these nodes"))
            continue
        properties = schema.node(label).properties
        found += _properties(graph, f"MATCH (n:`{_quoted(label)}`)", label, total, properties)
    known = {r.type for r in schema.relationships}
    for row in graph.read(
        "CALL db.relationshipTypes() YIELD relationshipType AS type RETURN type ORDER BY type"
    ):
        total = graph.read(f"MATCH ()-[n:`{_quoted(row['type'])}`]->() RETURN count(n) AS n")[0]["n"]
        if row["type"] not in known and total:
            found.append(Difference("relationship.unknown", row["type"], total, "declare it, or delete them"))
    for kind in dict.fromkeys((r.type, r.start, r.end, r.properties) for r in schema.relationships):
        type_, start, end, properties = kind
        match = f"MATCH (:{start})-[n:{type_}]->(:{end})"
        total = graph.read(f"{match} RETURN count(n) AS n", seconds=600)[0]["n"]
        found += _properties(graph, match, f"({start})-[{type_}]->({end})", total, properties)
    made = {row["name"] for row in graph.read("SHOW CONSTRAINTS YIELD name RETURN name")}
    for label in schema.by_label:
        if f"{label.lower()}_key" not in made:
            found.append(Difference("constraint.missing", label, 1, "run: fingraph schema apply"))
    return found


def extensions(schema: Schema, base: Schema = FINGRAPH) -> str:
    """What `schema` adds to `base`, as canonical JSON."""
    own = [_stored(i) for i in schema.identifiers if i.label not in base.by_label]
    properties = {
        node.label: [_stored(p) for p in node.properties if base.node(node.label).property(p.name) is None]
        for node in schema.nodes
    }
    added = {label: sorted(more, key=lambda p: str(p["name"])) for label, more in properties.items() if more}
    return json.dumps(
        {"identifiers": sorted(own, key=lambda i: str(i["label"])), "properties": added}, sort_keys=True
    )


def _stored(declared: Identifier | Property) -> dict[str, Any]:
    """Without the bounds that are not declared: what is stored is what graphs made before there were any hold."""
    return asdict(
        declared, dict_factory=lambda items: {k: v for k, v in items if k not in _BOUNDS or v is not None}
    )


def extended_by(base: Schema, stored: str | None) -> Schema:
    """`base` with what `extensions` wrote as JSON."""
    return _extended(base, json.loads(stored or "{}"))


def _extended(base: Schema, stored: dict[str, Any]) -> Schema:
    identifiers = [
        Identifier(**{
            **i,
            "properties": tuple(_property(p) for p in i["properties"]),
            "roles": tuple(i["roles"]),
            "binding_roles": tuple(i["binding_roles"]),
            "bonds": tuple(_bond(b) for b in i.get("bonds", ())),
        })
        for i in stored.get("identifiers", [])
    ]  # fmt: skip
    properties = {
        label: tuple(_property(p) for p in more) for label, more in stored.get("properties", {}).items()
    }
    return base.extended(identifiers, properties)


def _bond(stored: dict[str, Any]) -> Bond:
    first, second = stored["roles"] or (None, None)
    return Bond(**{**stored, "roles": None if first is None else (first, second)})


def _property(stored: dict[str, Any]) -> Property:
    return Property(**{**stored, "type": Type(stored["type"]), "personal": Personal(stored["personal"])})


def _fitting(state: Row, schema: Schema, hash_key_id: str) -> None:
    _compatible(state, schema)
    if state["hash_key_id"] not in (None, hash_key_id):
        raise IncompatibleError(
            "schema.hash_key",
            f"This graph was hashed with key {state['hash_key_id']}, this home holds key {hash_key_id}.",
            hints=("Put the graph's key into secrets/hash.key or FINGRAPH_HASH_KEY.",
                   "Or load into an empty graph: fingraph db reset"),
        )  # fmt: skip


def _compatible(state: Row, schema: Schema) -> None:
    if state["version"] > schema.version:
        raise IncompatibleError(
            "schema.newer",
            f"This graph has schema version {state['version']}; this FinGraph knows {schema.version}. Upgrade it.",
        )


def _quoted(name: str) -> str:
    """A name read from the database, safe between backticks."""
    return name.replace("`", "``")


def _properties(
    graph: Graph, match: str, where: str, total: int, properties: tuple[Property, ...]
) -> list[Difference]:
    if not total:
        return []
    declared = {p.name: p for p in properties}
    rows = graph.read(
        f"{match} UNWIND keys(n) AS name WITH name, valueType(n[name]) AS type, count(*) AS n "
        "RETURN name, type, n ORDER BY name, type LIMIT 1000",
        seconds=600,
    )
    found: list[Difference] = []
    for row in rows:
        name, kind = row["name"], row["type"].split(" ")[0]
        if name not in declared:
            found.append(
                Difference("property.unknown", f"{where}.{name}", row["n"], "declare it in a mapping")
            )
        elif declared[name].type not in _VALUE_TYPES.get(kind, ()):
            todo = f"it is {kind}, declared {declared[name].type}: load it again"
            found.append(Difference("property.type", f"{where}.{name}", row["n"], todo))
    for name, prop in declared.items():
        there = sum(row["n"] for row in rows if row["name"] == name)
        if prop.required and there < total:
            found.append(Difference("property.missing", f"{where}.{name}", total - there, "load them again"))
    return found
