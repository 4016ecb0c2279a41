"""Explaining one application reads a part of the facts, and may move it to a later moment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.clock import DAY, SECOND
from core.errors import NotFoundError, UsageError
from features import compute, house_catalogue, with_carried
from features.explain import around, moved, position_of
from snapshot.columns import NEVER, Columns
from tests.features.worlds import World, columns, random_world


def values(facts: Columns, position: int) -> bytes:
    whole = with_carried(replace(facts, carried=None), house_catalogue())
    return compute(whole, house_catalogue(), np.array([position])).values.tobytes()


@pytest.mark.parametrize("seed", range(60, 63))
def test_whom_it_met_and_whom_they_met_are_enough(seed: int) -> None:
    facts = columns(random_world(seed))
    for p in np.flatnonzero(~facts.event)[::4].tolist():
        near, place = around(facts, p)
        assert values(near, place) == values(facts, p)


@pytest.mark.parametrize("seed", range(70, 73))
def test_a_later_moment_is_as_if_it_had_come_then(seed: int) -> None:
    world = random_world(seed)
    facts = columns(world)
    for p in np.flatnonzero(~facts.event)[::9].tolist():
        moment = int(facts.known_at[p]) + 10 * DAY
        expected, place = came_later(world, p, moment)
        found, position = moved(facts, p, moment)
        assert values(found, position) == values(expected, place)


def came_later(world: World, position: int, moment: int) -> tuple[Columns, int]:
    """The columns of a world in which one application comes at `moment`, after all that is known then."""
    old = world.targets[position]
    own = (old.known_at, old.seq)
    targets = list(world.targets)
    targets[position] = replace(old, known_at=moment, seq=NEVER)
    links = [
        replace(one, known_at=moment, seq=NEVER)
        if one.target == position and (one.known_at, one.seq) == own
        else one
        for one in world.links
    ]
    order = sorted(range(len(targets)), key=lambda i: (targets[i].known_at, targets[i].seq))
    place = {old: new for new, old in enumerate(order)}
    changed = replace(
        world,
        targets=[targets[i] for i in order],
        links=[replace(one, target=place[one.target]) for one in links],
        outcomes=[replace(one, target=place[one.target]) for one in world.outcomes],
        members=[replace(one, target=place[one.target]) for one in world.members],
    )
    return columns(changed), place[position]


def test_a_moment_before_it_came_is_refused() -> None:
    facts = columns(random_world(80))
    with pytest.raises(UsageError, match="not known yet"):
        moved(facts, 3, int(facts.known_at[3]) - SECOND)


def test_an_application_is_found_by_its_key_and_an_event_is_not() -> None:
    facts = columns(random_world(81))
    named = replace(facts, keys=tuple(f"s:{i}" for i in range(facts.size)))
    application, event = int(np.flatnonzero(~facts.event)[2]), int(np.flatnonzero(facts.event)[0])
    assert position_of(named, f"s:{application}") == application
    for key in (f"s:{event}", "s:nobody"):
        with pytest.raises(NotFoundError):
            position_of(named, key)
