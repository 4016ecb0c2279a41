"""Places: cities, employers and their networks, agent shops, dormitories, carriers' shared addresses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from core.clock import DAY
from simulator.dice import Dice, Flags, Ints, cumulative
from simulator.names import CITIES, FIXED_NETS, MOBILE_NETS

PEOPLE_PER_EMPLOYER = 10
APPLICATIONS_PER_NAT = 1_500
APPLICATIONS_PER_SHOP = 200
"""All applications for each shop; one in twenty goes through a shop."""
LEASE = 7 * DAY
DORMITORY_EMPLOYERS, DORMITORY = 0.03, 0.2

FAKE_EMPLOYERS, FAKES = 60_000, 50_000
"""Companies that exist on paper only have indices from 60,000 on within their city."""
NEW_EMPLOYERS = FAKE_EMPLOYERS + FAKES
"""Employers that come into the world on some day have indices from here on."""
DORMITORY_ADDRESS, RING_ADDRESS = 1 << 41, 1 << 42


class Places:
    """The places of a world of a given size."""

    def __init__(self, dice: Dice, applications: int) -> None:
        self.dice = dice
        self._cities = cumulative([city.weight for city in CITIES])
        share = np.diff(self._cities, prepend=0.0)
        self.employers = np.minimum(_at_least(4, share * applications / PEOPLE_PER_EMPLOYER), FAKE_EMPLOYERS)
        self.shops = _at_least(1, share * applications / APPLICATIONS_PER_SHOP)
        self.exits = _at_least(1, share * applications * 0.45 / APPLICATIONS_PER_NAT)

    def city(self, key: ArrayLike) -> Ints:
        """Index of the city of a household or ring."""
        return self.dice.weighted("city", self._cities, key)

    def employer(self, city: Ints, person: Ints) -> Ints:
        """Index of a person's employer within the city; a few employ many."""
        return (self.dice.unit("employer", person) ** 2 * self.employers[city]).astype(np.int64)

    def in_dormitory(self, city: Ints, employer: Ints, person: Ints) -> Flags:
        """Whether the person lives in the dormitory of a large employer."""
        large = employer < self.employers[city] * DORMITORY_EMPLOYERS
        return large & self.dice.chance("dormitory", DORMITORY, person)

    def shop(self, city: Ints, key: Ints) -> Ints:
        """Number of the agent shop an application goes through; a few shops are busy."""
        inside = (self.dice.unit("shop", key) ** 1.7 * self.shops[city]).astype(np.int64)
        return inside * len(CITIES) + city

    def carrier_ip(self, city: Ints, key: Ints) -> Ints:
        """The address behind which the carrier hides this phone just now."""
        return self._ip("carrier", MOBILE_NETS, city, self.dice.pick("carrier exit", self.exits[city], key))

    def office_ip(self, city: Ints, employer: Ints) -> Ints:
        """The address of an employer's Wi-Fi."""
        return self._ip("office", FIXED_NETS, city, employer)

    def line_ip(self, kind: str, key: Ints, when: Ints) -> Ints:
        """The address of a line at home, in a shop or in a dormitory; leases change from week to week."""
        return self._ip(kind, FIXED_NETS, key, (when + self.dice.pick(f"{kind} lease", LEASE, key)) // LEASE)

    def _ip(self, kind: str, nets: Sequence[int], *keys: ArrayLike) -> Ints:
        """A public IPv4 address as an integer; hosts end in 1 … 254."""
        word = self.dice.bits(f"ip of {kind}", *keys)
        first = np.array(nets, dtype=np.int64)[(word >> np.uint64(32)).astype(np.int64) % len(nets)]
        middle = (word >> np.uint64(16)).astype(np.int64) & 0xFFFF
        return (first << 24) | (middle << 8) | (1 + (word & np.uint64(0xFFFF)).astype(np.int64) % 254)


def _at_least(least: int, counts: ArrayLike) -> Ints:
    return np.maximum(least, np.asarray(counts, dtype=np.float64).astype(np.int64))
