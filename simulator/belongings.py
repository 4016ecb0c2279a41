"""What people carry: phones that get new numbers, devices that are replaced, cards."""

from __future__ import annotations

import numpy as np

from core.clock import DAY
from simulator.dice import Dice, Floats, Ints, Words
from simulator.people import People
from simulator.sheet import HONEST

PHONES_PER_PERSON = 8
LAST_PHONE = 5
HANDED_ON = 7
"""Which of a person's numbers is the one that the carrier gives to somebody else later."""
SIM_CARDS = 1 << 40
LINES = 999
"""Keys of numbers bought as whole blocks: `SIM_CARDS` + block × `LINES` + line."""
CARDS_PER_PERSON = 4


class Belongings:
    """Phones, devices and cards as functions of people and time."""

    def __init__(self, dice: Dice, people: People) -> None:
        self.dice, self.people = dice, people

    def _generation(self, what: str, person: Ints, when: Ints, shortest: float, longest: float) -> Ints:
        """How many times it was replaced since the world began; each person has a habit (days)."""
        life: Floats = shortest + (longest - shortest) * self.dice.unit(f"{what} life", person)
        age = (when - self.people.hours.start) / DAY + life * self.dice.unit(f"{what} age", person)
        return np.clip(age // life, 0, LAST_PHONE).astype(np.int64)

    def number(self, person: Ints, when: Ints) -> Ints:
        """Key of the number that somebody outside the pairs of recycled numbers has at a moment."""
        return person * PHONES_PER_PERSON + self._generation("number", person, when, 250.0, 4_000.0)

    def customer_number(self, person: Ints, when: Ints) -> tuple[Ints, Ints]:
        """Keys of honest customers' numbers, and whose it was before (−1: nobody's)."""
        older = self.people.recycled.older(person)
        handed_on = self.people.recycled.handed_on(person)
        key = self.number(HONEST + person, when)
        key = np.where(when < handed_on, person * PHONES_PER_PERSON + HANDED_ON, key)
        return np.where(older >= 0, older * PHONES_PER_PERSON + HANDED_ON, key), older

    def device(self, person: Ints, when: Ints) -> Words:
        """The device of anybody outside the pairs of resold devices."""
        return self.dice.bits("device", person, self._generation("device", person, when, 150.0, 1_100.0))

    def customer_device(self, person: Ints, when: Ints) -> tuple[Words, Ints]:
        """Honest customers' devices, and whose it was before (−1: nobody's)."""
        older = self.people.resold.older(person)
        before_sale = when < self.people.resold.handed_on(person)
        device = self.device(HONEST + person, when)
        sold = np.flatnonzero(before_sale)
        device[sold] = self.dice.bits("resold device itself", person[sold])
        bought = np.flatnonzero(older >= 0)
        device[bought] = self.dice.bits("resold device itself", older[bought])
        return device, older

    def card(self, person: Ints, key: Ints) -> Ints:
        """The card that an application names: mostly the person's first."""
        return person * CARDS_PER_PERSON + self.dice.chance("other card", 0.25, key)
