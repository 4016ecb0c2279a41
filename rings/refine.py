"""Refines groups that are too large to be a ring: Leiden communities inside them (Traag, Waltman, van Eck, 2019).

Two communities are joined when what ties them is more than `resolution` times the product of their volumes (the
strengths of all pairs of their users). In Leiden's words gamma is `resolution` times twice the weight of the graph: so
what is a community does not depend on how large the group around it is or becomes, as it would under plain modularity.
Nodes and pairs go in the order of facts, on one thread and with no draw, so the same facts give the same communities.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rings.bonds import WHOLE
from rings.components import Groups, groups

RESOLUTION = 0.002
"""Of the first try; it doubles until nothing is too large. A bond that binds alone holds two chains of 11 users."""


def refined(users: pl.DataFrame, tied: pl.DataFrame, group: Groups, largest: int) -> Groups:
    """`group` with those of more than `largest` applications split, each again named by its smallest user.

    `users`: `who, applications`, every user in order; `tied`: `a, b, strength`, the pairs that made the groups. A user
    who has more than `largest` alone stays alone.
    """
    group = group.copy()
    made = users.get_column("applications").to_numpy()
    pairs = tied.sort("a", "b")
    resolution = RESOLUTION
    while (large := _too_large(group, made, largest)).any():
        inside = pairs.with_columns(
            *(pl.Series(f"group_{end}", group[pairs[end].to_numpy()]) for end in ("a", "b"))
        ).filter(pl.col("group_a") == pl.col("group_b"), pl.Series(large[pairs["a"].to_numpy()]))
        with _one_thread():
            parts = [
                _within(part, resolution) for part in inside.partition_by("group_a", maintain_order=True)
            ]
        group[large] = groups(len(group), pl.concat(parts))[large]
        resolution *= 2
    return group


def _too_large(group: Groups, made: NDArray[np.int64], largest: int) -> NDArray[np.bool_]:
    """Which users are in a group of several with more than `largest` applications."""
    of_group, users = np.zeros_like(group), np.zeros_like(group)
    np.add.at(of_group, group, made)
    np.add.at(users, group, 1)
    return (of_group[group] > largest) & (users[group] > 1)


def _within(pairs: pl.DataFrame, resolution: float) -> pl.DataFrame:
    """Those of the pairs of one group that lie within a community."""
    import networkit as nk  # noqa: PLC0415 - imports pandas and matplotlib, for seconds

    ends = pairs.select("a", "b").to_numpy()
    nodes, place = np.unique(ends, return_inverse=True)
    place = place.reshape(ends.shape)
    strength = pairs.get_column("strength").to_numpy() / WHOLE
    graph = nk.GraphFromCoo((strength, (place[:, 0], place[:, 1])), n=len(nodes), weighted=True)
    found = nk.community.ParallelLeiden(graph, randomize=False, gamma=resolution * 2 * strength.sum())
    community = np.array(found.run().getPartition().getVector())
    return pairs.filter(pl.Series(community[place[:, 0]] == community[place[:, 1]]))


@contextmanager
def _one_thread() -> Iterator[None]:
    """What several threads find depends on which of them is faster."""
    import networkit as nk  # noqa: PLC0415 - as above

    threads = nk.getMaxNumberOfThreads()
    nk.setNumberOfThreads(1)
    nk.setSeed(1, False)
    try:
        yield
    finally:
        nk.setNumberOfThreads(threads)
