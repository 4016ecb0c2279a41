"""Pairs and components in the database, by Neo4j's Graph Data Science: the same groups as the columns give.

The pairs are made by Cypher from the schema's bonds, exactly as `rings.bonds` makes them, and projected into the
server's heap; the projection bears the run's number, and is dropped after. One that a killed run left is dropped
before the next: only one run goes at a time, so every other projection of ours is stale.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import polars as pl

from core.errors import EnvironmentMissingError, FinGraphError, GraphUnavailableError
from core.graph import Graph, Transaction
from core.progress import Progress
from graph_schema import Bond, Identifier, Schema
from queries import statement
from rings.bonds import LINKS_PER_BIND, WHOLE, anonymous_name
from rings.components import LEVELS, Engine, Groups, groups, in_columns

PREFIX = "fingraph-rings-"
SECONDS = 600.0
BLOCK = 20_000
"""Node ids a row of components."""
PAIR_BYTES = 250
"""Heap that a pair takes while its strengths are summed, before it is projected."""
AROUND_BYTES = 64 << 20
"""Heap that a projection takes, however small: 40 MB were measured where the estimate says 5."""


class EngineName(StrEnum):
    """Where pairs and components are computed."""

    COLUMNS = "columns"
    """In the process."""
    GDS = "gds"
    """In the database; refused where it does not fit."""
    AUTO = "auto"
    """In the database where it fits, else in the process."""


def engine(
    name: EngineName, graph: Graph, schema: Schema, *, point: int, run: int, progress: Progress
) -> Engine:
    """The engine of that name for run `run` as of `point` (µs).

    That of `gds` raises `EnvironmentMissingError` (`rings.gds_missing`) on a server without Graph Data Science, and
    `GraphUnavailableError` (`rings.gds_memory`) when the projection does not fit the heap that is free.
    """

    def components(names: pl.Series, pairs: pl.DataFrame) -> list[Groups]:
        obstacle = _obstacle(graph, pairs)
        if obstacle and name is EngineName.GDS:
            raise obstacle
        if obstacle or pairs.is_empty():
            return in_columns(names, pairs)
        progress.step("Projecting into the database")
        with _projected(graph, schema, point, run) as projection:
            return [_groups(graph, projection, least, names) for least in LEVELS]

    return in_columns if name is EngineName.COLUMNS else components


def _obstacle(graph: Graph, pairs: pl.DataFrame) -> FinGraphError | None:
    """Why these pairs cannot be projected; None when they can."""
    if not statement("rings/gds_there").run(graph):
        return EnvironmentMissingError(
            "rings.gds_missing",
            "This Neo4j has no Graph Data Science.",
            hints=("Install it in the server.", "Or compute in the process: --engine columns"),
        )
    nodes = pl.concat([pairs["a"], pairs["b"]]).n_unique()
    size = {"nodes": nodes, "relationships": 2 * pairs.height}
    estimated = statement("rings/gds_estimate").run(graph, **size)[0]["bytes"]
    needed = estimated + AROUND_BYTES + PAIR_BYTES * pairs.height
    free = statement("rings/gds_heap").run(graph)[0]["free"]
    if needed <= free:
        return None
    return GraphUnavailableError(
        "rings.gds_memory",
        f"Neo4j's heap has {free >> 20:,} MB free; the projection needs up to {needed >> 20:,} MB.",
        hints=("Raise FINGRAPH_NEO4J_HEAP_MB and restart it.", "Or compute in the process: --engine columns"),
    )


@contextmanager
def _projected(graph: Graph, schema: Schema, point: int, run: int) -> Iterator[str]:
    """The name of a projection of all pairs known before `point`, which lasts as long as the block."""
    name = f"{PREFIX}{run}"

    def project(tx: Transaction) -> None:
        # Together, since a projection outlives the transaction that made it and fails when that is tried again.
        statement("rings/gds_drop").within(tx, prefix=PREFIX)
        tx.run(projecting(schema), name=name, point=point)

    try:
        graph.in_read(project, seconds=SECONDS)
        yield name
    finally:
        # One that a server took down with it needs no dropping, and one that it kept the next run drops.
        with contextlib.suppress(GraphUnavailableError):
            statement("rings/gds_drop").run(graph, prefix=PREFIX)


def _groups(graph: Graph, projection: str, least: int, names: pl.Series) -> Groups:
    rows = statement("rings/gds_components").run(
        graph, seconds=SECONDS, name=projection, threshold=least - 0.5, block=BLOCK
    )
    found = pl.concat(
        pl.DataFrame({name: row[name] for name in ("kind", "key", "component")}) for row in rows
    )
    kind, key = pl.col("kind"), pl.col("key")
    name = pl.when(kind == "User").then(key).otherwise(anonymous_name(key, kind == "Application"))
    numbers = pl.DataFrame({"name": names}).with_row_index("b").with_columns(pl.col("b").cast(pl.Int64))
    known = found.with_columns(name.alias("name")).join(numbers, on="name")
    return groups(len(names), known.select(pl.col("b").min().over("component").alias("a"), "b"))


def projecting(schema: Schema) -> str:
    """The statement that projects the pairs known before `$point` as `$name`, with their `strength`."""
    ties = "\n  UNION ALL\n".join([*(_ties(i) for i in schema.identifiers if i.ties), _JOINT])
    return f"""CALL () {{
{ties}
}}
WITH CASE WHEN id(one) < id(two) THEN one ELSE two END AS a, CASE WHEN id(one) < id(two) THEN two ELSE one END AS b,
     sum(strength) AS strength
WITH gds.graph.project($name, a, b, {{relationshipProperties: {{strength: strength}}}},
     {{undirectedRelationshipTypes: ['*']}}) AS projected
RETURN projected.nodeCount AS nodes, projected.relationshipCount AS relationships"""


_KNOWN = "({0}.known_at IS NULL OR {0}.known_at < $point)"


def _ties(identifier: Identifier) -> str:
    """`one, two, strength`: the first users of each identifier of the type, each with the one before."""
    links = f"(s)<-[:{identifier.relationship}]-()"
    strongest = sorted(identifier.ties, key=lambda bond: -bond.strength)
    cases = " ".join(f"WHEN {_holds(bond)} THEN {round(bond.strength * WHOLE)}" for bond in strongest)
    return f"""  MATCH (s:{identifier.label}) WHERE COUNT {{ {links} }} > 1
  CALL (s) {{
    MATCH (s)<-[r:{identifier.relationship}]-(t) WHERE {_KNOWN.format("r")} AND {_KNOWN.format("t")}
    OPTIONAL MATCH (u:User)-[:SUBMITTED|DID]->(t)
    WITH r, t, u ORDER BY r.known_at, r.seq, t.key, t:Event, r.role, u.key
    LIMIT {identifier.bind * LINKS_PER_BIND}
    RETURN collect({{who: coalesce(u, t), at: r.known_at, role: r.role}}) AS links
  }}
  WITH reduce(line = [], x IN links | CASE
    WHEN size(line) = {identifier.bind} OR x.who IN [y IN line | y.who] THEN line ELSE line + [x] END) AS line
  UNWIND range(1, size(line) - 1) AS i
  WITH line[i - 1] AS x, line[i] AS y, line[i].at - line[i - 1].at AS gap
  WITH x, y, CASE {cases} ELSE 0 END AS strength WHERE strength > 0
  RETURN x.who AS one, y.who AS two, strength"""


def _holds(bond: Bond) -> str:
    parts = ["gap IS NULL"] if bond.undated else []
    if bond.within is not None:
        parts.append(f"gap <= {bond.within}")
    if bond.roles is not None:
        parts += [f"{end}.role = '{role}'" for end, role in zip("xy", bond.roles, strict=True)]
    return " AND ".join(parts) or "true"


_JOINT = f"""  MATCH (t:Application) WHERE COUNT {{ (t)<-[:SUBMITTED]-() }} > 1 AND {_KNOWN.format("t")}
  WITH COLLECT {{ MATCH (u:User)-[:SUBMITTED]->(t) RETURN u ORDER BY u.key }} AS line
  UNWIND range(1, size(line) - 1) AS i
  RETURN line[i - 1] AS one, line[i] AS two, {WHOLE} AS strength"""
