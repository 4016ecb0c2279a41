"""Rings and hubs' summaries from a snapshot, as columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from snapshot.columns import I32, I64, SUMMARY, Memberships, Summaries
from snapshot.manifest import Manifest
from snapshot.store import scan
from snapshot.tables import CODE, END, KEY, START, Tables

RING, STATE, RUN = "Ring", "RingState", "RingRun"


def read_memberships(
    folder: Path, made: Manifest, tables: Tables, place: I64, size: int
) -> Memberships | None:
    """The rings of `size` targets over the finished runs; `place` is the position of each application's code.

    What a run did that has not finished is not there. None when none has.
    """
    runs = _runs(folder, made)
    if runs.is_empty():
        return None
    numbers = runs["run"].to_numpy()
    rings = scan(folder, made, RING, {CODE: pl.Int64, KEY: pl.String}).sort(KEY).collect()[CODE].to_numpy()
    index = np.empty(len(rings), dtype=np.int32)
    index[rings] = np.arange(len(rings))
    members = _members(folder, made, place, index, numbers)
    states = _states(folder, made, index, numbers)
    return Memberships(
        start=np.searchsorted(members["target"].to_numpy(), np.arange(size + 1)).astype(np.int64),
        ring=members["ring"].cast(pl.Int32).to_numpy(),
        since=members["since"].cast(pl.Int32).to_numpy(),
        until=members["until"].cast(pl.Int32).to_numpy(),
        run_known_at=runs["known_at"].to_numpy(),
        state_start=np.searchsorted(states["ring"].to_numpy(), np.arange(len(rings) + 1)).astype(np.int64),
        state_run=states["run"].cast(pl.Int32).to_numpy(),
        score=states["score"].fill_null(0.0).to_numpy(),
        users=states["users"].fill_null(0).cast(pl.Int32).to_numpy(),
        listed=states["listed"].fill_null(False).to_numpy(),
    )


def _runs(folder: Path, made: Manifest) -> pl.DataFrame:
    types = {"run": pl.Int64, "known_at": pl.Int64, "finished_at": pl.Int64}
    runs = scan(folder, made, RUN, types).filter(pl.col("finished_at").is_not_null())
    return runs.with_columns(pl.coalesce("known_at", "finished_at").alias("known_at")).sort("run").collect()


def _members(folder: Path, made: Manifest, place: I64, index: I32, runs: I64) -> pl.DataFrame:
    """(target, ring, since, until) of the dated applications, by target, runs by their place."""
    types = {START: pl.Int64, END: pl.Int64, "since": pl.Int64, "until": pl.Int64}
    told = scan(folder, made, f"Application-MEMBER_OF-{RING}", types).collect()
    since, until = _places(told["since"], runs), _places(told["until"], runs)
    return (
        pl.DataFrame(
            {
                "target": place[told[START].to_numpy()],
                "ring": index[told[END].to_numpy()],
                "since": since,
                # A run that has not finished took nobody out.
                "until": np.where(until < 0, len(runs), until),
            },
            schema=dict.fromkeys(("target", "ring", "since", "until"), pl.Int64),
        )
        .filter((pl.col("target") >= 0) & (pl.col("since") >= 0))
        .sort("target", "since", "ring")
    )


def _states(folder: Path, made: Manifest, index: I32, runs: I64) -> pl.DataFrame:
    """(ring, run, score, users, listed) by ring and run."""
    links = scan(folder, made, f"{RING}-WAS-{STATE}", {START: pl.Int64, END: pl.Int64})
    types = {CODE: pl.Int64, "run": pl.Int64, "score": pl.Float64, "users": pl.Int64, "listed": pl.Boolean}
    told = links.join(scan(folder, made, STATE, types), left_on=END, right_on=CODE).collect()
    return (
        told.with_columns(
            pl.Series("ring", index[told[START].to_numpy()], dtype=pl.Int64),
            pl.Series("run", _places(told["run"], runs), dtype=pl.Int64),
        )
        .filter(pl.col("run") >= 0)
        .sort("ring", "run")
    )


def _places(numbers: pl.Series, runs: I64) -> I64:
    """The place of each run's number among the finished ones; -1 for another, or none."""
    wanted = numbers.fill_null(-1).to_numpy()
    at = np.minimum(np.searchsorted(runs, wanted), len(runs) - 1)
    return np.where(runs[at] == wanted, at, -1)


def read_summaries(
    folder: Path, made: Manifest, tables: Tables, label: str, index: I64, count: int
) -> Summaries | None:
    """What hubs of a type were like; `index` is the place of each code among `count` identifiers."""
    link = next((t for t in tables.links if t.link.start == label and t.link.type == "WAS_LIKE"), None)
    if link is None:
        return None
    types = {CODE: pl.Int64, "day": pl.Int64, "known_at": pl.Int64, **dict.fromkeys(SUMMARY, pl.Float64)}
    told = scan(folder, made, link.link.end, types)
    ends = scan(folder, made, link.name, {START: pl.Int64, END: pl.Int64})
    rows = ends.join(told, left_on=END, right_on=CODE).collect()
    if rows.is_empty():
        return None
    rows = (
        rows.with_columns(pl.Series("x", index[rows[START].to_numpy()]))
        .filter((pl.col("x") >= 0) & pl.col("known_at").is_not_null())
        .sort("x", "day", "known_at")
    )
    return Summaries(
        start=np.searchsorted(rows["x"].to_numpy(), np.arange(count + 1)).astype(np.int64),
        known_at=rows["known_at"].to_numpy(),
        values=rows.select(SUMMARY).to_numpy().astype(np.float64),
    )
