"""What people decided about rings: members excluded, rings split or merged. It holds in every later run.

A decision names applications, not rings: names come and go, and whatever the finder makes of the applications later,
the decision is carried out on it. It speaks of their users, so that what one of them asks for next follows too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

STAYS, GOES = 0, 1
"""Parts of a decision: what stays in the ring, and what is excluded, split off, or merged with it."""


class Kind(StrEnum):
    """What a person can decide."""

    EXCLUDE = "exclude"
    """Part 1 is in no ring together with part 0."""
    SPLIT = "split"
    """Part 1 is a ring of its own."""
    MERGE = "merge"
    """Both parts are one ring."""


@dataclass(frozen=True)
class Decision:
    """One decision. Times are µs; `undone_at` is None while it stands."""

    key: str
    kind: Kind
    ring: str
    listed: bool
    """Whether the ring was listed: a person's work does not drop out of sight because a score says so."""
    made_at: int
    undone_at: int | None
    parts: tuple[frozenset[str], frozenset[str]]
    """Keys of the applications of either part."""

    def holds_at(self, point: int) -> bool:
        """Whether a run as of `point` (µs) follows it."""
        return self.made_at < point and (self.undone_at is None or self.undone_at >= point)


@dataclass
class Grouping:
    """Groups of users that decisions are carried out on, one after the other."""

    members: dict[int, set[int]]
    """Users by group, a group by its smallest user."""
    decided: dict[int, list[Decision]] = field(default_factory=lambda: defaultdict(list))
    """Decisions that a group is the work of."""

    def replace(self, old: Iterable[int], new: Iterable[set[int]], decision: Decision) -> None:
        """Put the groups `new` in the place of `old`."""
        before = [one for group in sorted(old) for one in self.decided.pop(group, [])]
        for group in old:
            self.members.pop(group, None)
        for users in new:
            if users:
                self.members[min(users)] = users
                self.decided[min(users)] = [*before, decision]


def carry_out(
    rings: pl.DataFrame,
    decisions: Sequence[Decision],
    users_of: Mapping[str, Sequence[int]],
    pairs: pl.DataFrame,
) -> tuple[pl.DataFrame, Mapping[int, Sequence[Decision]]]:
    """`rings` (`group, who`) as `decisions` want them, and the decisions that made a group, by group.

    `users_of`: the users of each application known so far; `pairs`: `a, b, strength`, which say where users go whom a
    split does not name. Later decisions are carried out on what earlier ones left.
    """
    if not decisions:
        return rings, {}
    members: dict[int, set[int]] = defaultdict(set)
    for group, who in rings.select("group", "who").iter_rows():
        members[group].add(who)
    grouping = Grouping({min(users): users for users in members.values()})
    for decision in sorted(decisions, key=lambda one: (one.made_at, one.key)):
        stays, goes = ({who for key in part for who in users_of.get(key, ())} for part in decision.parts)
        if decision.kind is Kind.MERGE:
            _merge(grouping, decision, stays | goes)
        else:
            _part(grouping, decision, stays - goes, goes, pairs)
    rows = [(group, who) for group, users in grouping.members.items() for who in users]
    made = pl.DataFrame(rows, schema=rings.select("group", "who").schema, orient="row")
    return made.sort("group", "who"), dict(grouping.decided)


def _merge(grouping: Grouping, decision: Decision, named: set[int]) -> None:
    touched = [group for group, users in grouping.members.items() if users & named]
    grouping.replace(touched, [named.union(*(grouping.members[group] for group in touched))], decision)


def _part(
    grouping: Grouping, decision: Decision, stays: set[int], goes: set[int], pairs: pl.DataFrame
) -> None:
    for group, users in list(grouping.members.items()):
        if not (users & goes and users & stays):
            continue
        if decision.kind is Kind.EXCLUDE:
            grouping.replace([group], [users - goes], decision)
        else:
            off = _drawn(users & stays, users & goes, users, pairs)
            grouping.replace([group], [users - off, off], decision)


def _drawn(stays: set[int], goes: set[int], users: set[int], pairs: pl.DataFrame) -> set[int]:
    """`goes`, and who of the others in `users` is tied to it more strongly than to what stays; a tie stays."""
    ties: dict[int, list[tuple[int, int]]] = defaultdict(list)
    inside = pairs.filter(pl.col("a").is_in(list(users)), pl.col("b").is_in(list(users)))
    for a, b, strength in inside.select("a", "b", "strength").iter_rows():
        ties[a].append((b, strength))
        ties[b].append((a, strength))
    off, on = set(goes), set(stays)
    open_ = users - off - on
    while open_:
        pull = {
            who: sum(s if other in off else -s for other, s in ties[who] if other in off or other in on)
            for who in open_
            if any(other in off or other in on for other, _ in ties[who])
        }
        if not pull:
            break
        off |= {who for who, drawn in pull.items() if drawn > 0}
        on |= {who for who, drawn in pull.items() if drawn <= 0}
        open_ -= set(pull)
    return off
