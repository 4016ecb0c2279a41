"""Proofs that no feature looks ahead, as ordinary functions over any columns and any catalogue.

`prove` takes decisions at random, always some in the thick of bursts, and computes each three times: from everything;
from what is left when every later fact is deleted; and with the later facts' contents shuffled among themselves.
The three must be the same to the bit. Then it does the same with computations that look ahead on purpose, the
mutants: a proof that does not catch them proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np

from core.clock import MINUTE
from features.catalogue import Catalogue
from features.compute import Features, compute, with_carried
from features.mutants import MUTANTS, Mutant
from features.shuffle import shuffled
from snapshot.columns import F64, I64, Bools, Columns
from snapshot.log import before, columns_of, log_of, only

Compute = Callable[[Columns, Catalogue, I64], Features]
"""`compute`, or something to be tested in its place."""


@dataclass(frozen=True)
class Difference:
    """A feature that was another after facts it must not see had changed."""

    feature: str
    position: int
    change: str
    """`deleted` or `shuffled`."""


@dataclass(frozen=True)
class Certificate:
    """What was proved, of what, and how."""

    catalogue: str
    """Version."""
    features: tuple[str, ...]
    data: str
    applications: int
    events: int
    links: int
    outcomes: int
    runs: int
    decisions: int
    """Points at which all features were computed three times."""
    seed: int
    differences: tuple[Difference, ...]
    """Empty: nothing looks ahead."""
    mutants: Mapping[str, bool | None]
    """Whether each was caught; None: these data hold nothing that it could see."""

    @property
    def holds(self) -> bool:
        """Whether no feature looked ahead and every mutant that could be caught was."""
        return not self.differences and False not in self.mutants.values()

    def as_dict(self) -> dict[str, object]:
        """The certificate as one JSON object."""
        return {**asdict(self), "holds": self.holds}


def prove(
    columns: Columns, catalogue: Catalogue, *, data: str, decisions: int = 60, seed: int = 1
) -> Certificate:
    """Prove of some decisions that no feature of the catalogue looks ahead, and that the proof would see it.

    `data` names the columns in the certificate. What applications carry is computed anew. Each decision costs three
    passes over the columns: give a `part` of large ones.
    """
    whole = with_carried(replace(columns, carried=None), catalogue)
    points = chosen(whole, decisions, seed)
    return Certificate(
        catalogue.version, tuple(variant.name for variant in catalogue.variants), data,
        int((~whole.event).sum()), int(whole.event.sum()),
        sum(len(relation.target) for relation in whole.relations.values()), len(whole.outcomes.name),
        0 if whole.memberships is None else len(whole.memberships.run_known_at),
        len(points), seed, tuple(differences(whole, catalogue, points, seed)),
        {mutant.name: caught(whole, catalogue, mutant) for mutant in MUTANTS},
    )  # fmt: skip


def part(columns: Columns, most: int = 3_000, seed: int = 1) -> Columns:
    """About `most` targets of large columns, dense enough to prove on: some at random, and those whom they meet."""
    if columns.size <= most:
        return columns
    dice = np.random.default_rng(seed)
    kept = np.zeros(columns.size, dtype=np.bool_)
    for start in dice.permutation(np.flatnonzero(~columns.event)):
        kept[start] = True
        for relation in columns.relations.values():
            mine = relation.own[relation.own_start[start] : relation.own_start[start + 1]]
            for x in relation.identifier[mine]:
                kept[relation.target[relation.start[x] : relation.start[x + 1]]] = True
        if kept.sum() >= most:
            break
    return columns_of(only(log_of(columns), np.flatnonzero(kept)))


def chosen(columns: Columns, count: int, seed: int) -> I64:
    """Positions of applications: half at random, half from those with a target known within the next minute."""
    dice = np.random.default_rng(seed)
    applications = np.flatnonzero(~columns.event)
    following = columns.known_at[np.minimum(applications + 1, columns.size - 1)]
    crowded = applications[following - columns.known_at[applications] <= MINUTE]
    groups = [group for group in (applications, crowded) if len(group)]
    picked = [dice.choice(group, min(count // 2, len(group)), replace=False) for group in groups]
    return np.unique(np.concatenate(picked)).astype(np.int64)


def differences(
    columns: Columns, catalogue: Catalogue, points: I64, seed: int = 1, computed: Compute = compute
) -> list[Difference]:
    """Every feature of the applications at `points` that is another when later facts are deleted or shuffled."""
    names = [variant.name for variant in catalogue.variants]
    expected = computed(columns, catalogue, points).values
    found = []
    for place, p in enumerate(points.tolist()):
        for change, facts in (("deleted", before(columns, p)), ("shuffled", shuffled(columns, p, seed))):
            other = computed(facts, catalogue, np.array([p])).values[:, 0]
            wrong = np.flatnonzero(~same(expected[:, place], other))
            found += [Difference(names[f], p, change) for f in wrong]
    return found


def same(first: F64, second: F64) -> Bools:
    """Where two arrays hold the same value, to the bit; null equals null."""
    equal: Bools = (first == second) | (np.isnan(first) & np.isnan(second))
    return equal


def caught(columns: Columns, catalogue: Catalogue, mutant: Mutant) -> bool | None:
    """Whether the proof sees a computation that looks ahead; None where it sees no more than the honest one."""
    points = mutant.points(columns)
    if not len(points):
        return None
    honest = compute(columns, catalogue, points).values
    differs = False
    for place, p in enumerate(points.tolist()):
        looked = _mistaken(columns, catalogue, mutant, p)
        if looked is None or same(looked, honest[:, place]).all():
            continue
        differs = True
        left = _mistaken(before(columns, p), catalogue, mutant, p)
        if left is None or not same(looked, left).all():
            return True
    return False if differs else None


def _mistaken(columns: Columns, catalogue: Catalogue, mutant: Mutant, position: int) -> F64 | None:
    changed = mutant.change(columns, position)
    if changed is None:
        return None
    place, facts = changed
    return compute(facts, catalogue, np.array([place])).values[:, 0]
