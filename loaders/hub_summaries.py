"""What hubs were like on a closed day, as the graph keeps it."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.clock import DAY, Clock
from core.errors import UsageError
from core.graph import Graph
from graph_schema import Schema, cypher
from queries.neighbourhood import SUMMARY

CHUNK = 10_000
STAMPING = 20.0
"""Seconds: the last transaction of a day, tries included, ends before what it says is known (`arriving.LEAD`)."""
COLUMNS = ("key", *SUMMARY)


def write_summaries(  # noqa: PLR0917 - a day's summaries, and what they are of
    graph: Graph, schema: Schema, label: str, day: int, known_at: Clock, frame: pl.DataFrame
) -> int:
    """Store the summaries of the day that begins at `day` (µs) of identifiers of one type; returns how many are new.

    `frame`: `key` of the identifier (String) and the figures of `SUMMARY` (Float64). `known_at` says (µs) from when they
    are known; it is asked when all are written, and they are given it in one short transaction: let it name a moment
    after that (`arriving.LEAD`), or an application would have seen what it could not. What is known of a day is never
    rewritten. Raises `UsageError`: `summaries.open_day`, `summaries.columns`.
    """
    if known_at() < day + DAY or day % DAY:
        raise UsageError(
            "summaries.open_day", "Summaries are of one closed day (UTC), and known after its end."
        )
    if set(frame.columns) != set(COLUMNS):
        raise UsageError("summaries.columns", f"A frame of summaries has the columns {', '.join(COLUMNS)}.")
    kind = schema.identifier(label)
    for part in frame.sort("key").iter_slices(CHUNK):
        told: dict[str, Any] = {**part.to_dict(as_series=False), "day": day}
        graph.write(cypher.write_summaries(kind), **told)
    keys = frame["key"].to_list()
    made = graph.write(cypher.know_summaries(kind), seconds=STAMPING, keys=keys, day=day, known_at=known_at())
    return int(made[0]["made"])
