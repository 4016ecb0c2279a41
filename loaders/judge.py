"""What each row of a chunk is to the graph as it stands: fresh, unchanged, a conflict, or refused."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.graph import Transaction
from graph_schema import cypher
from loaders.facts import END, START, own_links
from loaders.files import Reject
from loaders.plan import DIGEST, FILE, KEY, LINE, Part, Plan

REFERENCE_MISSING = "reference.missing"
STANDS, STANDING_DIGEST = "_stands", "_standing_digest"


@dataclass(frozen=True)
class Judged:
    """The rows of a chunk, told apart."""

    fresh: pl.DataFrame
    """Rows to write; `_stands` is true for those whose node stands as a bare name."""
    unchanged: int
    conflicts: pl.DataFrame
    rejects: tuple[Reject, ...]


def judge(tx: Transaction, plan: Plan, chunk: pl.DataFrame, *, new: bool = False) -> Judged:
    """Compare the rows with what stands; holds what must not change until they are written. `new`: none of what
    they make stands."""
    present, rejects = _with_references(tx, plan, chunk)
    known = _standing_frame(present[KEY], []) if new else _standing(tx, plan, present)
    rows = present.join(known, on=KEY, how="left", maintain_order="left")
    # A user that something named before their own row came stands bare: the row fills them. What else stands
    # without a digest came with another row that says the same: a link, or an identifier, which is its value.
    bare = pl.col(STANDS) & pl.col(STANDING_DIGEST).is_null()
    filled = bare if plan.about == "User" else pl.lit(False)
    same = pl.col(STANDING_DIGEST).eq_missing(pl.col(DIGEST)) | bare
    fresh = rows.filter(~pl.col(STANDS) | filled)
    clash = pl.lit(False) if new else _along_stands(tx, plan, fresh)
    clashing, free = fresh.filter(clash), fresh.filter(~clash)
    # Of the rows of a key, where none stands yet, the first is written and the others are judged by it.
    first = pl.col(KEY).is_first_distinct()
    again = free.with_columns(pl.col(DIGEST).first().over(KEY).alias(STANDING_DIGEST)).filter(~first)
    standing = pl.concat([rows.filter(pl.col(STANDS) & ~filled), again])
    return Judged(
        free.filter(first).drop(STANDING_DIGEST),
        standing.filter(same).height,
        pl.concat([standing.filter(~same), clashing]).select(chunk.columns),
        rejects,
    )


def missing_references(rows: pl.DataFrame, label: str) -> list[Reject]:
    """The rows as rejects: what they refer to does not stand."""
    return [
        Reject(file, line, REFERENCE_MISSING, label) for file, line in rows.select(FILE, LINE).iter_rows()
    ]


def _with_references(
    tx: Transaction, plan: Plan, chunk: pl.DataFrame
) -> tuple[pl.DataFrame, tuple[Reject, ...]]:
    """The rows whose references stand, and the others as rejects."""
    rejects: list[Reject] = []
    for fact in plan.nodes:
        if fact.part is not Part.REFERENCE or chunk.is_empty():
            continue
        keys = chunk.get_column(fact.key).unique().sort().to_list()
        there = [row["key"] for row in tx.run(cypher.standing_nodes(fact.label), key=keys)]
        stands = pl.col(fact.key).is_in(there)
        rejects += missing_references(chunk.filter(~stands), fact.label)
        chunk = chunk.filter(stands)
    return chunk, tuple(rejects)


def _standing(tx: Transaction, plan: Plan, chunk: pl.DataFrame) -> pl.DataFrame:
    """For each row, by its key: whether its own fact stands, and the digest it stands with."""
    keys = chunk.get_column(KEY)
    if plan.own is not None:
        if plan.own.label == "User":
            # Two loads may find the same bare user: the second waits, and finds them filled.
            tx.run(cypher.lock_nodes("User"), key=keys.sort().to_list())
        found = tx.run(cypher.standing_nodes(plan.own.label), key=keys.to_list())
        return _standing_frame(keys, [(row["key"], row["digest"]) for row in found])
    link = plan.links[0].link
    named = own_links(plan, chunk).select(START, END, *link.identity)
    tx.run(cypher.lock_nodes(link.start), key=named.get_column(START).unique().sort().to_list())
    found = tx.run(cypher.standing_links(link), **named.to_dict(as_series=False))
    return _standing_frame(keys, [(keys[row["i"]], row["digest"]) for row in found])


def _standing_frame(keys: pl.Series, found: list[tuple[str, str | None]]) -> pl.DataFrame:
    schema = {KEY: pl.String, STANDING_DIGEST: pl.String}
    frame = (
        pl.DataFrame(found, schema=schema, orient="row").unique(KEY).with_columns(pl.lit(True).alias(STANDS))
    )
    return (
        keys.unique()
        .to_frame(KEY)
        .join(frame, on=KEY, how="left")
        .with_columns(pl.col(STANDS).fill_null(False))
    )


def _along_stands(tx: Transaction, plan: Plan, fresh: pl.DataFrame) -> pl.Series:
    """For each row: whether something that would come to be with it stands already, by another row's word."""
    stands = pl.Series([False]).new_from_index(0, fresh.height)
    for fact in plan.nodes:
        if fact.part is Part.ALONG and fresh.height:
            keys = fresh.get_column(fact.key)
            found = tx.run(cypher.standing_nodes(fact.label), key=keys.drop_nulls().to_list())
            stands = stands | keys.is_in([row["key"] for row in found]).fill_null(False)
    return stands
