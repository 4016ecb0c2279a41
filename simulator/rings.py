"""Who works against the lenders: rings with their habits, and lone fraudsters; planned once, in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.clock import DAY, SECOND
from simulator.dice import Dice, Floats, Ints
from simulator.habits import HABITS, habit_values
from simulator.hours import HOUR, LOCAL, Hours
from simulator.sheet import BUILDING, BUST, BUST_OUT, DEVICE_FARM, NOBODY, ORDINARY

RING_SHARE = 0.0265
LONE_SHARE = 0.006
SMALLEST, LARGEST, SPREAD = 5, 400, 0.8
QUIET = 0.35
"""Share of rings that go quiet for a while in the middle."""
AGAIN, SAME_IDENTITY = 0.35, 0.4
LONE_CHANCE = 0.9
BUILDING_CHANCE = 0.02
"""Probability of fraud of the small loans by which a bust-out builds its history."""
BUST_DAYS = 2.5
BURST_SHARE, BURST_SIZES, BURST_HOURS = 0.001, (24, 300), (1.0, 8.0)
"""A farm that bursts on one day: share of all applications, least and most of them, hour (UTC) and hours of work."""
HISTORY = 0.85
"""Part of a bust-out's life in which it builds its history."""


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
    since: Ints
    """Moment of the account's first application."""
    stage: Ints
    """Whether a bust-out builds its history or cashes in."""
    chance: Floats
    """Probability of fraud."""
    kinds: Ints
    """Kind of each ring."""

    def __len__(self) -> int:
        return len(self.when)


def plan(dice: Dice, hours: Hours, applications: int, bursts: Sequence[int] = ()) -> Plan:
    """All fraud of the world: about 3.3 % of the applications, some 80 bytes each.

    `bursts`: first moments (µs UTC) of days on which one more device farm works, the last rings of the world.
    """
    extra = [_plan_burst(dice, hours, applications, number, moment) for number, moment in enumerate(bursts)]
    return _in_order(_plan_rings(dice, hours, applications), _plan_lone(dice, hours, applications), *extra)


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
    days = np.exp(0.7 * chance.standard_normal(len(sizes))) * habit_values("days")[kinds]
    days = np.clip(days, 1.0, hours.days * 0.8)
    start = chance.random(len(sizes)) * (hours.days - days)
    stage = _stages(kinds, sizes, users, ring, place)
    age = _ages(chance, kinds, sizes, ring, place) * days[ring]
    age = np.where(stage == BUILDING, HISTORY * age, age)
    last_days = chance.random(len(ring)) * np.minimum(BUST_DAYS, days[ring])
    age = np.where(stage == BUST, days[ring] - last_days, age)
    batch = habit_values("batch")[kinds].astype(np.int64)[ring]
    day = (start[ring] + age).astype(np.int64)
    when = hours.start + day * DAY + _sittings(dice, hours, batch, ring, place)
    shift = 0.6 + 0.8 * chance.random(len(sizes))
    mean = habit_values("fraud")[kinds]
    fraud = chance.beta(30 * mean, 30 * (1 - mean))
    member = _members(sizes, users, stage, ring, place)
    return Plan(
        when=_inside(when, hours),
        ring=ring,
        member=member,
        account=(np.cumsum(users) - users)[ring] + member,
        epoch=(age / (habit_values("tool_days")[kinds] * shift)[ring]).astype(np.int64),
        first=_later(),
        since=_later(),
        stage=stage,
        chance=np.where(stage == BUILDING, BUILDING_CHANCE, fraud[ring]),
        kinds=kinds,
    )


def _later() -> Ints:
    """What is known when everybody stands in order of time."""
    return np.zeros(0, dtype=np.int64)


def _stages(kinds: Ints, sizes: Ints, users: Ints, ring: Ints, place: Ints) -> Ints:
    """The last applications of a bust-out, one a user, cash in on the history that those before built."""
    stage = np.where(place < (sizes - users)[ring], BUILDING, BUST)
    return np.where(kinds[ring] == BUST_OUT, stage, ORDINARY)


def _members(sizes: Ints, users: Ints, stage: Ints, ring: Ints, place: Ints) -> Ints:
    """Users come one after the other; those of a bust-out take turns, and all of them cash in."""
    in_turn = np.where(stage == BUST, place - (sizes - users)[ring], place % users[ring])
    return np.where(stage == ORDINARY, place * users[ring] // sizes[ring], in_turn)


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
        first=_later(),
        since=_later(),
        stage=np.full(count, ORDINARY, dtype=np.int64),
        chance=np.full(count, LONE_CHANCE),
        kinds=_later(),
    )


def _plan_burst(dice: Dice, hours: Hours, applications: int, number: int, moment: int) -> Plan:
    """A device farm that makes all its applications within one day."""
    chance = dice.stream(f"burst {number}")
    size = int(np.clip(applications * BURST_SHARE, *BURST_SIZES))
    users = int(np.ceil(size / habit_values("per_user")[DEVICE_FARM]))
    seconds = np.sort((BURST_HOURS[0] + chance.random(size) * BURST_HOURS[1]) * HOUR // SECOND)
    member = np.arange(size) * users // size
    return Plan(
        when=_inside(moment + seconds.astype(np.int64) * SECOND, hours),
        ring=np.zeros(size, dtype=np.int64),
        member=member,
        account=member,
        epoch=np.zeros(size, dtype=np.int64),
        first=_later(),
        since=_later(),
        stage=np.full(size, ORDINARY, dtype=np.int64),
        chance=np.full(size, habit_values("fraud")[DEVICE_FARM]),
        kinds=np.array([DEVICE_FARM], dtype=np.int64),
    )


def _inside(when: Ints, hours: Hours) -> Ints:
    """Moments past the end are folded back, as far before it as they were after it."""
    return np.where(when < hours.end, when, np.maximum(2 * hours.end - SECOND - when, hours.start))


def _in_order(*plans: Plan) -> Plan:
    """All in order of time; the rings and users of later plans are numbered on."""
    rings, users, apart = 0, 0, []
    for one in plans:
        ring = np.where(one.ring >= 0, one.ring + rings, NOBODY)
        apart.append(replace(one, ring=ring, account=one.account + users))
        rings, users = rings + len(one.kinds), users + int(one.account.max(initial=-1)) + 1
    order = np.argsort(np.concatenate([one.when for one in apart]), kind="stable")

    def all_of(name: str) -> Any:
        return np.concatenate([getattr(one, name) for one in apart])[order]

    when, account = all_of("when"), all_of("account")
    _, rows, user = np.unique(account, return_index=True, return_inverse=True)
    first = np.zeros(len(order), dtype=np.int64)
    first[rows] = 1
    return Plan(
        when=when,
        ring=all_of("ring"),
        member=all_of("member"),
        account=account,
        epoch=all_of("epoch"),
        first=first,
        since=when[rows][user],
        stage=all_of("stage"),
        chance=all_of("chance"),
        kinds=np.concatenate([one.kinds for one in apart]),
    )
