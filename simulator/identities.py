"""Who a person is on paper: county and day of birth, from which the identity number follows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from simulator import names
from simulator.dice import Dice, Floats, Ints, Permutation

YOUNGEST, OLDEST = 20, 60
"""Full years of age at the start of the world."""
SEQUENCES = 200
"""Identity numbers given out a day and county at the most, in this world."""


class Identities:
    """Counties and days of birth of the people of one world."""

    def __init__(self, dice: Dice, start: date) -> None:
        """How many numbers each day of birth gives out, most to people of about thirty."""
        first = date(start.year - OLDEST, 1, 1)
        count = (date(start.year - YOUNGEST, 1, 1) - first).days
        years_ago = OLDEST - np.arange(count) / 365.25
        weight = np.exp(-(((years_ago - 31.0) / 11.0) ** 2)) * 0.9 + 0.1
        self._sums = np.concatenate([[0], np.cumsum((weight * SEQUENCES).astype(np.int64))])
        days = "".join((first + timedelta(days=n)).strftime("%Y%m%d") for n in range(count))
        self.days = np.frombuffer(days.encode(), dtype=np.uint8).reshape(-1, 8)
        """Days of birth as eight ASCII digits."""
        self._oldest = (start - first).days
        self._people = Permutation(dice, "identities", len(names.COUNTIES), int(self._sums[-1]))

    @property
    def size(self) -> int:
        """How many people the identities suffice for."""
        return self._people.size

    def of(self, person: Ints) -> tuple[Ints, Ints, Ints]:
        """County, day of birth (index into `days`) and place among those born there on that day."""
        county, place = np.divmod(self._people(person), self._sums[-1])
        day = np.searchsorted(self._sums, place, side="right") - 1
        return county, day, place - self._sums[day]

    def age(self, person: Ints) -> Floats:
        """Years of age at the start of the world."""
        _, day, _ = self.of(person)
        years: Floats = (self._oldest - day) / 365.25
        return years
