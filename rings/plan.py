"""What a run has to write: the difference between the rings that live and those that were found. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rings.found import FoundRing, Properties
from rings.history import Growth, Moved, State, Ties, changes_of, end_of
from rings.identity import Living, identify


@dataclass(frozen=True)
class LivingRing:
    """A ring as the last finished run left it, with what its node says."""

    identity: Living
    properties: Properties


@dataclass(frozen=True)
class Plan:
    """The changes of one run; all sequences are in a canonical order."""

    born: tuple[tuple[str, Properties], ...]
    changed: tuple[tuple[str, Properties], ...]
    dissolved: tuple[str, ...]
    joined: tuple[tuple[str, str], ...]
    """Pairs (application, ring)."""
    left: tuple[tuple[str, str], ...]
    """Pairs (application, ring)."""
    evolved: tuple[tuple[str, str], ...]
    """Pairs (ring, ring it took members over from)."""
    states: tuple[State, ...]
    """What every ring that is new, changed or gone is from now on, and why."""
    rings: int
    members: int

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.born or self.changed or self.dissolved or self.joined or self.left)


def nothing_known(_: object) -> Mapping[str, Growth]:
    """Of no ring who is new in it."""
    return {}


def plan_run(
    found: Sequence[FoundRing],
    living: Sequence[LivingRing],
    taken: Container[str],
    ties: Ties = nothing_known,
) -> Plan:
    """Name the rings found and compare them with the living ones. `taken`: every name ever given."""
    names = identify([ring.members for ring in found], [ring.identity for ring in living], taken)
    before = {ring.identity.key: ring for ring in living}
    now = dict(zip(names.keys, found, strict=True))
    shift = Shift(
        now,
        before,
        {key: _missing(ring.members, before.get(key)) for key, ring in now.items()},
        {key: sorted(set(ring.identity.members) - _members(now.get(key))) for key, ring in before.items()},
    )
    plan = Plan(
        born=tuple((key, ring.properties) for key, ring in now.items() if key not in before),
        changed=tuple((key, ring.properties) for key, ring in now.items() if shift.changed(key)),
        dissolved=tuple(sorted(set(before) - set(now))),
        joined=tuple((member, key) for key, members in shift.joined.items() for member in members),
        left=tuple((member, key) for key in sorted(shift.left) for member in shift.left[key]),
        evolved=names.evolved,
        states=(),
        rings=len(found),
        members=sum(len(ring.members) for ring in found),
    )
    return replace(plan, states=tuple(_states(plan, shift, ties)))


@dataclass(frozen=True)
class Shift:
    """From the rings that lived to those found now, both by name; who joined and who left, by ring."""

    now: Mapping[str, FoundRing]
    before: Mapping[str, LivingRing]
    joined: Mapping[str, Sequence[str]]
    left: Mapping[str, Sequence[str]]

    def changed(self, key: str) -> bool:
        """Whether a ring that lived lives on, and differently."""
        if key not in self.before:
            return False
        same = self.before[key].properties == self.now[key].properties
        return bool(self.joined[key] or self.left[key]) or not same


def _states(plan: Plan, shift: Shift, ties: Ties) -> Iterator[State]:
    moved = _moves(plan, shift)
    grown = {key: (shift.now[key], shift.joined[key]) for key, _ in plan.changed if shift.joined[key]}
    growth = ties(grown) if grown else {}
    for key, properties in (*plan.born, *plan.changed):
        joined, left = shift.joined[key], shift.left.get(key, ())
        was = shift.before[key].properties if key in shift.before else None
        changes = changes_of(
            shift.now[key],
            was,
            joined=joined,
            left=left,
            moved=moved[key],
            name=key,
            growth=growth.get(key),
        )
        yield State(key, properties, len(joined), len(left), changes)
    for key in plan.dissolved:
        old = shift.before[key]
        members = sorted(old.identity.members)
        yield State(key, old.properties, 0, len(members), end_of(members, moved[key]))


def _moves(plan: Plan, shift: Shift) -> Mapping[str, list[Moved]]:
    """Members that changed rings, for either ring."""
    moved: dict[str, list[Moved]] = defaultdict(list)
    for ring, source in plan.evolved:
        was = set(shift.before[source].identity.members)
        members = [member for member in shift.now[ring].members if member in was]
        one = Moved(source, ring, members, whole=source not in shift.now)
        moved[ring].append(one)
        moved[source].append(one)
    return moved


def _missing(members: Sequence[str], ring: LivingRing | None) -> list[str]:
    was = set(ring.identity.members) if ring else set()
    return [member for member in members if member not in was]


def _members(ring: FoundRing | None) -> set[str]:
    return set(ring.members) if ring else set()
