"""From variants to programs: which lines are needed, and what kernels do with them. Knows no data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from features.agreement import AgreementProgram
from features.hubs import HubProgram
from features.lines import LineKey, Needs
from features.outcome_lines import OutcomeProgram
from features.ring_rows import RingProgram
from features.scan import ROWS, ScanProgram
from features.windows import WindowProgram
from features.words import ALL, Kernel, Takes, Variant, View, Who
from snapshot.columns import I64, SUMMARY

USER = "user"
"""The text column that stands for the user."""
_WHO = {Who.ANY: 0, Who.OWN: 1, Who.OTHER: 2}
_ON_LINES = (Kernel.WINDOWS, Kernel.SCAN, Kernel.RINGS, Kernel.AGREEMENT)
Placed = tuple[int, Variant]
"""A variant and its row in the result."""


@dataclass(frozen=True)
class LinePlan:
    """What is done with one line of a view."""

    key: LineKey
    windows: WindowProgram | None
    scan: ScanProgram | None
    rings: RingProgram | None
    agreement: AgreementProgram | None


@dataclass(frozen=True)
class OutcomePlan:
    """What is done with one target's outcomes in a view."""

    key: LineKey
    target: str
    program: OutcomeProgram


@dataclass(frozen=True)
class ViewPlan:
    """Everything that is asked of one view."""

    view: View
    rows: I64
    """Rows of the result that are null where the graph has no such relation."""
    hubs: HubProgram | None
    lines: tuple[LinePlan, ...]
    outcomes: tuple[OutcomePlan, ...]


@dataclass(frozen=True)
class Plan:
    """How the variants are computed."""

    variants: tuple[Variant, ...]
    needs: dict[LineKey, Needs]
    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    views: tuple[ViewPlan, ...]
    own: tuple[Placed, ...]
    carried: tuple[str, ...] = field(default=())

    @property
    def reads(self) -> frozenset[str]:
        """Columns that are read of those whom an application meets, and not of itself alone."""
        lines = (name for needs in self.needs.values() for name in (*needs.sums, *needs.after))
        return frozenset({*self.numbers, *self.texts, *lines, "kind"} - {USER})


def make_plan(variants: Sequence[Variant], carried: tuple[str, ...] = ()) -> Plan:
    """The plan of some variants; row `i` of the result is `variants[i]`."""
    placed = tuple(enumerate(variants))
    viewed = [one for one in placed if one[1].view is not None]
    needs = _needs(viewed)
    numbers = _columns(viewed, Takes.NUMBER, Kernel.SCAN)
    texts = _columns(viewed, Takes.TEXT, Kernel.SCAN)
    by_view: dict[View, list[Placed]] = defaultdict(list)
    for one in viewed:
        if one[1].view is not None:
            by_view[one[1].view].append(one)
    places = _Places(needs, numbers, texts, carried)
    views = tuple(_view_plan(view, group, places) for view, group in by_view.items())
    own = tuple(one for one in placed if one[1].view is None)
    return Plan(tuple(variants), needs, numbers, texts, views, own, carried)


def line_key(variant: Variant, view: View) -> LineKey:
    """The line that a variant is taken of."""
    return LineKey(view.relation, view.theirs, variant.of.rows)


@dataclass(frozen=True)
class _Places:
    needs: dict[LineKey, Needs]
    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    carried: tuple[str, ...]


def _columns(placed: Iterable[Placed], takes: Takes, kernel: Kernel) -> tuple[str, ...]:
    found = {one.column for _, one in placed if one.of.type.takes is takes and one.of.type.kernel is kernel}
    return tuple(sorted(found))


def _needs(placed: Iterable[Placed]) -> dict[LineKey, Needs]:
    sums: dict[LineKey, set[str]] = defaultdict(set)
    after: dict[LineKey, set[str]] = defaultdict(set)
    own: dict[LineKey, bool] = defaultdict(bool)
    for _, one in placed:
        kind = one.of.type
        if one.view is None or kind.kernel in (Kernel.OUTCOMES, Kernel.HUBS, Kernel.OWN):
            continue
        key = line_key(one, one.view)
        own[key] |= kind.kernel is Kernel.WINDOWS and _asks_whose(one)
        if kind.kernel is Kernel.WINDOWS and kind.takes is Takes.NUMBER:
            sums[key].add(one.column)
        if one.of.measure == "users":
            after[key].add(USER)
        elif one.of.measure == "distinct":
            after[key].add(one.column)
    return {key: Needs(tuple(sorted(sums[key])), tuple(sorted(after[key])), own[key]) for key in own}


def _asks_whose(variant: Variant) -> bool:
    return variant.of.who is not Who.ANY or variant.of.measure == "own_share"


def _view_plan(view: View, placed: Sequence[Placed], places: _Places) -> ViewPlan:
    by_line: dict[LineKey, list[Placed]] = defaultdict(list)
    by_target: dict[tuple[LineKey, str], list[Placed]] = defaultdict(list)
    hubs: list[Placed] = []
    for row, one in placed:
        if one.of.type.kernel is Kernel.HUBS:
            hubs.append((row, one))
        elif one.of.type.kernel is Kernel.OUTCOMES:
            by_target[line_key(one, view), one.column].append((row, one))
        else:
            by_line[line_key(one, view)].append((row, one))
    return ViewPlan(
        view,
        np.array([row for row, _ in placed], dtype=np.int64),
        _hub_program(hubs) if hubs else None,
        tuple(_line_plan(key, group, places) for key, group in by_line.items()),
        tuple(
            OutcomePlan(key, target, _outcome_program(group)) for (key, target), group in by_target.items()
        ),
    )


def _hub_program(placed: Sequence[Placed]) -> HubProgram:
    outputs = [(one.of.type.code, SUMMARY.index(one.column) if one.column else 0, row) for row, one in placed]
    return HubProgram(_table(outputs, 3))


def _line_plan(key: LineKey, placed: Sequence[Placed], places: _Places) -> LinePlan:
    groups: dict[Kernel, list[Placed]] = defaultdict(list)
    for one in placed:
        groups[one[1].of.type.kernel].append(one)
    windows, scan, rings, agreement = (groups[kernel] for kernel in _ON_LINES)
    return LinePlan(
        key,
        _window_program(windows, places.needs[key]) if windows else None,
        _scan_program(scan, places.needs[key], places) if scan else None,
        RingProgram(_table([(one.of.type.code, row) for row, one in rings], 2)) if rings else None,
        AgreementProgram(tuple((one.column, row) for row, one in agreement)) if agreement else None,
    )


def _edges(placed: Sequence[Placed]) -> I64:
    """The windows that are asked for, ascending: what nobody asks for is not counted."""
    edges = {one.window for _, one in placed if one.of.type.windowed} or {ALL}
    return np.array(sorted(edges), dtype=np.int64)


def _window_place(one: Variant, edges: I64) -> int:
    return int(np.searchsorted(edges, one.window)) if one.of.type.windowed else 0


def _window_program(placed: Sequence[Placed], needs: Needs) -> WindowProgram:
    edges = _edges(placed)
    outputs = [
        (
            one.of.type.code,
            _WHO[one.of.who],
            _window_place(one, edges),
            needs.sums.index(one.column) if one.column else 0,
            row,
        )
        for row, one in placed
    ]
    return WindowProgram(edges, _table(outputs, 5), any(_asks_whose(one) for _, one in placed))


def _scan_program(placed: Sequence[Placed], needs: Needs, places: _Places) -> ScanProgram:
    edges = _edges(placed)
    tasks: dict[tuple[int, int, int, int, int], int] = {(ROWS, 0, 0, 0, 0): 0}
    outputs = []
    for row, one in placed:
        column, mine = _task_columns(one, needs, places)
        task = (one.of.type.code, _WHO[one.of.who], column, one.duration, mine)
        outputs.append((tasks.setdefault(task, len(tasks)), _window_place(one, edges), row))
    return ScanProgram(edges, _table(list(tasks), 5), _table(outputs, 3))


def _task_columns(one: Variant, needs: Needs, places: _Places) -> tuple[int, int]:
    """Where a task finds its column, and the application's own value."""
    takes = one.of.type.takes
    if one.of.measure == "users":
        return needs.after.index(USER), 0
    if one.of.measure == "distinct":
        return needs.after.index(one.column), 0
    if takes is Takes.NUMBER:
        return places.numbers.index(one.column), places.numbers.index(one.column)
    if takes is Takes.CARRIED:
        return places.carried.index(one.column), 0
    if takes is Takes.TEXT:
        return places.texts.index(one.column), places.texts.index(one.column)
    return 0, 0


def _outcome_program(placed: Sequence[Placed]) -> OutcomeProgram:
    edges = _edges(placed)
    outputs = [(one.of.type.code, _window_place(one, edges), row) for row, one in placed]
    priors = [(one.of.prior, one.of.weight) for _, one in placed]
    return OutcomeProgram(edges, _table(outputs, 3), np.array(priors, dtype=np.float64))


def _table(rows: Sequence[tuple[int, ...]], width: int) -> I64:
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)
