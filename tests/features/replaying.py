"""A small simulated lender, all but its last day loaded from files, and that day as arrivals with everything that goes
wrong: repeats, conflicts, outcomes before their applications, events out of order, amendments."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import polars as pl

from core.clock import DAY, MINUTE, moment_us
from core.graph import Graph
from core.progress import SILENT
from graph_schema import Schema, live
from loaders.arrive import Arrival, Named, arrivals
from loaders.batch import BatchWriter
from loaders.hashing import Hasher
from loaders.mapping import read_mapping
from loaders.mapping.read import schema_of
from loaders.rows import Staged
from loaders.run import LoadRun
from loaders.stage import Stager
from simulator import order, simulate

SIZE, FIRST, DAYS, SEED = 1_000, "2025-01-01", 7, 5
WALKS = {"Device": 6, "IpAddress": 20, "Phone": 12, "Employer": 10, "Address": 6, "BankCard": 6}
"""Small limits, so that identifiers become hubs before, on and during the day."""
MOMENTS = {
    "applications": "submitted_at",
    "events": "event_at",
    "outcomes": "known_at",
    "relations": "known_at",
}


@dataclass
class Clock:
    """A clock of the day: `speed` times as fast as the wall's, no finer than `grain` µs, off by `skew` µs."""

    start: int
    speed: int = 400
    grain: int = 1
    skew: int = 0

    def __post_init__(self) -> None:
        self._began = time.monotonic_ns()

    def __call__(self) -> int:
        now = self.start + (time.monotonic_ns() - self._began) // 1_000 * self.speed + self.skew
        return now // self.grain * self.grain

    def off(self, skew: int, grain: int = 1) -> Clock:
        """The clock of another server."""
        other = replace(self, skew=skew, grain=grain)
        other._began = self._began
        return other


@dataclass(frozen=True)
class Lender:
    """What is loaded, and what arrives."""

    schema: Schema
    day: int
    """When the day of the arrivals begins (µs)."""
    sent: list[Arrival]


def load_lender(graph: Graph, folder: Path) -> Lender:
    """Simulate, load everything before the last day, and stage the rest."""
    simulate(order(SIZE, FIRST, DAYS, SEED), folder / "world")
    mapping = read_mapping(folder / "world" / "mapping.toml")
    day = moment_us(FIRST) + (DAYS - 1) * DAY
    declared = schema_of(mapping)
    schema = replace(
        declared,
        identifiers=tuple(
            replace(i, walk=WALKS.get(i.label, i.walk), bind=min(i.bind, 5)) for i in declared.identifiers
        ),
    )
    for part, keep in (("past", pl.col("at") < day), ("day", pl.col("at") >= day)):
        (folder / part).mkdir()
        for path in sorted((folder / "world").glob("*.parquet")):
            frame = pl.read_parquet(path)
            if path.stem in MOMENTS:
                at = pl.col(MOMENTS[path.stem]).cast(pl.Datetime("us")).cast(pl.Int64).alias("at")
                frame = frame.with_columns(at).filter(keep).drop("at")
            frame.write_parquet(folder / part / path.name)
    hasher = Hasher(b"k" * 32)
    live.apply(graph, schema, hasher.key_id)
    past = Stager(mapping, folder / "past", schema, hasher, day, folder / "staged-past", SILENT)
    run = LoadRun({"source": mapping.source, "mode": "batch", "started_at": day})
    tables = past.run()
    BatchWriter(graph, schema, run, past.counts, past.journal, SILENT).write(tables)
    run.finish(graph, {"finished_at": day})
    today = Stager(
        mapping, folder / "day", schema, hasher, day + DAYS * 100 * DAY, folder / "staged-day", SILENT
    )
    sent: list[Arrival] = []
    for table in today.run():
        if table.table.becomes in ("application", "event", "outcome"):
            for path in table.parts:
                sent += arrivals(Staged(table.plan, pl.read_parquet(path), (), ()))
    return Lender(schema, day, _gone_wrong(sent, Random(SEED)))


def _gone_wrong(sent: list[Arrival], dice: Random) -> list[Arrival]:
    """In the order in which they happened, but for what is late, repeated, contradicts what stands, or is amended."""
    outcomes = [one for one in sent if one.label == "Outcome"]
    others = [one for one in sent if one.label != "Outcome"]
    others.sort(key=lambda one: one.properties["event_at"])
    kept = others + dice.sample(outcomes, min(len(outcomes), 150))
    placed = [
        (place + dice.choice((0, 0, 0, dice.randrange(-60, 60))), one) for place, one in enumerate(others)
    ]
    placed += [(dice.randrange(len(others)), one) for one in kept if one.label == "Outcome"]
    for one in dice.sample(kept, len(kept) // 6):
        place = dice.randrange(len(others))
        other = replace(one, digest="another") if dice.random() < 0.3 else one
        placed.append((place, other))
    applied = [one for one in others if one.label == "Application"]
    placed += [(dice.randrange(len(others)), _amendment(dice, applied)) for _ in range(60)]
    placed.sort(key=lambda one: one[0])
    return [one for _, one in placed]


def _amendment(dice: Random, applied: list[Arrival]) -> Arrival:
    """Something that somebody else uses, added to an application."""
    about, other = dice.sample(applied, 2)
    one = dice.choice(
        [named for named in other.named if named.label in ("Device", "Phone", "Address", "BankCard")]
    )
    named = Named(one.label, one.key, "contact" if one.label == "Phone" else None, one.properties)
    types = {"Device": "USED_DEVICE", "Phone": "GAVE_PHONE", "Address": "LIVES_AT", "BankCard": "PAID_TO"}
    key = f"{about.key}|{one.key}"
    return Arrival(types[one.label], key, f"amended {key}", {"event_at": None}, None, (named,), about.key)


def skewed(clock: Clock) -> Iterator[Clock]:
    """Clocks of four servers: right, behind and coarse, ahead, far behind."""
    yield clock
    yield clock.off(-3 * MINUTE, grain=MINUTE)
    yield clock.off(2 * MINUTE)
    yield clock.off(-20 * MINUTE)
