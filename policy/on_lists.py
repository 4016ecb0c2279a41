"""Who of the past was on a list: of each application, what stood there at its own point of what it came with, or of its user.

It is what scoring sees of an arrival. An identifier that an amendment added later is not what the application came with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from policy.lists import Listed
from snapshot.columns import I64, NEVER, Bools, Columns, Relation
from snapshot.manifest import Manifest
from snapshot.store import scan
from snapshot.tables import CODE, KEY

ENTRY = {"list": pl.String, "label": pl.String, KEY: pl.String, "known_at": pl.Int64, "until": pl.Int64}


def on_lists(
    columns: Columns, folder: Path, made: Manifest, at: I64, entries: Mapping[str, Sequence[Listed]]
) -> dict[str, Bools]:
    """(n) By list, whether each application at `at` (n positions, each once) was on it.

    `columns`: of the snapshot in `folder`, whose manifest is `made`. `entries`: by list all that ever stood there; a list
    without any is one that nobody was on.
    """
    told = pl.DataFrame([_row(one) for some in entries.values() for one in some], ENTRY, orient="row")
    row = np.full(columns.size, -1, dtype=np.int64)
    row[at] = np.arange(len(at))
    found = {name: np.zeros(len(at), dtype=np.bool_) for name in entries}
    for (label,), some in told.group_by("label"):
        relation = columns.relations.get(str(label))
        if relation is not None:
            for (name,), mine in _placed(some, relation, folder, made).group_by("list"):
                found[str(name)][row[_saw(mine, relation, columns, row >= 0)]] = True
    return found


def _row(one: Listed) -> tuple[str, str, str, int, int]:
    """As `ENTRY`; `until`: when it expired or was removed, whichever came first."""
    ends = [moment for moment in (one.expires_at, one.removed_at) if moment is not None]
    return one.list, one.label, one.key, one.known_at, min(ends, default=NEVER)


def _placed(entries: pl.DataFrame, relation: Relation, folder: Path, made: Manifest) -> pl.DataFrame:
    """The entries whose identifier has links, with its `place` in the relation. Keys of others are not read into memory."""
    listed = pl.col(KEY).is_in(entries[KEY].unique().implode())
    named = scan(folder, made, relation.label, {CODE: pl.Int64, KEY: pl.String}).filter(listed)
    places = pl.DataFrame({CODE: relation.code, "place": np.arange(len(relation.code))})
    return entries.join(named.unique(CODE).collect(), on=KEY).join(places, on=CODE)


def _saw(entries: pl.DataFrame, relation: Relation, columns: Columns, wanted: Bools) -> I64:
    """Positions of the `wanted` (of all targets) that came with an identifier while an entry of it stood.

    Positions ascend with `known_at`, and so do those that came with one identifier: an entry is seen by a span of them.
    """
    place = entries["place"].to_numpy()
    identifier, target = _came_with(np.unique(place), relation, columns, wanted)
    first = np.searchsorted(columns.known_at, entries["known_at"].to_numpy(), side="right")
    end = np.maximum(first, np.searchsorted(columns.known_at, entries["until"].to_numpy(), side="left"))
    order, base = identifier * columns.size + target, place * columns.size
    began, ended = (np.searchsorted(order, base + bound) for bound in (first, end))
    steps = np.bincount(began, minlength=len(order) + 1) - np.bincount(ended, minlength=len(order) + 1)
    return target[np.cumsum(steps)[:-1] > 0]


def _came_with(places: I64, relation: Relation, columns: Columns, wanted: Bools) -> tuple[I64, I64]:
    """(m) The identifiers (of those at `places`, ascending) that `wanted` targets came with, and (m) those targets; by both."""
    counts = relation.start[places + 1] - relation.start[places]
    skipped = relation.start[places] - (np.cumsum(counts) - counts)
    links = np.repeat(skipped, counts) + np.arange(counts.sum())
    target = relation.target[links].astype(np.int64)
    came = (relation.known_at[links] == columns.known_at[target]) & (
        relation.seq[links] == columns.seq[target]
    )
    kept = came & wanted[target]
    return relation.identifier[links[kept]].astype(np.int64), target[kept]
