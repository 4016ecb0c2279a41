"""The facts of a wide frame, pulled apart: what both writers write."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from graph_schema.model import Relationship
from loaders.plan import DIGEST, LinkFact, NodeFact, Part, Plan

START, END = "start", "end"


@dataclass(frozen=True)
class Nodes:
    """Nodes of one label: a frame with a column a property, `key` unique and never null."""

    label: str
    frame: pl.DataFrame


@dataclass(frozen=True)
class Links:
    """Relationships of one kind: columns `start`, `end` (keys) and one a property, each there once."""

    link: Relationship
    frame: pl.DataFrame


def nodes(plan: Plan, frame: pl.DataFrame, load: int, *parts: Part) -> list[Nodes]:
    """The nodes of the given parts, one entry a label, sorted by label and key: the order locks are taken in."""
    by_label: dict[str, list[pl.DataFrame]] = {}
    for fact in plan.nodes:
        if fact.part in parts:
            by_label.setdefault(fact.label, []).append(_node_frame(fact, frame, load))
    return [
        Nodes(label, pl.concat(frames, how="diagonal").unique("key", keep="first").sort("key"))
        for label, frames in sorted(by_label.items())
    ]


def links(plan: Plan, frame: pl.DataFrame, load: int) -> list[Links]:
    """All relationships of the rows, one entry a kind."""
    if plan.own is None:
        own = own_links(plan, frame).with_columns(frame[DIGEST].alias("digest"), pl.lit(load).alias("load"))
        return [Links(plan.links[0].link, own)]
    by_kind: dict[Relationship, list[pl.DataFrame]] = {}
    for fact in plan.links:
        by_kind.setdefault(fact.link, []).append(_link_frame(fact, frame))
    return [Links(kind, _once(kind, pl.concat(frames, how="diagonal"))) for kind, frames in by_kind.items()]


def own_links(plan: Plan, frame: pl.DataFrame) -> pl.DataFrame:
    """The own relationship of rows that are about one, in the order of the rows."""
    return frame.select(_link_columns(plan.links[0]))


def _node_frame(fact: NodeFact, frame: pl.DataFrame, load: int) -> pl.DataFrame:
    columns = [pl.col(column).alias(name) for name, column in fact.columns.items()]
    if fact.part in (Part.OWN, Part.ALONG) and frame[DIGEST].null_count() < frame.height:
        columns.append(pl.col(DIGEST).alias("digest"))
    return frame.select(*columns, pl.lit(load).alias("load")).drop_nulls("key")


def _link_columns(fact: LinkFact) -> list[pl.Expr]:
    properties = [pl.col(column).alias(name) for name, column in fact.columns.items()]
    return [pl.col(fact.start).alias(START), pl.col(fact.end).alias(END), *properties]


def _link_frame(fact: LinkFact, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(_link_columns(fact)).drop_nulls([START, END])


def _once(kind: Relationship, frame: pl.DataFrame) -> pl.DataFrame:
    """Two columns of one row may name the same identifier in the same role: that is one fact."""
    return frame.unique([START, END, *kind.identity], keep="first", maintain_order=True)
