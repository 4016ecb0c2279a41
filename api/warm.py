"""What a server does before it takes requests: every read once, and a walk over the newest part of the stores.

Reads are tried on things that exist, where there are any: on what does not exist they end before their last statement,
and that one's plan is missing when the first person asks (measured: 11 s for a ring on a busy machine, 0.1 s after).
"""

from __future__ import annotations

import gc
import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from core.errors import FinGraphError, GraphUnavailableError, NotFoundError
from core.graph import Graph
from graph_schema import Schema
from queries import statement
from queries.ask import warm
from queries.entities import application, identifier, user, user_applications
from queries.expand import expand
from queries.neighbours import Order
from rings import list_rings, ring_evidence, ring_graph, ring_history, ring_members, show_ring

MOST = 200_000
"""Applications, the newest first, whose links and what they lead to are read: no more of the store is."""
NOBODY = "fingraph:nobody"

_log = logging.getLogger("fingraph.ready")


@dataclass(frozen=True)
class Samples:
    """Things to try reads on; names that nobody has where the graph holds none."""

    application: str = NOBODY
    user: str = NOBODY
    ring: str = NOBODY
    things: dict[str, str] = field(default_factory=dict)
    """Key of an identifier by its type."""

    def key(self, label: str) -> str:
        """The key of one of that type."""
        known = {"Application": self.application, "User": self.user, "Ring": self.ring, **self.things}
        return known.get(label, NOBODY)


def warm_plans(graph: Graph, schema: Schema) -> None:
    """Have Neo4j plan every read that the API makes; raises `GraphUnavailableError` when it cannot just now."""
    samples = _samples(graph)
    late: GraphUnavailableError | None = None
    reads = list(_reads(graph, schema, samples))
    # Workers that plan in one order all wait for the same plan; so each finds what others planned.
    random.shuffle(reads)
    for read in reads:
        try:
            _try(read)
        except GraphUnavailableError as error:
            if error.code != "graph.timeout":
                raise
            late = error  # its plan may be made by the next time; the others need not wait for that
    if late is not None:
        raise late


def _reads(graph: Graph, schema: Schema, samples: Samples) -> Iterator[Callable[[], object]]:
    yield from _entities(graph, schema, samples)
    yield from _rings(graph, schema, samples.ring)
    for label in ("Application", "User", "Ring", *(one.label for one in schema.identifiers)):
        for order in (Order.NEWEST, Order.MOST_CONNECTED):  # the opposite has the same statement
            yield partial(expand, graph, schema, label, samples.key(label), order=order)
    yield partial(warm, graph, schema)


def warm_pages(graph: Graph) -> None:
    """Read the newest part of the graph into the page cache: at most `MOST` applications with their links."""
    statement("warm/applications").run(graph, most=MOST)


def settle() -> None:
    """What is there now stays: the garbage collector need not look through it again, which cost requests up to half a second."""
    gc.collect()
    gc.freeze()


def _try(read: Callable[[], object]) -> None:
    try:
        read()
    except NotFoundError:
        return  # nobody is called so
    except GraphUnavailableError:
        raise
    except FinGraphError as error:
        # One read that Neo4j refuses is a fault to be mended; all others can still be answered.
        _log.error("refused", extra={"fields": {"code": error.code, "message": error.message}})
    except Exception as error:  # noqa: BLE001 - what one thing in the graph breaks is no reason to answer nothing
        _log.error("failed", extra={"fields": {"error": type(error).__name__}})


def _samples(graph: Graph) -> Samples:
    rows = statement("warm/samples").run(graph)
    if not rows:
        return Samples()
    row = rows[0]
    things = {one["type"]: one["key"] for one in row["things"]}
    return Samples(row["application"], row["user"] or NOBODY, row["ring"] or NOBODY, things)


def _entities(graph: Graph, schema: Schema, samples: Samples) -> Iterator[Callable[[], object]]:
    yield lambda: application(graph, schema, *_named(samples.application))
    yield lambda: user(graph, schema, *_named(samples.user))
    yield lambda: user_applications(graph, *_named(samples.user))
    for one in schema.identifiers:
        yield partial(identifier, graph, schema, one.label, samples.key(one.label))


def _named(key: str) -> tuple[str, str]:
    source, _, id_ = key.partition(":")
    return source, id_


def _rings(graph: Graph, schema: Schema, ring: str) -> Iterator[Callable[[], object]]:
    yield lambda: list_rings(graph)
    yield lambda: show_ring(graph, schema, ring)
    yield lambda: ring_members(graph, ring)
    yield lambda: ring_evidence(graph, schema, ring)
    yield lambda: ring_history(graph, ring)
    yield lambda: ring_graph(graph, schema, ring)
