"""What happens to a lender's world on a day that somebody chose: a farm, a new office, a broken loader, a new policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.clock import DAY
from core.errors import UsageError
from simulator.asked import Asked
from simulator.dice import Dice, Flags, Floats, Ints, Words
from simulator.hours import Hours
from simulator.lenders import LENDERS
from simulator.names import CITIES
from simulator.places import NEW_EMPLOYERS
from simulator.sheet import NOBODY

DEVICE_FARM, OFFICE_WIFI, BROKEN_LOADER, POLICY_CHANGE = (
    "device_farm",
    "office_wifi",
    "broken_loader",
    "policy_change",
)
INCIDENT_KINDS = (DEVICE_FARM, OFFICE_WIFI, BROKEN_LOADER, POLICY_CHANGE)
MOST_INCIDENTS = 20
BROKEN_DAYS = 3
AMOUNT_FACTOR = 100
"""A broken loader writes cents where yuan belong."""
POLICY_SHIFT = 1.5
"""Added to, or taken off, the logit of approval."""
JOINS = 0.3
"""Share of a large city's customers whom the new office employs."""
_LARGE = tuple(number for number, city in enumerate(CITIES) if city.weight >= 8)


@dataclass(frozen=True)
class Incident:
    """What happens, and how many days after the start."""

    kind: str
    day: int


def incidents(texts: Sequence[str], start: date, days: int) -> tuple[Incident, ...]:
    """Incidents written `KIND@DAY`; the day is a number of days after the start, or a date.

    Raises `UsageError` (`simulate.incident`).
    """
    if len(texts) > MOST_INCIDENTS:
        raise UsageError("simulate.incident", f"A world has at most {MOST_INCIDENTS} incidents.")
    return tuple(_incident(text, start, days) for text in texts)


def _incident(text: str, start: date, days: int) -> Incident:
    kind, _, day_text = text.partition("@")
    if kind not in INCIDENT_KINDS:
        raise UsageError("simulate.incident", f"'{text}': write {', '.join(INCIDENT_KINDS)}, then @DAY.")
    try:
        day = int(day_text) if day_text.isdecimal() else (date.fromisoformat(day_text) - start).days
    except ValueError:
        day = -1
    if not 0 <= day < days:
        raise UsageError(
            "simulate.incident",
            f"'{text}': the day is 0 to {days - 1}, or a date from {start} on in the world.",
        )
    return Incident(kind, day)


@dataclass(frozen=True)
class Happening:
    """An incident with all that chance decided about it."""

    number: int
    kind: str
    since: int
    """µs UTC."""
    until: int | None
    """None: for good."""
    lender: int = NOBODY
    stricter: float = 0.0
    """Taken off the logit of approval."""
    city: int = NOBODY
    employer: int = NOBODY


class Happenings:
    """The incidents of one world, and what they do to applications."""

    def __init__(self, dice: Dice, hours: Hours, wanted: Sequence[Incident]) -> None:
        self.dice = dice
        self.all = tuple(_decided(dice, hours, number, one) for number, one in enumerate(wanted))

    def of(self, kind: str) -> list[Happening]:
        """Those of a kind, in the order given."""
        return [one for one in self.all if one.kind == kind]

    def moved_in(self, city: Ints, employer: Ints, person: Ints, when: Ints) -> tuple[Flags, Ints]:
        """Who works in a new office by then, and everybody's employer."""
        joined = np.zeros(len(city), dtype=np.bool_)
        for office in self.of(OFFICE_WIFI):
            here = np.flatnonzero((city == office.city) & (when >= office.since) & ~joined)
            here = here[self.dice.chance("joins new office", JOINS, person[here], office.number)]
            employer = employer.copy()
            employer[here], joined[here] = office.employer, True
        return joined, employer

    def stricter(self, asked: Asked) -> Floats | float:
        """Taken off the logit of approval of applications."""
        changes = self.of(POLICY_CHANGE)
        if not changes:
            return 0.0
        off = np.zeros(len(asked))
        for change in changes:
            off += np.where(
                (asked.lender == change.lender) & (asked.submitted >= change.since), change.stricter, 0
            )
        return off

    def broken(self, asked: Asked) -> Flags:
        """Applications that a broken loader wrote."""
        wrong = np.zeros(len(asked), dtype=np.bool_)
        for fault in self.of(BROKEN_LOADER):
            inside = (asked.submitted >= fault.since) & (asked.submitted < (fault.until or 0))
            wrong |= inside & (asked.lender == fault.lender)
        return wrong

    def constant_device(self) -> Words:
        """The device id that a broken loader writes where it writes one at all."""
        return self.dice.bits("constant device", 0)


def _decided(dice: Dice, hours: Hours, number: int, incident: Incident) -> Happening:
    def draw(name: str, count: int) -> int:
        return int(dice.pick(name, count, number)[0])

    since = hours.start + incident.day * DAY
    if incident.kind == DEVICE_FARM:
        return Happening(number, DEVICE_FARM, since, min(since + DAY, hours.end))
    if incident.kind == OFFICE_WIFI:
        city = _LARGE[draw("city of new office", len(_LARGE))]
        return Happening(number, OFFICE_WIFI, since, None, city=city, employer=NEW_EMPLOYERS + number)
    lender = draw(f"lender of {incident.kind}", len(LENDERS))
    if incident.kind == BROKEN_LOADER:
        until = min(since + BROKEN_DAYS * DAY, hours.end)
        return Happening(number, BROKEN_LOADER, since, until, lender=lender)
    stricter = POLICY_SHIFT if draw("direction of policy", 2) else -POLICY_SHIFT
    return Happening(number, POLICY_CHANGE, since, None, lender=lender, stricter=stricter)
