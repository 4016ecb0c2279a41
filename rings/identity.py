"""Which ring is which: names that last from run to run. Pure; an oracle test checks it."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

ID_CHARACTERS = 10
EVOLVED_MEMBERS = 2
"""A ring evolved from another when it took at least so many of its members over."""


@dataclass(frozen=True)
class Living:
    """A ring as the last finished run left it."""

    key: str
    born_run: int
    members: Sequence[str]


@dataclass(frozen=True)
class Identities:
    """The names of the rings of a run."""

    keys: tuple[str, ...]
    """Name of each found ring, in their order."""
    evolved: tuple[tuple[str, str], ...]
    """Pairs (ring, ring it took members over from), sorted."""


def identify(
    found: Sequence[Sequence[str]], living: Sequence[Living], taken: Container[str] = ()
) -> Identities:
    """Name the rings that were `found`.

    `found` lists members by ring, each in the order of facts, rings by their first member. Of all pairs of a
    found and a living ring the one with most common members goes first; among equals the earlier-born living
    ring, then the smaller key, then the earlier found ring. Each side is matched once. The rest get a name
    from the key of their first member, unlike any in `taken` (every name ever given) and any living one.
    """
    common = shared_members(found, living)
    ranked = sorted(
        common.items(),
        key=lambda pair: (-pair[1], living[pair[0][1]].born_run, living[pair[0][1]].key, pair[0][0]),
    )
    keys: dict[int, str] = {}
    inherited: set[int] = set()
    for (new, old), _ in ranked:
        if new not in keys and old not in inherited:
            keys[new] = living[old].key
            inherited.add(old)
    used = {ring.key for ring in living}
    for new, members in enumerate(found):
        if new not in keys:
            keys[new] = _fresh(members[0], used, taken)
            used.add(keys[new])
    evolved = {
        (keys[new], living[old].key)
        for (new, old), count in common.items()
        if count >= EVOLVED_MEMBERS and keys[new] != living[old].key
    }
    return Identities(tuple(keys[new] for new in range(len(found))), tuple(sorted(evolved)))


def shared_members(found: Sequence[Sequence[str]], living: Sequence[Living]) -> Mapping[tuple[int, int], int]:
    """How many members each pair (found, living) has in common, pairs without any left out."""
    home = {member: old for old, ring in enumerate(living) for member in ring.members}
    return Counter(
        (new, home[member]) for new, members in enumerate(found) for member in members if member in home
    )


def ring_id(first_member: str, salt: int = 0) -> str:
    """`r` and ten base32 characters of BLAKE2b over the key of a ring's first application."""
    content = f"{first_member}\n{salt}" if salt else first_member
    digest = hashlib.blake2b(content.encode(), digest_size=8).digest()
    return "r" + base64.b32encode(digest).decode().lower()[:ID_CHARACTERS]


def _fresh(first_member: str, used: set[str], taken: Container[str]) -> str:
    salt = 0
    while (key := ring_id(first_member, salt)) in used or key in taken:
        salt += 1
    return key
