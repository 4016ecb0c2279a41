"""Who works against the lenders: rings with their habits, and lone fraudsters; planned once, in order of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.clock import DAY, SECOND
from simulator.dice import Dice, Floats, Ints
from simulator.hours import LOCAL, Hours
from simulator.sheet import AGENT_LED, DEVICE_FARM, IDENTITY_THEFT, NOBODY, SIM_FARM


@dataclass(frozen=True)
class Habit:
    """How rings of a kind work. `…_share`: share of applications that use the ring's pool; the others use own.

    `…_users`: how many users one thing of the pool serves.
    """

    kind: int
    weight: float
    size: float
    """Median number of applications."""
    days: float
    """Median days from first to last."""
    tool_days: float
    """Tools are changed about so often."""
    per_user: float
    """Applications a user makes."""
    batch: int
    """Applications made in one sitting."""
    fraud: float
    """Mean probability of fraud of its applications."""
    operators: int
    """People who really act; 0: each user is a person."""
    device_share: float = 0.0
    device_users: int = 1
    ip_share: float = 0.0
    ip_users: int = 1
    sim_share: float = 0.0
    """Own numbers from a block of SIM cards that the ring bought."""
    sim_users: int = 1
    contact_share: float = 0.0
    contact_users: int = 1
    card_share: float = 0.0
    card_users: int = 1
    employer_share: float = 0.0
    employer_users: int = 1
    address_share: float = 0.0
    address_users: int = 1
    stolen: float = 0.0
    """Share of identities stolen from customers."""
    agent: float = 0.0
    """Share of applications that come in through an agent."""


HABITS = (
    Habit(
        DEVICE_FARM, weight=0.28, size=11, days=12, tool_days=9, per_user=1.25, batch=4, fraud=0.95, operators=2,
        device_share=0.9, device_users=6, ip_share=0.5, ip_users=8, contact_share=0.35, contact_users=8,
        card_share=0.3, card_users=5, employer_share=0.5, employer_users=12, address_share=0.25, address_users=7,
    ),
    Habit(
        SIM_FARM, weight=0.22, size=13, days=18, tool_days=12, per_user=1.2, batch=3, fraud=0.93, operators=2,
        device_share=0.5, device_users=4, ip_share=0.5, ip_users=9, sim_share=0.9, sim_users=3,
        contact_share=0.75, contact_users=7, card_share=0.25, card_users=5, employer_share=0.3, employer_users=10,
    ),
    Habit(
        IDENTITY_THEFT, weight=0.24, size=8, days=35, tool_days=20, per_user=1.4, batch=2, fraud=0.95, operators=1,
        device_share=0.65, device_users=4, ip_share=0.5, ip_users=6, sim_share=0.3, sim_users=2,
        contact_share=0.3, contact_users=5, card_share=0.75, card_users=5, address_share=0.3, address_users=6,
        stolen=0.25,
    ),
    Habit(
        AGENT_LED, weight=0.26, size=15, days=40, tool_days=25, per_user=1.15, batch=3, fraud=0.7, operators=0,
        device_share=0.5, device_users=9, ip_share=0.6, ip_users=12, contact_share=0.65, contact_users=12,
        card_share=0.1, card_users=4, employer_share=0.75, employer_users=14, agent=0.7,
    ),
)  # fmt: skip

RING_SHARE = 0.021
LONE_SHARE = 0.006
SMALLEST, LARGEST, SPREAD = 5, 400, 0.8
QUIET = 0.35
"""Share of rings that go quiet for a while in the middle."""
AGAIN, SAME_IDENTITY = 0.35, 0.4
LONE_CHANCE = 0.9


@dataclass(frozen=True)
class Plan:
    """Every application of rings and lone fraudsters, a row each in order of time."""

    when: Ints
    """µs UTC, whole seconds."""
    ring: Ints
    """−1: a lone fraudster's."""
    member: Ints
    """Index of the user within the ring, or of the lone fraudster."""
    account: Ints
    """Index of the user among all fraudulent users."""
    epoch: Ints
    """Which generation of its tools the ring uses."""
    first: Ints
    """1 where it is the account's first."""
    kinds: Ints
    """Kind of each ring."""
    fraud: Floats
    """Probability of fraud of each ring's applications."""

    def __len__(self) -> int:
        return len(self.when)


def plan(dice: Dice, hours: Hours, applications: int) -> Plan:
    """All fraud of the world: about 2.7 % of the applications, some 60 bytes each."""
    return _in_order(_plan_rings(dice, hours, applications), _plan_lone(dice, hours, applications))


def habit_values(name: str) -> Floats:
    """One number of the habits, by kind of ring; 0 for kinds that are no ring."""
    values = np.zeros(1 + max(habit.kind for habit in HABITS))
    for habit in HABITS:
        values[habit.kind] = getattr(habit, name)
    return values


def _sizes(dice: Dice, applications: int) -> tuple[Ints, Ints]:
    """Kinds and sizes of the rings; every kind occurs at least once."""
    chance = dice.stream("ring sizes")
    wanted = max(len(HABITS) * SMALLEST, int(applications * RING_SHARE))
    count = max(len(HABITS), wanted // 8)
    drawn = chance.choice(len(HABITS), size=count, p=[habit.weight for habit in HABITS])
    drawn[: len(HABITS)] = np.arange(len(HABITS))
    kinds = np.array([habit.kind for habit in HABITS], dtype=np.int64)[drawn]
    medians = np.array([habit.size for habit in HABITS])[drawn]
    largest = min(LARGEST, max(SMALLEST, wanted // 6))
    sizes = np.clip(medians * np.exp(SPREAD * chance.standard_normal(count)), SMALLEST, largest).astype(
        np.int64
    )
    kept = max(len(HABITS), int(np.searchsorted(np.cumsum(sizes), wanted)))
    return kinds[:kept], sizes[:kept]


def _plan_rings(dice: Dice, hours: Hours, applications: int) -> Plan:
    kinds, sizes = _sizes(dice, applications)
    chance = dice.stream("ring lives")
    ring = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(ring)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    users = np.maximum(2, np.ceil(sizes / habit_values("per_user")[kinds])).astype(np.int64)
    users = np.minimum(users, sizes)
    member = place * users[ring] // sizes[ring]
    days = np.exp(0.7 * chance.standard_normal(len(sizes))) * habit_values("days")[kinds]
    days = np.clip(days, 1.0, hours.days * 0.8)
    start = chance.random(len(sizes)) * (hours.days - days)
    age = _ages(chance, kinds, sizes, ring, place) * days[ring]
    batch = habit_values("batch")[kinds].astype(np.int64)[ring]
    day = (start[ring] + age).astype(np.int64)
    when = hours.start + day * DAY + _sittings(dice, hours, batch, ring, place)
    shift = 0.6 + 0.8 * chance.random(len(sizes))
    epoch = (age / (habit_values("tool_days")[kinds] * shift)[ring]).astype(np.int64)
    mean = habit_values("fraud")[kinds]
    return Plan(
        when=_inside(when, hours),
        ring=ring,
        member=member,
        account=(np.cumsum(users) - users)[ring] + member,
        epoch=epoch,
        first=np.zeros(0, dtype=np.int64),
        kinds=kinds,
        fraud=chance.beta(30 * mean, 30 * (1 - mean)),
    )


def _ages(chance: np.random.Generator, kinds: Ints, sizes: Ints, ring: Ints, place: Ints) -> Floats:
    """How far through its life (0 … 1) a ring is at each of its applications: it grows, maybe rests, stops."""
    growth = 0.5 + 0.7 * chance.random(len(sizes))
    batch = habit_values("batch")[kinds].astype(np.int64)[ring]
    sitting = place // batch * batch
    age = ((sitting + chance.random(len(sizes))[ring]) / sizes[ring]) ** growth[ring]
    quiet = chance.random(len(sizes)) < QUIET
    pause = np.where(quiet, 0.2 + 0.3 * chance.random(len(sizes)), 0.0)[ring]
    return np.asarray(np.where(age < 0.5, age * (1 - pause), 1 - (1 - age) * (1 - pause)), dtype=np.float64)


def _sittings(dice: Dice, hours: Hours, batch: Ints, ring: Ints, place: Ints) -> Ints:
    """µs after UTC midnight: a sitting has an hour, its applications follow within minutes."""
    sitting = place // batch
    ordinary = hours.of_day(dice.unit("hour of sitting", ring, sitting))
    shift = (dice.unit("shift of ring", ring) * 24 + dice.unit("hour in shift", ring, sitting) * 5) % 24
    own = (shift * 3600).astype(np.int64) * SECOND
    time = np.where(dice.chance("ring keeps ordinary hours", 0.6, ring), ordinary, own)
    pace = dice.exponential("pace of ring", 90.0, ring)
    delay = (place % batch * pace + dice.unit("delay", ring, place) * 20).astype(np.int64) * SECOND
    moment: Ints = (time - LOCAL) % DAY + delay
    return moment


def _plan_lone(dice: Dice, hours: Hours, applications: int) -> Plan:
    count = int(applications * LONE_SHARE)
    chance = dice.stream("lone fraudsters")
    tries = 1 + (chance.random(count) < AGAIN)
    person = np.repeat(np.arange(count), tries)[:count]
    again = np.concatenate([[False], person[1:] == person[:-1]])[:count]
    same = again & (chance.random(count) < SAME_IDENTITY)
    first = hours.at(chance.random(count))[person]
    later = first + (chance.exponential(1.5, count) * DAY / SECOND).astype(np.int64) * SECOND
    return Plan(
        when=_inside(np.where(again, later, first), hours),
        ring=np.full(count, NOBODY, dtype=np.int64),
        member=person,
        account=np.cumsum(~same) - 1,
        epoch=np.zeros(count, dtype=np.int64),
        first=np.zeros(0, dtype=np.int64),
        kinds=np.zeros(0, dtype=np.int64),
        fraud=np.zeros(0),
    )


def _inside(when: Ints, hours: Hours) -> Ints:
    """Moments past the end are folded back, as far before it as they were after it."""
    return np.where(when < hours.end, when, np.maximum(2 * hours.end - SECOND - when, hours.start))


def _in_order(rings: Plan, lone: Plan) -> Plan:
    users = int(rings.account.max()) + 1
    when = np.concatenate([rings.when, lone.when])
    order = np.argsort(when, kind="stable")
    account = np.concatenate([rings.account, lone.account + users])[order]
    first = np.zeros(len(order), dtype=np.int64)
    first[np.unique(account, return_index=True)[1]] = 1
    return Plan(
        when=when[order],
        ring=np.concatenate([rings.ring, lone.ring])[order],
        member=np.concatenate([rings.member, lone.member])[order],
        account=account,
        epoch=np.concatenate([rings.epoch, lone.epoch])[order],
        first=first,
        kinds=rings.kinds,
        fraud=rings.fraud,
    )
