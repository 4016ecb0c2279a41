"""Features of applications from columns: one implementation for one application and for ten million.

`Prepared` holds the lines of some columns; `block` computes the features of some positions. Offline the blocks of
millions go through it, several at a time in threads (kernels hold no GIL); online the columns are one application's
neighbourhood and the block is that application. Nothing a value is made of depends on the size of a block, on the
number of threads, or on what stands after the application in the order of facts.

Memory: the columns, about 50 bytes a link for the lines (less where no sum or user is asked for), 16 bytes for each
outcome seen through each link (24 where outcomes are corrected) and 4 a link, and 8 bytes for each value of the blocks in hand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from core.errors import UsageError
from features.agreement import measure_agreement
from features.catalogue import Catalogue
from features.doors import Doors, doors
from features.hubs import measure_hubs
from features.lines import Line, LineKey, kept_targets, make_line, number_column
from features.outcome_lines import OutcomeLine, make_outcome_line, measure_outcomes
from features.own import measure_own, text_column
from features.plan import USER, Plan, ViewPlan, make_plan
from features.ring_rows import measure_rings
from features.scan import Stacks, measure_scan
from features.windows import measure_windows
from features.words import Takes, Variant
from snapshot.columns import F64, I32, I64, Columns
from snapshot.places import outcome_places

FEW, MANY = 5_000, 80_000
"""Applications of one block offline. In a small one what one kernel fetched is still at hand for the next; in a large one
an identifier's rows are, for the next application that names it, where there are so few that it soon comes back."""


@dataclass(frozen=True)
class Features:
    """Values of some applications: `values[f, i]` is variant `f` of the i-th, NaN where it is null."""

    version: str
    """Of the catalogue."""
    variants: tuple[Variant, ...]
    at: I64
    """(b) Positions of the applications."""
    values: F64
    """(f, b); a category's code within the columns that it was computed from."""
    words: dict[str, tuple[str, ...]]
    """What the codes of text columns stand for."""

    def frame(self) -> pl.DataFrame:
        """A column a variant: numbers as Float64, categories as words; null where there is no value."""
        return pl.DataFrame([self._series(v, row) for v, row in zip(self.variants, self.values, strict=True)])

    def _series(self, variant: Variant, row: F64) -> pl.Series:
        known = pl.Series(variant.name, row).fill_nan(None)
        if variant.of.dtype != "category":
            return known
        words = pl.Series(self.words.get(variant.column, ()), dtype=pl.String)
        return words.gather(known.cast(pl.Int64)).alias(variant.name) if len(words) else known.cast(pl.String)


class Prepared:
    """The lines of some columns, ready for any of their applications."""

    def __init__(self, columns: Columns, plan: Plan, version: str, threads: int = 1) -> None:
        self.columns, self.plan, self.version = columns, plan, version
        self._texts: dict[str, I32] = {USER: columns.user}
        for name in {*plan.texts, *(name for needs in plan.needs.values() for name in needs.after)}:
            if name not in self._texts:
                self._texts[name] = text_column(columns, name)
        outcomes = {(one.key, one.target) for view in plan.views for one in view.outcomes}
        rows = {key.rows for key in (*plan.needs, *(key for key, _ in outcomes))}
        self._kept = {name: kept_targets(columns, name) for name in rows}
        told = columns.outcomes
        self._places = outcome_places(columns.known_at, columns.seq, told.known_at, told.seq)
        jobs = [(self._line, (key,)) for key in plan.needs if self._has(key)]
        known = [(self._outcomes, one) for one in outcomes if self._has(one[0])]
        made = _done([*jobs, *known], threads)
        self._lines: dict[LineKey, Line] = {key: line for (_, (key,)), line in zip(jobs, made, strict=False)}
        self._known: dict[tuple[LineKey, str], OutcomeLine] = {
            one: line for (_, one), line in zip(known, made[len(jobs) :], strict=True)
        }
        self._numbers = {name: number_column(columns, name) for name in self._sums | set(plan.numbers)}
        self._stacks = self._stacked()
        self._mine = {needs.sums: self._stack(needs.sums) for needs in plan.needs.values()}

    @property
    def _sums(self) -> set[str]:
        return {name for needs in self.plan.needs.values() for name in needs.sums}

    def _has(self, key: LineKey) -> bool:
        relation = self.columns.relations.get(key.relation)
        return relation is not None and (not key.theirs or key.theirs in relation.roles)

    def _line(self, key: LineKey) -> Line:
        needs = self.plan.needs[key]
        texts = [self._texts[name] for name in needs.after]
        kept = self._kept[key.rows]
        return make_line(self.columns, self.columns.relations[key.relation], key, needs, kept, texts)

    def _outcomes(self, key: LineKey, target: str) -> OutcomeLine:
        kept = self._kept[key.rows]
        every = np.ones(self.columns.size, dtype=np.bool_) if kept is None else kept
        relation = self.columns.relations[key.relation]
        return make_outcome_line(self.columns, relation, key, target, every, self._places)

    def _stack(self, names: tuple[str, ...]) -> I64:
        if len(names) == 1:
            return self._numbers[names[0]].reshape(1, -1)
        every = [self._numbers[name] for name in names]
        return np.stack(every) if every else np.empty((0, self.columns.size), dtype=np.int64)

    def _stacked(self) -> Stacks:
        texts = [self._texts[name] for name in self.plan.texts]
        carried = self.columns.carried
        wide = len(self.plan.carried)
        if carried is None:
            carried = np.full((self.columns.size if self._reads_carried else 0, wide), np.nan)
        return Stacks(
            self._stack(self.plan.numbers),
            np.stack(texts) if texts else np.empty((0, self.columns.size), dtype=np.int32),
            carried,
        )

    @property
    def _reads_carried(self) -> bool:
        return any(one.of.type.takes is Takes.CARRIED for one in self.plan.variants)

    def block(self, at: I64) -> Features:
        """The features of the applications at positions `at`."""
        at = np.ascontiguousarray(at, dtype=np.int64)
        out = np.empty((len(self.plan.variants), len(at)))
        for view in self.plan.views:
            self._view(view, at, out)
        for row, variant in self.plan.own:
            names = variant.of.columns if not variant.column else (variant.column,)
            out[row] = measure_own(self.columns, variant, at, names)
        return Features(self.version, self.plan.variants, at, out, dict(self.columns.words))

    def _view(self, plan: ViewPlan, at: I64, out: F64) -> None:
        relation = self.columns.relations.get(plan.view.relation)
        roles = {plan.view.mine, plan.view.theirs} - {""}
        if relation is None or not roles <= set(relation.roles):
            out[plan.rows] = np.nan
            return
        opened = doors(self.columns, relation, plan.view, at)
        if plan.hubs is not None:
            role = relation.roles.index(plan.view.mine) if plan.view.mine else -1
            measure_hubs(self.columns, relation, role, plan.hubs, opened, at, out)
        for one in plan.lines:
            line, identifier = self._lines[one.key], relation.identifier
            if one.windows is not None:
                mine = self._mine[self.plan.needs[one.key].sums]
                measure_windows(self.columns, identifier, line, one.windows, opened, at, mine, out)
            if one.scan is not None:
                measure_scan(self.columns, identifier, line, one.scan, opened, at, self._stacks, out)
            if one.rings is not None:
                measure_rings(self.columns, identifier, line, one.rings, opened, at, out)
            if one.agreement is not None:
                measure_agreement(self.columns, identifier, line, one.agreement, opened, at, out)
        for seen in plan.outcomes:
            known = self._known[seen.key, seen.target]
            measure_outcomes(self.columns, relation.identifier, known, seen.program, opened, at, out)

    def opened(self, view_plan: ViewPlan, at: I64) -> Doors:
        """The doors of a view that is there."""
        return doors(self.columns, self.columns.relations[view_plan.view.relation], view_plan.view, at)

    def line(self, key: LineKey) -> Line | None:
        """The line of a key, if these columns have it."""
        return self._lines.get(key)

    @property
    def block_size(self) -> int:
        """How many applications to compute at a time."""
        relations = self.columns.relations
        named = [
            len(relations[one.view.relation].code)
            for one in self.plan.views
            if one.view.relation in relations
        ]
        return MANY if named and 4 * max(named) < MANY else FEW

    def blocks(self, at: I64, size: int | None = None, threads: int = 1) -> Iterator[Features]:
        """The features of the applications at `at`, a block of `size` after another in that order."""
        size = size or self.block_size
        parts = [at[first : first + size] for first in range(0, len(at), size)]
        if threads == 1:
            yield from map(self.block, parts)
            return
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future[Features]] = deque()
            for part in parts:
                waiting.append(pool.submit(self.block, part))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def _done(jobs: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]], threads: int) -> list[Any]:
    """What some calls return, in their order."""
    if threads == 1:  # online: starting a thread costs more than all lines
        return [call(*given) for call, given in jobs]
    with ThreadPoolExecutor(threads) as pool:
        return [one.result() for one in [pool.submit(call, *given) for call, given in jobs]]


@lru_cache(maxsize=16)
def plan_of(catalogue: Catalogue, definitions: tuple[str, ...] | None = None) -> Plan:
    """The plan of a catalogue, or of some of its definitions."""
    return make_plan(catalogue.selected(definitions), catalogue.carried)


def prepare(
    columns: Columns, catalogue: Catalogue, definitions: Sequence[str] | None = None, threads: int = 1
) -> Prepared:
    """The lines of the columns for a catalogue, or for some of its definitions.

    Where variants read what neighbours carry, the columns must bring it: `with_carried` computes it offline.
    Raises `NotFoundError` (`features.unknown`), `UsageError` (`features.carried`) when what the columns carry has
    another number of features than the catalogue declares.
    """
    plan = plan_of(catalogue, None if definitions is None else tuple(definitions))
    if columns.carried is not None and columns.carried.shape[1] != len(catalogue.carried):
        raise UsageError(
            "features.carried",
            "The columns carry other features than the catalogue declares; compute them anew.",
        )
    return Prepared(columns, plan, catalogue.version, threads)


def compute(
    columns: Columns,
    catalogue: Catalogue,
    at: I64,
    definitions: Sequence[str] | None = None,
) -> Features:
    """The features of the applications at positions `at`, each as it was at its own point. See `prepare`."""
    return prepare(columns, catalogue, definitions).block(at)


@lru_cache(maxsize=16)
def _carried_plan(catalogue: Catalogue) -> Plan:
    return make_plan([catalogue.by_name[name] for name in catalogue.carried])


def first_pass(columns: Columns, catalogue: Catalogue, threads: int = 1) -> Prepared:
    """The lines of what applications carry from their own point on: one hop, so nothing that others carry is read."""
    return Prepared(replace(columns, carried=None), _carried_plan(catalogue), catalogue.version, threads)


def with_carried(columns: Columns, catalogue: Catalogue, threads: int = 1) -> Columns:
    """The columns with what each application carries of its own point: the first of two passes.

    As when it was decided, an application carries its features as float64; events carry nothing.
    """
    if not catalogue.carried:
        return columns
    first = first_pass(columns, catalogue, threads)
    carried = np.full((columns.size, len(catalogue.carried)), np.nan)
    applications = np.flatnonzero(~columns.event).astype(np.int64)
    for block in first.blocks(applications, threads=threads):
        carried[block.at] = block.values.T
    return replace(columns, carried=carried)


def application_positions(columns: Columns, first: int, end: int) -> I64:
    """Positions of the applications known from `first` (µs) until before `end`."""
    low, high = np.searchsorted(columns.known_at, [first, end])
    kept = kept_targets(columns, "application")
    found = np.arange(low, high, dtype=np.int64)
    return found if kept is None else found[kept[low:high]]
