"""Rings for people who work in Python: networkx graphs and pandas frames; and as texts, GraphML and JSON."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.graph import Graph
from core.page import LIMIT_MOST, Page
from rings.listing import RingSummary, Sort, list_rings
from rings.ring_graph import APPLICATION, USER, RingGraph
from rings.view import TARGET

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

MEMBERS = {
    **{"application": "string", "users": "object", "lender": "string", "known_at": "time"},
    **{"amount_cents": "Int64", "since_run": "Int64", TARGET: "Float64"},
}
EVIDENCE = {
    **{"type": "string", "key": "string", "masked": "string"},
    **{"users": "Int64", "applications": "Int64", "links": "Int64", "hub": "boolean"},
    **{"first_at": "time", "last_at": "time"},
}
RINGS = {
    **{"ring": "string", "score": "Float64", "listed": "boolean", "applications": "Int64", "users": "Int64"},
    **{"first_at": "time", "last_at": "time", "amount_cents": "Int64", "at_risk_cents": "Int64"},
    **{"shared": "string", "born_run": "Int64", "run": "Int64", "reasons": "string"},
}
"""Columns with their dtypes; `time` is `datetime64[us, UTC]`, and every missing value is a null of its dtype."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class RingFrames(NamedTuple):
    """A ring as two frames."""

    members: pd.DataFrame
    """A row an application: `MEMBERS`; `users` is a tuple of keys, empty for an application without a user."""
    evidence: pd.DataFrame
    """A row an identifier of at least two users, most users first: `EVIDENCE`."""


def to_networkx(ring_graph: RingGraph) -> nx.MultiDiGraph:
    """The ring as a directed multigraph.

    Nodes are named `Type:key` and have `type, key, label, known_at` and the properties of a `RingNode`; edges are
    numbered and have `type, role, known_at`. What is not known is left out, so that every attribute has a value. The
    graph itself has `ring, score, as_of, cut`. Times are microseconds.
    """
    import networkx as nx

    ring = ring_graph.ring
    made = nx.MultiDiGraph(ring=ring.key, score=ring.score, as_of=ring_graph.as_of, cut=ring_graph.cut)
    for node in ring_graph.nodes:
        own = {"type": node.type, "key": node.key, "label": node.label, "known_at": node.known_at}
        made.add_node(node.id, **_filled({**node.properties, **own}))
    for number, edge in enumerate(ring_graph.edges):
        own = {"type": edge.type, "role": edge.role, "known_at": edge.known_at}
        made.add_edge(edge.source, edge.target, key=number, **_filled(own))
    return made


def to_pandas(ring_graph: RingGraph) -> RingFrames:
    """The ring's `members` and `evidence`, as far as `ring_graph` shows them (`RingGraph.cut`)."""
    users: dict[str, list[str]] = {}
    keys = {node.id: node.key for node in ring_graph.of_type(USER)}
    for edge in ring_graph.edges:
        if edge.type == "SUBMITTED":
            users.setdefault(edge.target, []).append(keys[edge.source])
    members = [
        {
            **node.properties,
            "application": node.key,
            "known_at": node.known_at,
            "users": tuple(users.get(node.id, ())),
        }
        for node in ring_graph.of_type(APPLICATION)
    ]
    evidence = [
        {
            **node.properties,
            **{"type": node.type, "key": node.key, "masked": node.label, "first_at": node.known_at},
        }
        for node in ring_graph.identifiers
    ]
    return RingFrames(_frame(members, MEMBERS), _frame(evidence, EVIDENCE))


def rings_frame(
    graph: Graph,
    *,
    as_of: int | None = None,
    sort: Sort = Sort.SCORE,
    everything: bool = False,
    limit: int = 10_000,
) -> pd.DataFrame:
    """The list of rings as of `as_of` (µs; default now), a row a ring: `RINGS`; at most `limit`, and `attrs["cut"]` says whether there are more.

    Those that are listed, or `everything`. Raises `UsageError` (`page.limit`) for a limit below 1.
    """
    rows: list[dict[str, Any]] = []
    page: Page[RingSummary] = Page([])
    while not rows or (page.cut and len(rows) < limit):
        size = min(LIMIT_MOST, limit - len(rows))
        page = list_rings(graph, as_of=as_of, sort=sort, everything=everything, limit=size, after=page.next)
        if not page.items:
            break
        rows += [{**vars(ring), "ring": ring.key, "reasons": json.dumps(ring.reasons)} for ring in page.items]
    made = _frame(rows, RINGS)
    made.attrs["cut"] = page.cut
    return made


def graphml(ring_graph: RingGraph) -> bytes:
    """The ring as GraphML (UTF-8), for Gephi, yEd and networkx; the same ring gives the same bytes."""
    import networkx as nx

    made = to_networkx(ring_graph)
    for owner in (made.graph, *dict(made.nodes(data=True)).values()):
        owner.update({name: _xml(value) for name, value in owner.items()})
    for *_, owner in made.edges(data=True):
        owner.update({name: _xml(value) for name, value in owner.items()})
    named = nx.relabel_nodes(made, {name: _xml(name) for name in made})
    out = io.BytesIO()
    nx.write_graphml_xml(named, out)
    return out.getvalue()


def as_json(ring_graph: RingGraph) -> bytes:
    """The ring as one JSON object (UTF-8): `ring, nodes, edges, cut, total, as_of`."""
    return (json.dumps(ring_graph.as_dict(), ensure_ascii=False, indent=1) + "\n").encode()


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _xml(value: Any) -> Any:
    """A text without the characters that XML cannot carry."""
    return _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value


def _frame(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {name: _series([row.get(name) for row in rows], dtype) for name, dtype in columns.items()}
    )


def _series(values: Iterable[Any], dtype: str) -> pd.Series[Any]:
    import pandas as pd

    if dtype != "time":
        return pd.Series(list(values), dtype=dtype)
    moments = [np.datetime64("NaT") if v is None else np.datetime64(v, "us") for v in values]
    return pd.Series(np.array(moments, dtype="datetime64[us]")).dt.tz_localize("UTC")
