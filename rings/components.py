"""Connected components over the binding links, inside the database, by GDS.

The client speaks through `core.graph`, so that its statements have our timeouts and errors with names.
Components don't depend on the number of threads; their numbers do, and never leave this module's callers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import polars as pl
from graphdatascience import GraphDataScience
from graphdatascience.call_parameters import CallParameters
from graphdatascience.query_runner import QueryMode, QueryRunner
from graphdatascience.query_runner.query_type import QueryType
from graphdatascience.versions import ServerVersion
from pandas import DataFrame  # type: ignore[import-untyped]

from core.errors import EnvironmentMissingError
from core.graph import Graph
from core.progress import Progress
from graph_schema import Schema
from queries import statement
from rings import binding

SECONDS = 3_600.0
MINIMUM_APPLICATIONS = 3
MINIMUM_USERS = 2
HEAP_SHARE = 0.8
"""Share of the server's free heap that a run may ask for; the rest is for its statements."""

PREFIX = "fingraph-rings-"
"""Of the names of projections. One run goes at a time, so what is there when it begins is a stray."""

MISSING = -(2**63)
"""Stands for a missing number in a column, which cannot carry a null."""

COLUMNS = {
    "component": pl.Int64,
    "key": pl.String,
    "user": pl.String,
    "known_at": pl.Int64,
    "seq": pl.Int64,
    "amount_cents": pl.Int64,
}


@dataclass(frozen=True)
class Components:
    """What a run found: the components that are rings, by numbers that mean nothing outside it."""

    members: pl.DataFrame
    """A row per application and user of it: `COLUMNS`."""
    shared: dict[int, dict[str, int]]
    """Per component and identifier type, how many identifiers bind two users or more."""


def find_components(graph: Graph, schema: Schema, progress: Progress) -> Components:
    """Components of at least `MINIMUM_APPLICATIONS` applications of `MINIMUM_USERS` users.

    Raises `EnvironmentMissingError` (`rings.memory`) when the server's heap is too small for the graph, and
    (`rings.no_gds`) when the server has no Graph Data Science library.
    """
    gds = _client(graph)
    for stray in statement("rings/stray_projections").run(graph, prefix=PREFIX):
        gds.graph.drop(stray["name"], fail_if_missing=False)
    _check_memory(gds, graph, schema)
    progress.step("Projecting links")
    with _projected(gds, schema) as projected:
        if projected is None:
            return Components(pl.DataFrame(schema=COLUMNS), {})
        progress.step("Finding components")
        gds.wcc.mutate(projected, "component", concurrency=1, log_progress=False)
        progress.step("Reading members")
        members = _ring_members(graph, projected.name())
        progress.step("Counting what is shared")
        shared = _shared(graph, schema, projected.name(), members)
    return Components(members, shared)


def _client(graph: Graph) -> GraphDataScience:
    if not statement("rings/has_gds").run(graph)[0]["found"]:
        raise EnvironmentMissingError(
            "rings.no_gds",
            "This Neo4j has no Graph Data Science library.",
            hints=("Start the local server, which has it: fingraph db start", "Or add OpenGDS to plugins/."),
        )
    return GraphDataScience(_Runner(graph), arrow=False, show_progress=False)


def _check_memory(gds: GraphDataScience, graph: Graph, schema: Schema) -> None:
    """Refuse what does not fit before it is tried. Store counts bound the projection from above."""
    size = graph.read(binding.size(schema))[0]
    room = statement("rings/memory").run(graph, nodes=size["nodes"], links=size["links"])[0]
    dimensions = {
        "nodeCount": size["nodes"],
        "relationshipCount": size["links"],
        "nodeProjection": "*",
        "relationshipProjection": "*",
    }
    need = room["projection"] + gds.wcc.estimate(dimensions, concurrency=1).bytes_max
    if need > room["available"] * HEAP_SHARE:
        raise EnvironmentMissingError(
            "rings.memory",
            f"Finding rings among {size['nodes']:,} nodes and {size['links']:,} links needs about "
            f"{_mb(need):,} MB of Neo4j's heap; {_mb(room['available'])} MB are free.",
            hints=(f"Set FINGRAPH_NEO4J_HEAP_MB to {_mb(need / HEAP_SHARE) + 1024} and restart Neo4j.",),
        )


def _mb(size: float) -> int:
    return int(size / 2**20) + 1


@contextmanager
def _projected(gds: GraphDataScience, schema: Schema) -> Iterator[Any]:
    """The projection, under a name of its own, gone when the block is left however it is left."""
    name = PREFIX + uuid.uuid4().hex
    try:
        yield _project(gds, schema, name)
    finally:
        gds.graph.drop(name, fail_if_missing=False)


def _project(gds: GraphDataScience, schema: Schema, name: str) -> Any:
    try:
        return gds.graph.project.cypher(binding.projection(schema), projection=name).graph
    except ValueError:
        # The client's answer to a projection of nothing: no link binds.
        if gds.graph.exists(name):
            raise
        return None


def _ring_members(graph: Graph, name: str) -> pl.DataFrame:
    candidates = statement("rings/ring_components").run(graph, seconds=SECONDS, projection=name)
    rows = statement("rings/component_members").stream(
        graph, seconds=SECONDS, projection=name, components=candidates[0]["components"], missing=MISSING
    )
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for row in rows:
        columns["component"] += [row["component"]] * len(row["key"])
        for column in list(COLUMNS)[1:]:
            columns[column] += row[column]
    members = pl.DataFrame(columns, schema=COLUMNS).with_columns(
        pl.col("user").replace("", None),
        pl.col("known_at", "seq", "amount_cents").replace(MISSING, None),
    )
    rings = (
        members.group_by("component")
        .agg(pl.col("key").n_unique(), pl.col("user").drop_nulls().n_unique())
        .filter(pl.col("key") >= MINIMUM_APPLICATIONS, pl.col("user") >= MINIMUM_USERS)
    )
    return members.join(rings, on="component", how="semi")


def _shared(graph: Graph, schema: Schema, name: str, members: pl.DataFrame) -> dict[int, dict[str, int]]:
    components = members["component"].unique().sort().to_list()
    shared: dict[int, dict[str, int]] = {c: {} for c in components}
    if components and binding.bindings(schema):
        query = binding.shared_counts(schema)
        for row in graph.stream(query, seconds=SECONDS, projection=name, components=components):
            shared[row["component"]][row["type"]] = row["identifiers"]
    return shared


class _Runner(QueryRunner):
    """Lets the GDS client speak through our connection."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def call_procedure(  # noqa: PLR0917 - the client's signature
        self,
        endpoint: str,
        query_type: QueryType = QueryType.USER_TRANSPILED,
        params: CallParameters | None = None,
        yields: list[str] | None = None,
        database: str | None = None,
        mode: QueryMode = QueryMode.READ,
        logging: bool = False,
        retryable: bool = False,
        custom_error: bool = True,
    ) -> DataFrame:
        """The rows of a procedure."""
        given = params or CallParameters()
        wanted = f" YIELD {', '.join(yields)}" if yields else ""
        return self.run_cypher(f"CALL {endpoint}({given.placeholder_str()}){wanted}", query_type, given)

    def call_function(
        self,
        endpoint: str,
        query_type: QueryType = QueryType.USER_TRANSPILED,
        params: CallParameters | None = None,
    ) -> Any:
        """The value of a function."""
        given = params or CallParameters()
        query = f"RETURN {endpoint}({given.placeholder_str()}) AS value"
        return self.run_cypher(query, query_type, given).iloc[0]["value"]

    def run_cypher(  # noqa: PLR0917 - the client's signature
        self,
        query: str,
        query_type: QueryType,
        params: dict[str, Any] | None = None,
        database: str | None = None,
        mode: QueryMode | None = None,
        custom_error: bool = True,
    ) -> DataFrame:
        """The rows of a statement. GDS changes its own memory only, so a read transaction is enough."""
        return DataFrame(self._graph.in_read(lambda tx: tx.run(query, **(params or {})), seconds=SECONDS))

    run_retryable_cypher = run_cypher

    def server_version(self) -> ServerVersion:
        """Version of the library on the server."""
        return ServerVersion.from_string(self.call_function("gds.version"))

    def driver_config(self) -> dict[str, Any]:
        """Nothing: the connection is ours."""
        return {}

    def db_driver(self) -> Any:
        """The driver of the connection."""
        return self._graph.driver

    def encrypted(self) -> bool:
        """Only asked for Arrow, which is off."""
        return False

    def set_database(self, database: str) -> None:
        """Nothing: there is one."""

    def set_bookmarks(self, bookmarks: Any) -> None:
        """Nothing: one server has no need of them."""

    def database(self) -> str | None:
        """The one database."""
        return "neo4j"

    def bookmarks(self) -> Any:
        """None are kept."""
        return None

    def last_bookmarks(self) -> Any:
        """None are kept."""
        return None

    def set_show_progress(self, show_progress: bool) -> None:
        """Nothing: progress is told step by step."""

    def cloneWithoutRouting(self, host: str, port: int) -> QueryRunner:
        """This one: there is no routing."""
        return self

    def read_connection_info(self) -> Any:
        """Only asked for Arrow, which is off."""
        return None
