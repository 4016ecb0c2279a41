"""What a server does before it takes requests: every read once, on things that do not exist, and a walk over the stores."""

from __future__ import annotations

import logging
from collections.abc import Callable

from core.errors import FinGraphError, GraphUnavailableError, NotFoundError
from core.graph import Graph
from graph_schema import Schema
from queries import Kind, Question, ask, questions, statement
from queries.entities import application, identifier, user
from queries.expand import expand
from queries.neighbours import Order
from queries.specs import SUBJECTS, Param
from rings import list_rings, ring_history, show_ring

NODES = 200_000
"""Nodes whose properties are read, and applications, the newest first, whose links are: what is read of the store."""
NOBODY = "fingraph:nobody"

_log = logging.getLogger("fingraph.ready")


def warm_plans(graph: Graph, schema: Schema) -> None:
    """Have Neo4j plan every read that the API makes."""
    for read in _reads(graph, schema):
        try:
            read()
        except NotFoundError:
            continue  # as it should be: nobody is called so
        except GraphUnavailableError:
            raise
        except FinGraphError as error:
            # One read that Neo4j refuses is a fault to be mended; all others can still be answered.
            _log.error("refused", extra={"fields": {"code": error.code, "message": error.message}})


def warm_pages(graph: Graph) -> None:
    """Read the newest part of the graph, so that it is in the page cache: at most `NODES` applications with their links."""
    statement("warm/nodes").run(graph, most=NODES)
    statement("warm/applications").run(graph, most=NODES)


def _reads(graph: Graph, schema: Schema) -> list[Callable[[], object]]:
    first = schema.identifiers[0].label
    reads: list[Callable[[], object]] = [
        lambda: list_rings(graph),
        lambda: show_ring(graph, schema, NOBODY),
        lambda: ring_history(graph, NOBODY),
        lambda: application(graph, schema, "fingraph", "nobody"),
        lambda: user(graph, schema, "fingraph", "nobody"),
        lambda: identifier(graph, schema, first, NOBODY),
        *(
            _expanding(graph, schema, label, order)
            for label in ("Application", "User", first)
            for order in Order
        ),
        *(_asking(graph, schema, one) for one in questions()),
    ]
    return reads


def _expanding(graph: Graph, schema: Schema, label: str, order: Order) -> Callable[[], object]:
    return lambda: expand(graph, schema, label, NOBODY, order=order)


def _asking(graph: Graph, schema: Schema, one: Question) -> Callable[[], object]:
    params = {param.name: _anything(param, schema) for param in one.params if param.default is None}
    return lambda: ask(graph, schema, one.name, params, limit=1)


def _anything(param: Param, schema: Schema) -> str | int:
    if param.kind in SUBJECTS:
        return NOBODY
    if param.kind is Kind.TYPE:
        return param.types[0] if param.types else schema.identifiers[0].label
    if param.kind in (Kind.INTEGER, Kind.TIME):
        return param.least or 1
    return "nothing"
