"""Small random graphs full of what goes wrong: ties, bursts, amendments, hubs, corrections, missing values, runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import numpy as np

from core.clock import DAY, MINUTE, SECOND
from graph_schema import FINGRAPH
from snapshot.columns import MISSING, NEVER, SUMMARY, Columns, Memberships, Summaries
from snapshot.log import LinkRows, Log, OutcomeRows, columns_of

ROLES = {i.label: (i.roles or ("",)) for i in FINGRAPH.identifiers} | {"User": ("",)}
NUMBERS = ("amount_cents", "income_cents", "debt_cents", "term_months", "birth_year", "IdNumber.birth_year")
WORDS = {
    "lender": ("lotus", "harbour", "willow"),
    "product": ("P1", "P2", "P3"),
    "channel": ("app", "web"),
    "sex": ("F", "M"),
    "IdNumber.sex": ("M", "F"),
    "region": ("Guangdong", "Beijing"),
    "IdNumber.region": ("11", "44", "99"),
    "Phone.region": ("Guangzhou, Guangdong", "Beijing"),
    "kind": ("signup", "login"),
}
TARGETS = ("fraud", "overdue", "approval", "amount")


@dataclass(frozen=True)
class Target:
    known_at: int
    seq: int
    event: bool
    user: int
    event_at: int | None
    numbers: dict[str, int]
    texts: dict[str, str]


@dataclass(frozen=True)
class Link:
    target: int
    label: str
    identifier: int
    role: str
    known_at: int
    seq: int


@dataclass(frozen=True)
class Outcome:
    target: int
    name: str
    value: float
    known_at: int
    seq: int | None


@dataclass(frozen=True)
class Member:
    target: int
    ring: int
    since: int
    until: int


@dataclass(frozen=True)
class State:
    ring: int
    run: int
    score: float
    users: int
    listed: bool


@dataclass(frozen=True)
class World:
    targets: list[Target]
    """In the order of facts."""
    links: list[Link]
    outcomes: list[Outcome]
    identifiers: dict[str, int]
    walk: int
    runs: list[int]
    members: list[Member]
    states: list[State]
    summaries: dict[tuple[str, int], list[tuple[int, tuple[float, ...]]]]
    hubs: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """The link that passed `walk`: its moment."""


def random_world(seed: int, size: int = 70, walk: int = 9) -> World:
    """A world of `size` applications and events."""
    dice = Random(seed)
    moments = _moments(dice, size)
    targets = sorted((_target(dice, moment) for moment in moments), key=lambda t: (t.known_at, t.seq))
    counts = {label: dice.choice((2, 5, 12)) for label in ROLES} | {"User": 12}
    links = [Link(i, "User", t.user, "", t.known_at, t.seq) for i, t in enumerate(targets) if t.user >= 0]
    for i, target in enumerate(targets):
        links += _links(dice, i, target, counts)
    runs = sorted(dice.randrange(120 * DAY) for _ in range(dice.choice((0, 3))))
    members, states = _rings(dice, size, len(runs))
    world = World(targets, links, _outcomes(dice, targets), counts, walk, runs, members, states, {})
    world.hubs.update(_hubs(world))
    world.summaries.update(_summaries(dice, world))
    return world


def _moments(dice: Random, size: int) -> list[int]:
    """Some far apart, some within one minute, some at the same microsecond."""
    found: list[int] = []
    while len(found) < size:
        moment = dice.randrange(120 * DAY)
        for _ in range(dice.choice((1, 1, 6))):
            found.append(moment)
            moment += dice.choice((0, 0, SECOND, 20 * SECOND, MINUTE))
    return found[:size]


def _target(dice: Random, known_at: int) -> Target:
    event = dice.random() < 0.25
    numbers = {
        name: dice.choice((5_000, 10_000, 20_000, 1_990))
        for name in NUMBERS
        if not event and dice.random() < 0.8
    }
    texts = {
        name: dice.choice(words)
        for name, words in WORDS.items()
        if (name == "kind") == event and (event or dice.random() < 0.85)
    }
    user = -1 if dice.random() < 0.1 else dice.randrange(12)
    happened = None if dice.random() < 0.2 else known_at - dice.randrange(DAY)
    return Target(known_at, dice.randrange(4), event, user, happened, numbers, texts)


def _links(dice: Random, i: int, target: Target, counts: dict[str, int]) -> list[Link]:
    found: dict[tuple[str, int, str], Link] = {}
    for label, roles in ROLES.items():
        for role in roles if label != "User" else ():
            for _ in range(dice.choice((0, 1, 1, 1, 2))):
                x, at, seq = dice.randrange(counts[label]), target.known_at, target.seq
                if dice.random() < 0.1:
                    at, seq = at + dice.choice((0, SECOND, 5 * DAY)), seq + 1 + dice.randrange(3)
                found.setdefault((label, x, role), Link(i, label, x, role, at, seq))
    return list(found.values())


def _outcomes(dice: Random, targets: list[Target]) -> list[Outcome]:
    found = []
    for i, target in enumerate(targets):
        for name in TARGETS:
            at = target.known_at
            for _ in range(0 if target.event else dice.choice((0, 1, 1, 2, 3))):
                other = dice.choice(targets)
                at = dice.choice((at + dice.randrange(20 * DAY), max(other.known_at, at)))
                seq = None if dice.random() < 0.05 else dice.randrange(4)
                found.append(Outcome(i, name, float(dice.choice((0, 1, 1, 250))), at, seq))
    return found


def _rings(dice: Random, size: int, runs: int) -> tuple[list[Member], list[State]]:
    members: dict[tuple[int, int], Member] = {}
    for _ in range(size if runs else 0):
        since = dice.randrange(runs)
        one = Member(dice.randrange(size), dice.randrange(5), since, dice.randrange(since, runs) + 1)
        members.setdefault((one.target, one.ring), one)
    born = {ring: min((m.since for m in members.values() if m.ring == ring), default=0) for ring in range(5)}
    states = [
        State(ring, run, dice.choice((0.25, 0.5, 0.75)), dice.randrange(2, 9), dice.random() < 0.6)
        for ring in range(5)
        for run in range(runs)
        if run == born[ring] or (run > born[ring] and dice.random() < 0.5)
    ]
    return list(members.values()), states


def order(world: World, link: Link) -> tuple[int, int, int, int]:
    """A link's place in the order of facts: with its target, or by its own moment."""
    target = world.targets[link.target]
    if (link.known_at, link.seq) == (target.known_at, target.seq):
        return (link.known_at, link.seq, 1, link.target)
    return (link.known_at, link.seq, 2, link.target)


def _hubs(world: World) -> dict[tuple[str, int], tuple[int, int]]:
    found = {}
    for label, count in world.identifiers.items():
        for x in range(count if label != "User" else 0):
            links = [one for one in world.links if (one.label, one.identifier) == (label, x)]
            links.sort(key=lambda one: order(world, one))
            if len(links) > world.walk:
                passed = links[world.walk]
                found[label, x] = (passed.known_at, passed.seq)
    return found


def _summaries(dice: Random, world: World) -> dict[tuple[str, int], list[tuple[int, tuple[float, ...]]]]:
    return {
        hub: [
            (at + day * DAY, tuple(float(dice.randrange(9)) for _ in SUMMARY))
            for day in range(dice.choice((0, 1, 3)))
        ]
        for hub, (at, _) in world.hubs.items()
    }


def columns(world: World) -> Columns:
    """The world as columns; rows of the log are shuffled where the order of facts allows it."""
    targets = world.targets

    def numbers(name: str) -> list[int]:
        return [t.numbers.get(name, MISSING) for t in targets]

    def codes(name: str) -> list[int]:
        return [WORDS[name].index(t.texts[name]) if name in t.texts else -1 for t in targets]

    log = Log(
        known_at=np.array([t.known_at for t in targets], dtype=np.int64),
        seq=np.array([t.seq for t in targets], dtype=np.int64),
        event_at=np.array([MISSING if t.event_at is None else t.event_at for t in targets], dtype=np.int64),
        event=np.array([t.event for t in targets], dtype=np.bool_),
        user=np.array([t.user for t in targets], dtype=np.int32),
        numbers={name: np.array(numbers(name), dtype=np.int64) for name in NUMBERS},
        texts={name: np.array(codes(name), dtype=np.int32) for name in WORDS},
        words=WORDS,
        links={label: _link_rows(world, label) for label in ROLES},
        outcomes=_outcome_rows(world),
        memberships=_memberships(world),
    )
    return columns_of(log)


def _link_rows(world: World, label: str) -> LinkRows:
    links = [one for one in world.links if one.label == label]
    Random(1).shuffle(links)
    hubs = [world.hubs.get((label, x), (NEVER, NEVER)) for x in range(world.identifiers[label])]
    told = [world.summaries.get((label, x), []) for x in range(world.identifiers[label])]
    rows = [row for one in told for row in one]
    return LinkRows(
        target=np.array([one.target for one in links], dtype=np.int64),
        identifier=np.array([one.identifier for one in links], dtype=np.int64),
        role=np.array([ROLES[label].index(one.role) for one in links], dtype=np.int8),
        known_at=np.array([one.known_at for one in links], dtype=np.int64),
        seq=np.array([one.seq for one in links], dtype=np.int64),
        hub_at=np.array([at for at, _ in hubs], dtype=np.int64),
        hub_seq=np.array([seq for _, seq in hubs], dtype=np.int64),
        code=np.arange(len(hubs), dtype=np.int64),
        roles=ROLES[label],
        summaries=Summaries(
            np.cumsum([0, *(len(one) for one in told)]).astype(np.int64),
            np.array([at for at, _ in rows], dtype=np.int64),
            np.array([figures for _, figures in rows], dtype=np.float64).reshape(len(rows), len(SUMMARY)),
        ),
    )


def _outcome_rows(world: World) -> OutcomeRows:
    found = world.outcomes
    return OutcomeRows(
        np.array([one.target for one in found], dtype=np.int64),
        np.array([TARGETS.index(one.name) for one in found], dtype=np.int8),
        np.array([one.value for one in found], dtype=np.float64),
        np.array([one.known_at for one in found], dtype=np.int64),
        np.array([NEVER if one.seq is None else one.seq for one in found], dtype=np.int64),
        TARGETS,
    )


def _memberships(world: World) -> Memberships | None:
    if not world.runs:
        return None
    members = sorted(world.members, key=lambda one: one.target)
    states = sorted(world.states, key=lambda one: (one.ring, one.run))
    return Memberships(
        start=np.searchsorted([one.target for one in members], np.arange(len(world.targets) + 1)).astype(
            np.int64
        ),
        ring=np.array([one.ring for one in members], dtype=np.int32),
        since=np.array([one.since for one in members], dtype=np.int32),
        until=np.array([one.until for one in members], dtype=np.int32),
        run_known_at=np.array(world.runs, dtype=np.int64),
        state_start=np.searchsorted([one.ring for one in states], np.arange(6)).astype(np.int64),
        state_run=np.array([one.run for one in states], dtype=np.int32),
        score=np.array([one.score for one in states], dtype=np.float64),
        users=np.array([one.users for one in states], dtype=np.int32),
        listed=np.array([one.listed for one in states], dtype=np.bool_),
    )
