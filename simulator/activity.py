"""What users do besides applying: they sign up, log in, and state relatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.clock import DAY, SECOND
from simulator.dice import Dice, Ints, Words
from simulator.hours import HOUR, MINUTE
from simulator.people import LARGEST_HOUSEHOLD, People
from simulator.sheet import FRAUD, HONEST, Sheet

EVENT_KINDS = ("signup", "login")
RELATIVES = ("spouse", "parent", "sibling")
LOGS_IN, LOOKS_AGAIN = 0.7, 0.5
STATES_RELATIVE, RING_STATES_RELATIVE = 0.5, 0.15
_EVENTS = 4


@dataclass(frozen=True)
class Events:
    """Sign-ups and logins; `row` points into the sheet. In order of the applications they belong to."""

    row: Ints
    number: Ints
    """Which of the application's events it is: 0 … 3."""
    kind: Ints
    when: Ints
    device: Words
    ip: Ints


@dataclass(frozen=True)
class Relations:
    """Stated relatives; `row` points into the sheet."""

    row: Ints
    relative: Ints
    """Account of the relative; a housemate has applied before, a ring's member may yet do so."""
    kind: Ints


def events(dice: Dice, sheet: Sheet, end: int) -> Events:
    """A sign-up for each new account, a login before most applications, and a look at the state days after."""
    key = sheet.key
    minutes = dice.exponential("login before", 6 * MINUTE, key)
    login = sheet.when - 20 * SECOND - _whole(minutes)
    before = np.where(dice.chance("just signed up", 0.6, key), 5 * MINUTE, 3 * DAY)
    signup = login - 30 * SECOND - _whole(dice.exponential("signup before", before, key))
    later = sheet.when + 2 * HOUR + _whole(dice.exponential("looks again after", 2 * DAY, key))
    kinds = np.array([0, 1, 1], dtype=np.int64)
    happens = np.stack(
        [
            sheet.first,
            dice.chance("logs in", LOGS_IN, key),
            dice.chance("looks again", LOOKS_AGAIN, key) & (later < end),
        ],
        axis=1,
    )
    row, number = np.nonzero(happens)
    at_home = number == 2
    return Events(
        row=row,
        number=number,
        kind=kinds[number],
        when=np.stack([signup, login, later], axis=1)[row, number],
        device=np.where(at_home, sheet.own_device[row], sheet.device[row]),
        ip=np.where(at_home, sheet.home_ip[row], sheet.ip[row]),
    )


def relations(dice: Dice, people: People, sheet: Sheet) -> Relations:
    """Relatives that users state with their first application: housemates, and in rings each other."""
    found = [_in_ring(dice, sheet)]
    row = np.flatnonzero(sheet.first & (sheet.account < FRAUD) & (sheet.account == sheet.person))
    household = people.household(sheet.person[row] - HONEST)
    for step in range(1, LARGEST_HOUSEHOLD):
        mate = np.where(step < household.size, people.housemate(household, step), -1)
        stated = dice.chance("states relative", STATES_RELATIVE, sheet.person[row], mate)
        there = (mate >= 0) & (people.second_accounts.older(np.maximum(mate, 0)) < 0)
        there &= (mate < sheet.person[row] - HONEST) & stated
        kind = dice.pick("relative", len(RELATIVES), household.key + household.member * step)
        found.append(Relations(row[there], HONEST + mate[there], kind[there]))
    joined = [np.concatenate([getattr(part, name) for part in found]) for name in ("row", "relative", "kind")]
    order = np.lexsort((joined[1], joined[0]))
    return Relations(*(column[order] for column in joined))


def _in_ring(dice: Dice, sheet: Sheet) -> Relations:
    """Members who state the one before them, so that forms look alike."""
    member = sheet.first & (sheet.ring >= 0) & (sheet.role != 0)
    row = np.flatnonzero(member & dice.chance("ring states relative", RING_STATES_RELATIVE, sheet.account))
    return Relations(row, sheet.account[row] - 1, np.full(len(row), 2, dtype=np.int64))


def event_number(arrival: Ints, number: Ints) -> Ints:
    """The number that names an event: one in four, by the application it belongs to."""
    return arrival * _EVENTS + number


def _whole(duration: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Ints:
    return (duration / SECOND).astype(np.int64) * SECOND
