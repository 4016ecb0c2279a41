"""One world from a seed: its arguments, its chunks in order of time, its summary."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from time import perf_counter

import numpy as np

from core.errors import UsageError
from core.progress import SILENT, Progress
from simulator.activity import events, relations
from simulator.asked import ask
from simulator.belongings import Belongings
from simulator.chances import chances
from simulator.dice import Dice, Floats, Ints
from simulator.files import Chunk, Files
from simulator.fraud import Fraudsters
from simulator.habits import visible
from simulator.honest import HonestPeople
from simulator.hours import Hours
from simulator.identities import Identities
from simulator.incidents import DEVICE_FARM, Happenings, Incident, incidents
from simulator.lists import lists
from simulator.mapping import mapping_text
from simulator.outcomes import outcomes
from simulator.people import People
from simulator.places import Places
from simulator.render import Forms
from simulator.rings import Plan, plan
from simulator.sheet import LONE, Sheet, merged

FEWEST, MOST = 1_000, 10_000_000
SHORTEST, LONGEST = 7, 3_660
CHUNK = 50_000
"""Honest applications made at a time; it changes no byte of the files."""


@dataclass(frozen=True)
class Order:
    """What world is wanted."""

    applications: int
    start: date
    days: int
    seed: int
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True)
class Summary:
    """Counts of what was written."""

    applications: int
    users: int
    events: int
    outcomes: int
    relations: int
    impressions: int
    rings: int
    ring_applications: int
    frauds: int
    seconds: float
    """Wall clock."""


def order(applications: int, start: str, days: int, seed: int, happens: Sequence[str] = ()) -> Order:
    """The order these arguments make; `happens`: incidents as `KIND@DAY`.

    Raises `UsageError`: `simulate.applications`, `simulate.start`, `simulate.days`, `simulate.seed`,
    `simulate.incident`.
    """
    if not FEWEST <= applications <= MOST:
        raise UsageError("simulate.applications", f"Ask for {FEWEST:,} to {MOST:,} applications.")
    try:
        day = date.fromisoformat(start)
    except ValueError:
        raise UsageError("simulate.start", "The start is a day such as 2025-01-01.") from None
    if not 1990 <= day.year <= 2090:
        raise UsageError("simulate.start", "The start lies between 1990 and 2090.")
    if not SHORTEST <= days <= LONGEST:
        raise UsageError("simulate.days", f"A world lasts {SHORTEST} to {LONGEST:,} days.")
    if not 0 <= seed < 1 << 63:
        raise UsageError("simulate.seed", "A seed is a whole number from 0 to 2^63 - 1.")
    return Order(applications, day, days, seed, incidents(happens, day, days))


class World:
    """The people, places and rings of an order."""

    def __init__(self, wanted: Order) -> None:
        self.wanted = wanted
        self.dice = Dice(wanted.seed)
        self.hours = Hours(self.dice, wanted.start, wanted.days)
        self.happenings = Happenings(self.dice, self.hours, wanted.incidents)
        bursts = [one.since for one in self.happenings.of(DEVICE_FARM)]
        self.plan: Plan = plan(self.dice, self.hours, wanted.applications, bursts)
        self.slots = wanted.applications - len(self.plan)
        self.people = People(self.dice, self.hours, self.slots)
        self.places = places = Places(self.dice, wanted.applications)
        belongings = Belongings(self.dice, self.people)
        self.identities = Identities(self.dice, wanted.start)
        self._honest = HonestPeople(self.dice, self.people, places, belongings, self.happenings)
        self.forms = Forms(self.dice, self.identities)
        self._fraud = Fraudsters(self.dice, self.people, places, belongings, self.plan)

    def sheet(self, low: int, high: int) -> Sheet:
        """The honest slots `low` … `high` − 1 and all fraud of the same time."""
        first = 0 if low == 0 else self._fraud_before(low)
        last = len(self.plan) if high >= self.slots else self._fraud_before(high)
        return merged(self._honest.sheet(low, high), self._fraud.sheet(first, last))

    def chunk(self, low: int, high: int) -> Chunk:
        """The sheet of these slots and all that follows from it."""
        sheet = self.sheet(low, high)
        asked = ask(self.dice, self.identities, sheet)
        chance = chances(asked, sheet.chance, visible(sheet.kind), self.happenings.stricter(asked))
        return Chunk(
            sheet=sheet,
            asked=asked,
            chances=chance,
            outcomes=outcomes(self.dice, sheet, asked, chance),
            events=events(self.dice, sheet, self.hours.end),
            relations=relations(self.dice, self.people, sheet),
            lists=lists(self.dice, sheet, asked, self.hours.end),
            broken=self.happenings.broken(asked),
        )

    @cached_property
    def fraud_chance(self) -> Floats:
        """The highest probability of fraud of each fraudulent account's applications."""
        chance = np.zeros(int(self.plan.account.max()) + 1)
        np.maximum.at(chance, self.plan.account, self.plan.chance)
        return chance

    @cached_property
    def fraud_kind(self) -> Ints:
        """The kind of each fraudulent account."""
        kind = np.full(len(self.fraud_chance), LONE, dtype=np.int64)
        member = self.plan.ring >= 0
        kind[self.plan.account[member]] = self.plan.kinds[self.plan.ring[member]]
        return kind

    def _fraud_before(self, slot: int) -> int:
        moment = self.people.when(np.array([slot], dtype=np.int64))[0]
        return int(np.searchsorted(self.plan.when, moment, side="left"))


def simulate(
    wanted: Order, folder: Path, *, force: bool = False, chunk: int = CHUNK, progress: Progress = SILENT
) -> Summary:
    """Write the world into `folder`: tables, `mapping.toml` (last), and the truth below `truth/`.

    The bytes depend on the order alone. With `force` the files of an earlier world are replaced and others
    left alone. Raises `UsageError` (`simulate.folder`) when the folder holds something and `force` is off.
    """
    began = perf_counter()
    _prepare(folder, force=force)
    world = World(wanted)
    done = users = ring_applications = frauds = 0
    progress.step("simulate", wanted.applications, "applications")
    with ExitStack() as stack:
        files = Files(folder, world.forms, world.happenings, stack)
        files.write_products()
        files.write_rings(world.plan)
        files.write_incidents(world.plan, world.places)
        for low in range(0, world.slots, chunk):
            part = world.chunk(low, min(low + chunk, world.slots))
            files.write_chunk(done, part)
            sheet = part.sheet
            done += len(sheet)
            users += int(sheet.first.sum())
            ring_applications += int((sheet.ring >= 0).sum())
            frauds += int(sheet.fraud.sum())
            progress.advance(len(sheet))
    (folder / "mapping.toml").write_text(mapping_text(), encoding="utf-8")
    return Summary(
        applications=done,
        users=users,
        events=files.events.rows,
        outcomes=files.outcomes.rows,
        relations=files.relations.rows,
        impressions=files.impressions.rows,
        rings=len(world.plan.kinds),
        ring_applications=ring_applications,
        frauds=frauds,
        seconds=round(perf_counter() - began, 2),
    )


def _prepare(folder: Path, *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError("simulate.folder", f"{folder} is a file; name a folder.")
    if folder.exists() and any(folder.iterdir()) and not force:
        raise UsageError("simulate.folder", f"{folder} is not empty; name another folder or add --force.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mapping.toml").unlink(missing_ok=True)
