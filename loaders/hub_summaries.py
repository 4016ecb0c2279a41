"""What hubs were like on a closed day, as the graph keeps it."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.clock import DAY
from core.errors import UsageError
from core.graph import Graph
from graph_schema import Schema, cypher
from queries.neighbourhood import SUMMARY

CHUNK = 10_000
COLUMNS = ("key", *SUMMARY)


def write_summaries(  # noqa: PLR0917 - a day's summaries, and what they are of
    graph: Graph, schema: Schema, label: str, day: int, known_at: int, frame: pl.DataFrame
) -> int:
    """Store the summaries of the day that begins at `day` (µs) of identifiers of one type; returns how many are new.

    `frame`: `key` of the identifier (String) and the figures of `SUMMARY` (Float64). `known_at` (µs) is when they are
    known from: not before they are all written, or an application would have seen what it could not. What stands for a
    day is never rewritten. Raises `UsageError`: `summaries.open_day`, `summaries.columns`.
    """
    if known_at < day + DAY or day % DAY:
        raise UsageError(
            "summaries.open_day", "Summaries are of one closed day (UTC), and known after its end."
        )
    if set(frame.columns) != set(COLUMNS):
        raise UsageError("summaries.columns", f"A frame of summaries has the columns {', '.join(COLUMNS)}.")
    statement = cypher.write_summaries(schema.identifier(label))
    made = 0
    for part in frame.sort("key").iter_slices(CHUNK):
        told: dict[str, Any] = {**part.to_dict(as_series=False), "day": day, "known_at": known_at}
        made += graph.write(statement, **told)[0]["made"]
    return made
