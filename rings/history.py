"""The history of rings: what a run changed in each, with reasons. Pure.

A change has the shape of every reason, `{code, params, weight, evidence_ids}`; its weight is 0, as it scores nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rings.found import FoundRing, Properties

EVIDENCE = 5
"""Ids a change names at most."""
Change = dict[str, Any]


@dataclass(frozen=True)
class Growth:
    """Who is new in a ring, and what ties them to it."""

    users: int
    by: str
    """As `Ring.shared`; empty when members of before applied again."""


Ties = Callable[[Mapping[str, tuple[FoundRing, Collection[str]]]], Mapping[str, Growth]]
"""From ring and new applications, by name, to who is new."""


@dataclass(frozen=True)
class State:
    """What a ring is from a run on."""

    ring: str
    properties: Properties
    joined: int
    left: int
    changes: Sequence[Change]

    def as_row(self, run: int) -> dict[str, Any]:
        """As the statement that writes it takes it."""
        about = {"joined": self.joined, "left": self.left, "changes": json.dumps(self.changes)}
        return {"ring": self.ring, "key": f"{self.ring}@{run}", "properties": {**self.properties, **about}}


@dataclass(frozen=True)
class Moved:
    """Members that went from one ring to another in a run."""

    source: str
    ring: str
    members: Sequence[str]
    whole: bool
    """Whether the ring that they came from is gone."""


def change(code: str, evidence: Sequence[str] = (), **params: Any) -> Change:
    """One change of a ring."""
    return {
        "code": f"ring.{code}",
        "params": params,
        "weight": 0.0,
        "evidence_ids": list(evidence[:EVIDENCE]),
    }


def changes_of(
    ring: FoundRing,
    was: Properties | None,
    *,
    joined: Sequence[str],
    left: Sequence[str],
    moved: Sequence[Moved],
    name: str,
    growth: Growth | None,
) -> list[Change]:
    """What became of the ring `name`; `was` is None when it is new."""
    told = [] if was else [change("born", joined, applications=len(ring.members))]
    for one in moved:
        if one.ring == name:
            code = "merged" if one.whole else "split_from"
            told.append(change(code, one.members, ring=one.source, applications=len(one.members)))
        else:
            told.append(change("split_into", one.members, ring=one.ring, applications=len(one.members)))
    arrived = {member for one in moved if one.ring == name for member in one.members}
    new = [member for member in joined if member not in arrived]
    if was and new:
        users, by = (growth.users, growth.by) if growth else (0, "")
        told.append(change("grew", new, applications=len(new), users=users, by=by))
    gone = {member for one in moved if one.source == name for member in one.members}
    lost = [member for member in left if member not in gone]
    if lost:
        told.append(change("shrank", lost, applications=len(lost)))
    told += [change("by_hand", decision=one.key, kind=one.kind.value) for one in ring.decided]
    return told + (_scored(was, ring.properties) if was else [])


def _scored(was: Properties, now: Properties) -> list[Change]:
    told = []
    if was["score"] != now["score"]:
        told.append(change("rescored", before=was["score"], score=now["score"]))
    if was["at_risk_cents"] != now["at_risk_cents"]:
        told.append(change("risk", before=was["at_risk_cents"], at_risk_cents=now["at_risk_cents"]))
    if was["listed"] != now["listed"]:
        told.append(change("listed" if now["listed"] else "unlisted", score=now["score"]))
    return told


def end_of(members: Sequence[str], moved: Sequence[Moved]) -> list[Change]:
    """What became of a ring that was no longer found."""
    into = [{"ring": one.ring, "applications": len(one.members)} for one in moved]
    gone = {member for one in moved for member in one.members}
    rest = [member for member in members if member not in gone]
    return [change("dissolved", rest, applications=len(members), into=into, in_no_ring=len(rest))]
