"""What a run has to write: the difference between the rings that live and those that were found. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from rings.found import FoundRing, Properties
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
    rings: int
    members: int

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.born or self.changed or self.dissolved or self.joined or self.left)


def plan_run(found: Sequence[FoundRing], living: Sequence[LivingRing], taken: Container[str]) -> Plan:
    """Name the rings found and compare them with the living ones. `taken`: every name ever given."""
    names = identify([ring.members for ring in found], [ring.identity for ring in living], taken)
    before = {ring.identity.key: ring for ring in living}
    now = dict(zip(names.keys, found, strict=True))
    joined: list[tuple[str, str]] = []
    left: list[tuple[str, str]] = []
    changed: list[tuple[str, Properties]] = []
    for key, ring in now.items():
        old = before.get(key)
        was = set(old.identity.members) if old else set()
        joined += [(member, key) for member in ring.members if member not in was]
        left += [(member, key) for member in was.difference(ring.members)]
        if old and (was != set(ring.members) or old.properties != ring.properties):
            changed.append((key, ring.properties))
    dissolved = tuple(sorted(set(before) - set(now)))
    left += [(member, key) for key in dissolved for member in before[key].identity.members]
    return Plan(
        born=tuple((key, ring.properties) for key, ring in now.items() if key not in before),
        changed=tuple(changed),
        dissolved=dissolved,
        joined=tuple(joined),
        left=tuple(sorted(left, key=lambda link: (link[1], link[0]))),
        evolved=names.evolved,
        rings=len(found),
        members=sum(len(ring.members) for ring in found),
    )
