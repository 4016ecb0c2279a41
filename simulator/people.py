"""Honest people, as functions of integers: who applies when, who comes back, who lives with whom.

The honest applications are *slots* 0 … n − 1 in order of time. A slot is either a new person or a repeat of an
earlier slot; a person is named by the slot of the first application, so nothing about people is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isqrt

import numpy as np

from core.clock import DAY
from simulator.dice import Dice, Flags, Ints, Permutation, cumulative
from simulator.hours import Hours

REPEATS = 0.36
SAME_SESSION = 0.35
SESSION_DAYS = 0.01
RETURN_DAYS = 35.0
HOUSEHOLD_SIZES = (45, 30, 15, 10)
LARGEST_HOUSEHOLD = len(HOUSEHOLD_SIZES)

SECOND_ACCOUNTS = 0.04
RESOLD_DEVICES = 0.06
RECYCLED_PHONES = 0.05


@dataclass(frozen=True)
class Household:
    """Where people stand in their households; a row a person."""

    key: Ints
    member: Ints
    size: Ints


class People:
    """The honest population of one world."""

    def __init__(self, dice: Dice, hours: Hours, slots: int) -> None:
        self.dice, self.hours, self.slots = dice, hours, slots
        side = isqrt(slots) + 1
        self._homes = Permutation(dice, "homes", ceil(slots / side), side)
        self._sizes = cumulative(HOUSEHOLD_SIZES)
        self.second_accounts = Pairs(self, "second account", 40.0, SECOND_ACCOUNTS)
        self.resold = Pairs(self, "resold device", 20.0, RESOLD_DEVICES)
        self.recycled = Pairs(self, "recycled phone", 60.0, RECYCLED_PHONES)

    def when(self, slot: Ints) -> Ints:
        """Moments (µs UTC) of the slots; they never fall as the slot grows."""
        return self.hours.at((slot + self.dice.unit("arrival", slot)) / self.slots)

    def slots_in(self, days: float) -> int:
        """How many slots come in so many days, at least 1."""
        return max(1, int(days / self.hours.days * self.slots))

    def _gap(self, slot: Ints) -> Ints:
        """How many slots earlier the same person applied; 0: never."""
        session = self.dice.chance("same session", SAME_SESSION, slot)
        mean = np.where(session, SESSION_DAYS, RETURN_DAYS) / self.hours.days * self.slots
        gap = 1 + self.dice.exponential("return", mean, slot).astype(np.int64)
        gap[(gap > slot) | ~self.dice.chance("repeat", REPEATS, slot)] = 0
        return gap

    def is_new(self, slot: Ints) -> Flags:
        """Whether the slot is somebody's first application; false past the last slot."""
        new: Flags = (slot < self.slots) & (self._gap(slot) == 0)
        return new

    def root(self, slot: Ints) -> Ints:
        """The slot of the first application of whoever applies in this one."""
        found = slot.copy()
        open_rows = np.arange(len(slot))
        while len(open_rows):
            gap = self._gap(found[open_rows])
            found[open_rows] -= gap
            open_rows = open_rows[gap > 0]
        return found

    def person(self, root: Ints) -> Ints:
        """The person behind an account: its root, or the older account's for a second one."""
        return np.where((older := self.second_accounts.older(root)) >= 0, older, root)

    def household(self, person: Ints) -> Household:
        """Households scatter over time: a secret permutation seats people in homes of up to four seats."""
        home, seat = np.divmod(self._homes(person), LARGEST_HOUSEHOLD)
        size = 1 + self.dice.weighted("household size", self._sizes, home)
        inside = seat < size
        return Household(
            home * LARGEST_HOUSEHOLD + np.where(inside, 0, seat),
            np.where(inside, seat, 0),
            np.where(inside, size, 1),
        )

    def housemate(self, household: Household, step: int) -> Ints:
        """The slot of the housemate `step` seats on; −1 where that seat never applies."""
        seat = household.key + (household.member + step) % household.size
        slot = self._homes.inverse(np.minimum(seat, self._homes.size - 1))
        there = (seat < self._homes.size) & (household.size > 1) & self.is_new(slot)
        return np.where(there, slot, -1)


class Pairs:
    """People tied in pairs, an older and a younger, a fixed number of slots apart: what one had, the other has."""

    def __init__(self, people: People, name: str, days: float, probability: float) -> None:
        self._people, self._name, self._probability = people, name, probability
        self.gap = min(people.slots_in(days), max(1, people.slots // 3))

    def _tied(self, older: Ints) -> Flags:
        tied = self._people.dice.chance(self._name, self._probability, older)
        rows = np.flatnonzero(tied)
        tied[rows] = self._people.is_new(older[rows]) & self._people.is_new(older[rows] + self.gap)
        return tied

    def older(self, slot: Ints) -> Ints:
        """The older one, for the younger of a pair; −1 for all others."""
        before = slot - self.gap
        late = slot // self.gap % 2 == 1
        return np.where(late & self._tied(before), before, -1)

    def handed_on(self, slot: Ints) -> Ints:
        """When (µs) the older one gave it away, three days before the younger's first; −1 for all others."""
        early = slot // self.gap % 2 == 0
        tied = np.flatnonzero(early & self._tied(slot))
        moment = np.full(len(slot), -1, dtype=np.int64)
        moment[tied] = self._people.when(slot[tied] + self.gap) - 3 * DAY
        return moment
