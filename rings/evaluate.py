"""How good the rings are where the truth is known: found, called so rightly, and how soon."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from core.clock import DAY
from core.errors import NotFoundError, UsageError
from core.graph import Graph, Row
from core.progress import Progress
from graph_schema import FINGRAPH, Bond, Schema
from queries import statement
from rings.bonds import bonds_of, first_links, users_of
from rings.candidates import MINIMUM_APPLICATIONS, MINIMUM_USERS
from rings.components import groups
from rings.facts import Facts
from rings.read import read_facts
from rings.score import LISTED

OVERLAP = 0.5
"""A ring is found when a listed one has this Jaccard overlap with it."""
TRUTH = ("application_id", "ring_id", "kind", "innocence")
PLAIN = ("Device", "Phone", "BankCard", "IdNumber", "Email")
"""What plain components go over."""


@dataclass(frozen=True)
class Evaluation:
    """Rings against the truth."""

    planted: int
    """Rings of the truth with as many applications and users as a ring needs."""
    listed: int
    found: int
    """Planted rings that a listed one has half in common with."""
    right: int
    """Listed rings that have half in common with a planted one."""
    members: int
    """Applications of planted rings."""
    members_found: int
    """Those of them that are in a listed ring."""
    by_kind: Mapping[str, Mapping[str, Any]]
    """Per kind of ring: planted, found, recall."""
    innocent: Mapping[str, Mapping[str, Any]]
    """Per innocent explanation: honest applications, those in a listed ring, their share."""

    @property
    def recall(self) -> float:
        """Share of the planted rings that were found."""
        return self.found / max(1, self.planted)

    @property
    def precision(self) -> float:
        """Share of the listed rings that are right."""
        return self.right / max(1, self.listed)

    def as_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "recall": round(self.recall, 4),
            "precision": round(self.precision, 4),
            **{name: getattr(self, name) for name in ("planted", "found", "listed", "right", "members")},
            "members_found": self.members_found,
            "by_kind": self.by_kind,
            "innocent": self.innocent,
        }


@dataclass(frozen=True)
class Compared:
    """The rings of a graph, and what simpler ways would give, against the truth."""

    rings: Evaluation
    plain: Mapping[str, Evaluation]
    """Plain components: with each identifier's first 20 users, and with all."""
    days: Sequence[float | None]
    """Days to detection, ring by ring; None where it was not detected."""

    @property
    def detected(self) -> int:
        """How many of them were."""
        return sum(day is not None for day in self.days)

    @property
    def median_days(self) -> float | None:
        """Median days from a ring's third application to its first detection; a ring never detected took for ever."""
        ranked = sorted(math.inf if day is None else day for day in self.days)
        middle = median(ranked) if ranked else math.inf
        return round(middle, 3) if math.isfinite(middle) else None

    def as_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "rings": self.rings.as_dict(),
            "plain": {name: one.as_dict() for name, one in self.plain.items()},
            "detection": {
                "rings": len(self.days),
                "detected": self.detected,
                "median_days": self.median_days,
            },
        }


def evaluate_graph(graph: Graph, schema: Schema, truth: pl.DataFrame, progress: Progress) -> Compared:
    """Compare the rings of the last finished run with `truth`, as far as both know the application by its id.

    Raises `NotFoundError` (`rings.no_run`) when none has finished.
    """
    runs = statement("rings/runs").run(graph)
    if not runs:
        raise NotFoundError("rings.no_run", "No run has finished.", hints=("Run: fingraph rings run",))
    last = runs[-1]
    facts = read_facts(graph, schema, progress).before(last["as_of"])
    progress.step("Comparing")
    applications = facts.targets.filter("application").select(
        _plain_id(pl.col("key")).alias("application_id"), pl.col("user").alias("user_id"), "known_at"
    )
    known = truth.join(applications.unique("application_id"), on="application_id")
    plain = {
        f"plain components, {name}": evaluate(plain_components(facts, limit), known)
        for name, limit in (("first 20 users", 20), ("no limit", 10**9))
    }
    spans = _memberships(graph, last["run"])
    living = spans.filter(pl.col("until") > last["run"]).with_columns(
        pl.col("scores").list.last().alias("score")
    )
    return Compared(evaluate(living, known), plain, days_to_detection(runs, spans, known))


def plain_components(facts: Facts, limit: int) -> pl.DataFrame:
    """`ring, application_id, score`: connected components over `PLAIN`, own phones only, each identifier by its first
    `limit` users; all as if listed."""
    own = pl.col("type").is_in(PLAIN) & (pl.col("role").is_null() | (pl.col("role") == "self"))
    users = users_of(facts)
    schema = replace(
        FINGRAPH,
        identifiers=tuple(
            replace(i, bind=min(limit, i.walk), bonds=(Bond(1.0),)) for i in FINGRAPH.identifiers
        ),
    )
    ours = Facts(facts.targets, facts.links.filter(own), facts.outcomes)
    bonds = bonds_of(schema, first_links(schema, ours, users), users)
    members = pl.DataFrame({"who": range(len(users.names)), "ring": groups(len(users.names), bonds)})
    applied = users.targets.filter("application").join(members, on="who")
    return applied.filter(
        pl.len().over("ring") >= MINIMUM_APPLICATIONS, pl.col("who").n_unique().over("ring") >= MINIMUM_USERS
    ).select("ring", _plain_id(pl.col("key")).alias("application_id"), pl.lit(1.0).alias("score"))


def _plain_id(key: pl.Expr) -> pl.Expr:
    """The id of a key, without the source that gave it."""
    return key.str.splitn(":", 2).struct.field("field_1")


def read_truth(path: Path) -> pl.DataFrame:
    """The truth of a simulated world: its `truth/applications.parquet`.

    Raises `NotFoundError` (`rings.truth`), `UsageError` (`rings.truth_columns`) when it lacks a column.
    """
    if not path.is_file():
        raise NotFoundError(
            "rings.truth", f"There is no file {path}; name a world's truth/applications.parquet."
        )
    try:
        return pl.read_parquet(path, columns=list(TRUTH))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UsageError("rings.truth_columns", f"{path} lacks one of {', '.join(TRUTH)}.") from error


def evaluate(rings: pl.DataFrame, truth: pl.DataFrame) -> Evaluation:
    """`rings`: `ring, application_id, score`, a row per member; `truth`: `TRUTH` of the applications known so far."""
    planted = planted_rings(truth)
    listed = rings.filter(pl.col("score") >= LISTED)
    hits = overlaps(listed, truth, planted).filter(pl.col("overlap") >= OVERLAP)
    inside = truth.join(listed, on="application_id", how="semi")
    in_ring = truth.join(planted, on="ring_id", how="semi")
    found = planted.join(hits, on="ring_id", how="semi").group_by("kind").agg(pl.len().alias("found"))
    kinds = (
        planted.group_by("kind")
        .agg(pl.len().alias("planted"))
        .join(found, on="kind", how="left")
        .sort("kind")
    )
    return Evaluation(
        planted=planted.height,
        listed=listed.get_column("ring").n_unique(),
        found=hits.get_column("ring_id").n_unique(),
        right=hits.get_column("ring").n_unique(),
        members=in_ring.height,
        members_found=in_ring.join(inside, on="application_id", how="semi").height,
        by_kind={
            str(kind): {"planted": n, "found": k or 0, "recall": round((k or 0) / n, 4)}
            for kind, n, k in kinds.select("kind", "planted", "found").iter_rows()
        },
        innocent=_innocent(truth, inside),
    )


def planted_rings(truth: pl.DataFrame) -> pl.DataFrame:
    """`ring_id, kind, size`: the rings of the truth that are as large as a ring must be."""
    return (
        truth.drop_nulls("ring_id")
        .group_by("ring_id", "kind")
        .agg(pl.len().alias("size"), pl.col("user_id").n_unique().alias("users"))
        .filter(pl.col("size") >= MINIMUM_APPLICATIONS, pl.col("users") >= MINIMUM_USERS)
        .select("ring_id", "kind", "size")
    )


def overlaps(rings: pl.DataFrame, truth: pl.DataFrame, planted: pl.DataFrame) -> pl.DataFrame:
    """`ring, ring_id, overlap`: Jaccard overlap of each pair that has a member in common."""
    sizes = rings.group_by("ring").agg(pl.len().alias("members"))
    both = pl.col("both")
    return (
        rings.join(truth.drop_nulls("ring_id"), on="application_id")
        .group_by("ring", "ring_id")
        .agg(pl.len().alias("both"))
        .join(sizes, on="ring")
        .join(planted, on="ring_id")
        .select("ring", "ring_id", (both / (pl.col("members") + pl.col("size") - both)).alias("overlap"))
    )


def _innocent(truth: pl.DataFrame, inside: pl.DataFrame) -> dict[str, dict[str, Any]]:
    honest = truth.filter(pl.col("ring_id").is_null()).drop_nulls("innocence")
    called = (
        honest.join(inside, on="application_id", how="semi")
        .group_by("innocence")
        .agg(pl.len().alias("called"))
    )
    rows = honest.group_by("innocence").agg(pl.len().alias("all")).join(called, on="innocence", how="left")
    return {
        str(reason): {"applications": n, "in_listed_rings": k or 0, "share": round((k or 0) / n, 5)}
        for reason, n, k in rows.sort("innocence").select("innocence", "all", "called").iter_rows()
    }


def days_to_detection(runs: Sequence[Row], spans: pl.DataFrame, truth: pl.DataFrame) -> list[float | None]:
    """For each planted ring the days from its third application to the first run, as of its moment, in which a
    listed ring had half in common with what the ring was by then; None where none had.

    `runs` and `spans` as read below, `truth` with `known_at` (µs). Rings whose third application came before the
    first run's day are left out.
    """
    planted = truth.join(planted_rings(truth), on="ring_id", how="semi").sort("known_at")
    third = planted.group_by("ring_id").agg(pl.col("known_at").sort().slice(2, 1).first().alias("third"))
    third = third.filter(pl.col("third") >= runs[0]["as_of"] - DAY, pl.col("third") < runs[-1]["as_of"])
    detected: dict[str, int] = {}
    for run in runs:
        open_ = third.filter(~pl.col("ring_id").is_in(list(detected)), pl.col("third") < run["as_of"])
        so_far = planted.filter(pl.col("known_at") < run["as_of"]).join(open_, on="ring_id", how="semi")
        living = spans.filter(pl.col("since") <= run["run"], pl.col("until") > run["run"])
        sizes = so_far.group_by("ring_id").agg(pl.len().alias("size"))
        hits = overlaps(_listed_in(living, run["run"]), so_far, sizes)
        for ring in hits.filter(pl.col("overlap") >= OVERLAP).get_column("ring_id").unique():
            detected[ring] = run["as_of"]
    return [
        (detected[ring] - at) / DAY if ring in detected else None
        for ring, at in third.sort("ring_id").iter_rows()
    ]


def _memberships(graph: Graph, run: int) -> pl.DataFrame:
    """`ring, application_id, since, until, runs, scores`."""
    schema = {"ring": pl.String, "application_id": pl.String, "since": pl.Int64, "until": pl.Int64}
    frames = [pl.DataFrame(schema={**schema, "runs": pl.List(pl.Int64), "scores": pl.List(pl.Float64)})]
    for row in statement("rings/memberships").stream(graph, seconds=600, run=run):
        end = row["dissolved_run"] or run + 1
        members = pl.DataFrame(
            {
                "application_id": [key.split(":", 1)[1] for key in row["application"]],
                "since": row["since"],
                "until": [until or end for until in row["until"]],
            }
        )
        whole = members.with_columns(
            pl.lit(row["ring"]).alias("ring"),
            pl.lit(row["runs"], dtype=pl.List(pl.Int64)).alias("runs"),
            pl.lit(row["scores"], dtype=pl.List(pl.Float64)).alias("scores"),
        )
        frames.append(whole.select(*frames[0].columns))
    return pl.concat(frames)


def _listed_in(living: pl.DataFrame, run: int) -> pl.DataFrame:
    """`ring, application_id` of the rings that were listed in the run."""
    last = (pl.col("runs").list.eval((pl.element() <= run).cast(pl.Int64)).list.sum() - 1).alias("last")
    score = pl.col("scores").list.get(last)
    return living.filter(score >= LISTED).select("ring", "application_id")
