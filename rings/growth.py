"""Who is new in rings that grew, and what ties them to who was there."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from rings.bonds import JOINT
from rings.choose import Finder
from rings.found import FoundRing, shared_text
from rings.history import Growth, Ties


def finder_ties(finder: Finder) -> Ties:
    """`rings.history.Ties` by the bonds of `finder`."""

    def ties(grown: Mapping[str, tuple[FoundRing, Collection[str]]]) -> Mapping[str, Growth]:
        members = _users(finder, grown)
        new = members.filter("new").select("ring", "who")
        bonds = finder.bonds.filter(pl.col("type") != JOINT)
        either = pl.concat(
            bonds.select("type", "thing", pl.col(a).alias("who"), pl.col(b).alias("other"))
            for a, b in (("a", "b"), ("b", "a"))
        )
        inside = (
            new.join(either, on="who")
            .join(members.select("ring", pl.col("who").alias("other")), on=["ring", "other"], how="semi")
            .group_by("ring", "type")
            .agg(pl.col("thing").n_unique())
        )
        counts: dict[str, dict[str, int]] = {}
        for ring, label, things in inside.iter_rows():
            counts.setdefault(ring, {})[label] = things
        users = dict(new.group_by("ring").len().iter_rows())
        return {ring: Growth(users.get(ring, 0), shared_text(counts.get(ring, {}))) for ring in grown}

    return ties


def _users(finder: Finder, grown: Mapping[str, tuple[FoundRing, Collection[str]]]) -> pl.DataFrame:
    """`ring, who, new`: the users of each ring, and whether all that they applied for is new in it."""
    rows = [
        (ring, key, key in joined)
        for ring, (found, members) in grown.items()
        for joined in (frozenset(members),)
        for key in found.members
    ]
    named = pl.DataFrame(rows, schema={"ring": pl.String, "key": pl.String, "new": pl.Boolean}, orient="row")
    applied = finder.users.targets.filter("application").select("key", "who")
    return named.join(applied, on="key").group_by("ring", "who").agg(pl.col("new").all())
