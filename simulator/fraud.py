"""The sheet of rings and lone fraudsters: what each application uses of the ring's tools, and what is its own."""

from __future__ import annotations

import numpy as np

from simulator import sheet as at
from simulator.belongings import CARDS_PER_PERSON, LINES, PHONES_PER_PERSON, SIM_CARDS, Belongings
from simulator.dice import Dice, Flags, Floats, Ints, Words
from simulator.habits import habit_values
from simulator.people import People
from simulator.places import FAKE_EMPLOYERS, FAKES, RING_ADDRESS, Places
from simulator.rings import Plan
from simulator.sheet import FRAUD, FRAUD_KEY, HONEST, NOBODY, OPERATOR, OUTSIDER, Sheet

CARRIER = 0.4
SIM_BLOCKS = 400_000
CHANGED = ("device", "ip")
"""Tools that a ring changes from time to time; cards, numbers, firms and addresses it keeps."""
LONE_STOLEN = 0.15
LONE_MAIL = 0.5
MULES = 4
"""One user in so many is the one whose card takes the ring's money."""
RING_CARDS = 1 << 30
"""Keys of the cards that rings share start here."""
FIRM_KEY = 1 << 40
"""Keys by which rings choose a real firm start here."""
_POOL = 1 << 12


class Fraudsters:
    """Writes the fraudulent part of a sheet."""

    def __init__(
        self, dice: Dice, people: People, places: Places, belongings: Belongings, plan: Plan
    ) -> None:
        self.dice, self.people, self.places, self.belongings, self.plan = (
            dice,
            people,
            places,
            belongings,
            plan,
        )

    def sheet(self, low: int, high: int) -> Sheet:
        """The rows `low` … `high` − 1 of the plan."""
        rows = np.arange(low, high, dtype=np.int64)
        part = _Part(self.dice, self.plan, rows)
        when, account, key = self.plan.when[rows], self.plan.account[rows], FRAUD_KEY + rows
        person = FRAUD + account
        city = self.places.city(np.where(part.in_ring, part.ring + (1 << 30), account + (1 << 31)))
        employer = self._employer(part, city, person)
        address = self._address(part, person)
        home_ip = self.places.line_ip("home", np.where(part.in_ring, address, person), when)
        own_device, device = self._devices(part, person, when)
        ip = np.where(self.dice.chance("mobile", CARRIER, key), self.places.carrier_ip(city, key), home_ip)
        shared, thing = part.pool("ip")
        ip = np.where(shared, self.places.line_ip("ring", thing, when), ip)
        chance = self.plan.chance[rows]
        return Sheet(
            when=when,
            key=key,
            account=FRAUD + account,
            person=person,
            true_person=self._true_person(part, person),
            first=self.plan.first[rows] == 1,
            identity=self._identity(part, account, person),
            phone=self._phone(part, person, when),
            contact=self._contact(part, person),
            city=city,
            employer=employer,
            address=address,
            card=self._card(part, person),
            mail=np.where(self.dice.chance("has mail", LONE_MAIL, person), person, NOBODY),
            device=device,
            own_device=own_device,
            ip=ip,
            home_ip=home_ip,
            channel=part.channel(key),
            ring=part.given_ring,
            since=self.plan.since[rows],
            stage=self.plan.stage[rows],
            kind=part.kind,
            role=part.role(),
            innocence=np.full(len(rows), NOBODY, dtype=np.int64),
            chance=chance,
            fraud=self.dice.chance("fraud", chance, key),
        )

    def _true_person(self, part: _Part, person: Ints) -> Ints:
        operators = habit_values("operators").astype(np.int64)[part.kind]
        operator = OPERATOR + part.ring * 4 + part.member % np.maximum(operators, 1)
        lone = OPERATOR + (1 << 24) + part.member
        return np.where(part.in_ring, np.where(operators > 0, operator, person), lone)

    def _identity(self, part: _Part, account: Ints, person: Ints) -> Ints:
        """The user's own or bought identity, or one stolen from a customer."""
        stolen_share = np.where(part.in_ring, habit_values("stolen")[part.kind], LONE_STOLEN)
        identity = person.copy()
        stolen = np.flatnonzero(self.dice.chance("stolen identity", stolen_share, account))
        victim = self.people.root(self.dice.pick("victim", self.people.slots, account[stolen]))
        identity[stolen] = HONEST + self.people.person(victim)
        return identity

    def _devices(self, part: _Part, person: Ints, when: Ints) -> tuple[Words, Words]:
        lone = self.dice.bits("lone device", part.member)
        own = np.where(part.in_ring, self.belongings.device(person, when), lone)
        shared, thing = part.pool("device")
        return own, np.where(shared, self.dice.bits("ring device", thing), own)

    def _phone(self, part: _Part, person: Ints, when: Ints) -> Ints:
        shared, thing = part.pool("sim")
        return np.where(shared, _sim(part.ring, thing % _POOL), self.belongings.number(person, when))

    def _contact(self, part: _Part, person: Ints) -> Ints:
        shared, thing = part.pool("contact")
        line = LINES // 2 + thing % _POOL
        own = (OUTSIDER + (1 << 24) + person % (1 << 24)) * PHONES_PER_PERSON
        return np.where(shared, _sim(part.ring, line), own)

    def _card(self, part: _Part, person: Ints) -> Ints:
        shared, thing = part.pool("card")
        ring, number = np.divmod(thing, _POOL)
        return np.where(shared, RING_CARDS + ring * 256 + number % 256, person * CARDS_PER_PERSON)

    def _employer(self, part: _Part, city: Ints, person: Ints) -> Ints:
        shared, thing = part.pool("employer")
        paper = FAKE_EMPLOYERS + self.dice.pick("paper company", FAKES, thing)
        inside = self.dice.chance("inside a firm", habit_values("real_employer")[part.kind], part.ring)
        firm = np.where(inside, self.places.employer(city, FIRM_KEY + thing), paper)
        return np.where(shared, firm, self.places.employer(city, person))

    def _address(self, part: _Part, person: Ints) -> Ints:
        shared, thing = part.pool("address")
        return np.where(shared, RING_ADDRESS + thing, (1 << 40) + person)


class _Part:
    """Rows of the plan, and which of them use which thing of their ring's pools."""

    def __init__(self, dice: Dice, plan: Plan, rows: Ints) -> None:
        self._dice, self._rows = dice, rows
        self.given_ring = plan.ring[rows]
        self.in_ring: Flags = self.given_ring >= 0
        self.ring = np.maximum(self.given_ring, 0)
        self.member, self.epoch = plan.member[rows], plan.epoch[rows]
        self.kind = np.where(self.in_ring, plan.kinds[self.ring], at.LONE)

    def _habit(self, name: str) -> Floats:
        values: Floats = habit_values(name)[self.kind]
        return values

    def pool(self, what: str) -> tuple[Flags, Ints]:
        """Which applications use a thing of the ring's pool, and its key: ring, generation of tools, number."""
        share = np.where(self.in_ring, self._habit(f"{what}_share"), 0.0)
        shared = self._dice.chance(f"ring uses {what}", share, self.ring, self.member)
        number = self.member // np.maximum(1, self._habit(f"{what}_users").astype(np.int64))
        epoch = self.epoch % 16 if what in CHANGED else np.zeros_like(self.epoch)
        return shared, (self.ring * 16 + epoch) * _POOL + number

    def channel(self, key: Ints) -> Ints:
        """How the application comes in."""
        agent = self._dice.chance("through agent", np.where(self.in_ring, self._habit("agent"), 0.0), key)
        return np.where(agent, at.AGENT, np.where(self._dice.chance("app", 0.7, key), at.APP, at.WEB))

    def role(self) -> Ints:
        """What the user is in the ring; −1 for lone fraudsters."""
        role = np.where(self.kind == at.AGENT_LED, at.CLIENT, at.MEMBER)
        role = np.where(self.member % MULES == 1, at.MULE, role)
        role = np.where(self.member == 0, at.ORGANISER, role)
        return np.where(self.in_ring, role, NOBODY)


def _sim(ring: Ints, line: Ints) -> Ints:
    """Key of a line of the block of numbers that a ring bought."""
    return SIM_CARDS + ring % SIM_BLOCKS * LINES + line % LINES
