"""Features the slow, obvious way: straight from the facts of a world, in plain Python, one value at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise

from core.clock import DAY, HOUR, SECOND
from features.catalogue import Catalogue
from features.provinces import province
from features.words import ALL, Kernel, Variant, View, Who
from snapshot.columns import SUMMARY
from tests.features.worlds import Link, Outcome, World, order

Value = float | str | None


@dataclass(frozen=True)
class Door:
    """One identifier that is read, and the links seen through it, oldest first."""

    rows: list[Link]


class Oracle:
    """Computes any variant for any application of a world."""

    def __init__(self, world: World, catalogue: Catalogue) -> None:
        self.world, self.catalogue = world, catalogue
        self.by_identifier: dict[tuple[str, int], list[Link]] = {}
        for link in sorted(world.links, key=lambda one: order(world, one)):
            self.by_identifier.setdefault((link.label, link.identifier), []).append(link)
        self.doors = cache(self._doors)
        self.value = cache(self._value)

    # What is visible

    def point(self, p: int) -> tuple[int, int]:
        return self.world.targets[p].known_at, self.world.targets[p].seq

    def sees(self, p: int, link: Link) -> bool:
        """Whether the application at `p` sees another's link."""
        if link.target == p:
            return False
        if self.is_original(link):
            return link.target < p
        return (link.known_at, link.seq) < self.point(p)

    def is_original(self, link: Link) -> bool:
        return (link.known_at, link.seq) == self.point(link.target)

    def is_hub(self, p: int, label: str, x: int) -> bool:
        return (label, x) in self.world.hubs and self.point(p) > self.world.hubs[label, x]

    def own_links(self, p: int, label: str) -> list[Link]:
        roles = {role: i for i, role in enumerate(("", "self", "contact", "employer"))}
        found = [
            one
            for one in self.world.links
            if one.target == p and one.label == label and self.is_original(one)
        ]
        return sorted(found, key=lambda one: (roles[one.role], one.identifier))

    def named(self, p: int, view: View) -> list[int]:
        """Identifiers that the application names in the view's role, each once."""
        found = [one.identifier for one in self.own_links(p, view.relation) if view.mine in ("", one.role)]
        return list(dict.fromkeys(found))

    def _doors(self, p: int, view: View, rows: str) -> list[Door]:
        found = []
        for x in self.named(p, view):
            if not self.is_hub(p, view.relation, x):
                links = self.by_identifier[view.relation, x]
                seen = [one for one in links if self.sees(p, one) and view.theirs in ("", one.role)]
                found.append(Door([one for one in seen if self.is_row(one.target, rows)]))
        return found

    def is_row(self, q: int, rows: str) -> bool:
        target = self.world.targets[q]
        if rows == "any":
            return True
        if rows == "application":
            return not target.event
        return target.event and (rows == "event" or target.texts.get("kind") == rows.partition(":")[2])

    # Values

    def _value(self, name: str, p: int) -> Value:
        variant = self.catalogue.by_name[name]
        if variant.view is None:
            return OWN[variant.of.measure](self, variant, p)
        if variant.of.type.kernel is Kernel.HUBS:
            return HUBS[variant.of.measure](self, variant, p)
        doors = self.doors(p, variant.view, variant.of.rows)
        return MEASURES[variant.of.measure](self, variant, p, doors) if doors else None

    def user(self, q: int) -> int:
        return self.world.targets[q].user

    def is_own(self, p: int, q: int) -> bool:
        return self.user(p) >= 0 and self.user(p) == self.user(q)

    def rows(self, v: Variant, p: int, door: Door) -> list[Link]:
        """The rows of the window, and of whom they are asked for."""
        now = self.world.targets[p].known_at
        found = [one for one in door.rows if v.window == ALL or now - one.known_at <= v.window]
        if v.of.who is Who.ANY:
            return found
        return [one for one in found if self.is_own(p, one.target) == (v.of.who is Who.OWN)]

    def every_row(self, v: Variant, p: int, doors: list[Door]) -> list[Link]:
        return [one for door in doors for one in self.rows(v, p, door)]

    def numbers(self, v: Variant, p: int, doors: list[Door]) -> list[int]:
        told = [self.world.targets[one.target].numbers.get(v.column) for one in self.every_row(v, p, doors)]
        return [number for number in told if number is not None]

    def mine(self, v: Variant, p: int) -> int | None:
        return self.world.targets[p].numbers.get(v.column)

    def text(self, q: int, column: str) -> str | None:
        return self.world.targets[q].texts.get(column)

    def seconds_since(self, p: int, moment: int) -> float:
        return (self.world.targets[p].known_at - moment) / SECOND


def _mean(numbers: list[int]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def _count(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    return len(o.every_row(v, p, doors))


def _mine_over_mean(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    mine, mean = o.mine(v, p), _mean(o.numbers(v, p, doors))
    return mine / mean if mine is not None and mean else None


def _since(pick: Callable[[list[int]], int]) -> Callable[[Oracle, Variant, int, list[Door]], Value]:
    def measure(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
        moments = [one.known_at for one in o.every_row(v, p, doors)]
        return o.seconds_since(p, pick(moments)) if moments else None

    return measure


def _own_share(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    rows = o.every_row(v, p, doors)
    return sum(o.is_own(p, one.target) for one in rows) / len(rows) if rows else None


def _users(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    return sum(len({o.user(one.target) for one in o.rows(v, p, door)} - {-1}) for door in doors)


def _distinct(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    return sum(len({o.text(one.target, v.column) for one in o.rows(v, p, door)} - {None}) for door in doors)


def _same_share(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    mine, rows = o.text(p, v.column), o.every_row(v, p, doors)
    if mine is None or not rows:
        return None
    return sum(o.text(one.target, v.column) == mine for one in rows) / len(rows)


def _agreement(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    mine, rows = [one.identifier for one in o.own_links(p, v.column)], o.every_row(v, p, doors)
    if not mine or not rows or o.is_hub(p, v.column, mine[0]):
        return None
    named = [{one.identifier for one in o.own_links(row.target, v.column)} for row in rows]
    return sum(mine[0] in found for found in named) / len(rows)


def _equal_share(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    mine, rows = o.mine(v, p), o.every_row(v, p, doors)
    return o.numbers(v, p, doors).count(mine) / len(rows) if mine is not None and rows else None


def _gaps(o: Oracle, v: Variant, p: int, doors: list[Door]) -> list[float]:
    found = []
    for door in doors:
        moments = [one.known_at for one in door.rows] + [o.world.targets[p].known_at]
        found += [(later - earlier) / SECOND for earlier, later in pairwise(moments)]
    return found


def _gap_mean(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    gaps = _gaps(o, v, p, doors)
    return sum(gaps) / len(gaps) if gaps else None


def _gap_spread(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    gaps = _gaps(o, v, p, doors)
    if len(gaps) < 2 or not any(gaps):
        return None
    mean = sum(gaps) / len(gaps)
    return math.sqrt(max(0.0, sum(gap * gap for gap in gaps) / len(gaps) - mean * mean)) / mean


def _burst(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    best = 1
    for door in doors:
        moments = [one.known_at for one in door.rows] + [o.world.targets[p].known_at]
        best = max(
            best,
            *(sum(0 <= end - m <= v.duration for m in moments[: i + 1]) for i, end in enumerate(moments)),
        )
    return best


def _left(o: Oracle, v: Variant, p: int, link: Link) -> float:
    return math.pow(0.5, (o.world.targets[p].known_at - link.known_at) / v.duration)


def _decayed(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    return sum(_left(o, v, p, one) for one in o.every_row(v, p, doors))


def _decayed_sum(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    rows = o.every_row(v, p, doors)
    return sum(_left(o, v, p, one) * o.world.targets[one.target].numbers.get(v.column, 0) for one in rows)


def _decayed_same(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    mine, rows = o.text(p, v.column), o.every_row(v, p, doors)
    if mine is None or not rows:
        return None
    same = [one for one in rows if o.text(one.target, v.column) == mine]
    return sum(_left(o, v, p, one) for one in same) / sum(_left(o, v, p, one) for one in rows)


def _carried(o: Oracle, v: Variant, p: int, doors: list[Door]) -> list[float]:
    told = [o.value(v.column, one.target) for one in o.every_row(v, p, doors)]
    return [float(value) for value in told if value is not None]


def _holding(o: Oracle, v: Variant, p: int, doors: list[Door]) -> list[tuple[Outcome, int]]:
    """The latest visible outcome of each row, and from when it was known through its link."""
    found = []
    for door in doors:
        for link in door.rows:
            told = [
                one
                for one in o.world.outcomes
                if (one.target, one.name) == (link.target, v.column)
                and (one.known_at, math.inf if one.seq is None else one.seq) < o.point(p)
            ]
            if told:
                last = sorted(told, key=lambda one: (one.known_at, math.inf if one.seq is None else one.seq))[
                    -1
                ]
                found.append((last, max(last.known_at, link.known_at)))
    now = o.world.targets[p].known_at
    return [(one, when) for one, when in found if v.window == ALL or now - when <= v.window]


def _known(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    return len(_holding(o, v, p, doors))


def _positives(o: Oracle, v: Variant, p: int, doors: list[Door]) -> int:
    return sum(one.value > 0 for one, _ in _holding(o, v, p, doors))


def _rate(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    known = len(_holding(o, v, p, doors))
    return _positives(o, v, p, doors) / known if known else None


def _smoothed(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    known = len(_holding(o, v, p, doors))
    return (_positives(o, v, p, doors) + v.of.weight * v.of.prior) / (known + v.of.weight)


def _since_positive(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
    moments = [when for one, when in _holding(o, v, p, doors) if one.value > 0]
    return o.seconds_since(p, max(moments)) if moments else None


def _ring_states(
    o: Oracle, v: Variant, p: int, doors: list[Door]
) -> list[tuple[int, float, int, bool]] | None:
    """Ring, score, users, listed of each row that belonged to one in the last run; None before the first run."""
    run = sum(at < o.world.targets[p].known_at for at in o.world.runs) - 1
    if run < 0:
        return None
    found = []
    for link in o.every_row(v, p, doors):
        for member in o.world.members:
            if member.target == link.target and member.since <= run < member.until:
                states = [one for one in o.world.states if one.ring == member.ring and one.run <= run]
                last = max(states, key=lambda one: one.run)
                found.append((member.ring, last.score, last.users, last.listed))
    return found


def _of_rings(
    told: Callable[[list[tuple[int, float, int, bool]]], Value],
) -> Callable[[Oracle, Variant, int, list[Door]], Value]:
    def measure(o: Oracle, v: Variant, p: int, doors: list[Door]) -> Value:
        states = _ring_states(o, v, p, doors)
        return None if states is None else told(states)

    return measure


MEASURES: dict[str, Callable[[Oracle, Variant, int, list[Door]], Value]] = {
    "count": _count,
    "sum": lambda o, v, p, d: sum(o.numbers(v, p, d)),
    "mean": lambda o, v, p, d: _mean(o.numbers(v, p, d)),
    "mine_over_mean": _mine_over_mean,
    "since_first": _since(min),
    "since_last": _since(max),
    "first_sight": lambda o, v, p, d: float(not o.every_row(v, p, d)),
    "own_share": _own_share,
    "users": _users,
    "distinct": _distinct,
    "least": lambda o, v, p, d: min(o.numbers(v, p, d), default=None),
    "most": lambda o, v, p, d: max(o.numbers(v, p, d), default=None),
    "same_share": _same_share,
    "equal_share": _equal_share,
    "agreement": _agreement,
    "gap_mean": _gap_mean,
    "gap_spread": _gap_spread,
    "gap_least": lambda o, v, p, d: min(_gaps(o, v, p, d), default=None),
    "burst": _burst,
    "decayed": _decayed,
    "decayed_sum": _decayed_sum,
    "decayed_same": _decayed_same,
    "carried_mean": lambda o, v, p, d: sum(c) / len(c) if (c := _carried(o, v, p, d)) else None,
    "carried_most": lambda o, v, p, d: max(_carried(o, v, p, d), default=None),
    "known": _known,
    "positives": _positives,
    "rate": _rate,
    "smoothed": _smoothed,
    "since_positive": _since_positive,
    "rings": _of_rings(lambda states: len({ring for ring, *_ in states})),
    "ring_listed": _of_rings(lambda states: len({ring for ring, _, _, listed in states if listed})),
    "ring_score": _of_rings(lambda states: max((score for _, score, _, _ in states), default=None)),
    "ring_users": _of_rings(lambda states: max((users for _, _, users, _ in states), default=None)),
    "ring_rows": _of_rings(lambda states: sum(listed for *_, listed in states)),
}


def _given(o: Oracle, v: Variant, p: int) -> Value:
    assert v.view is not None
    return len(o.named(p, v.view))


def _hub(o: Oracle, v: Variant, p: int) -> Value:
    assert v.view is not None
    named = o.named(p, v.view)
    return float(any(o.is_hub(p, v.view.relation, x) for x in named)) if named else None


def _summary(o: Oracle, v: Variant, p: int) -> Value:
    assert v.view is not None
    told = []
    for x in o.named(p, v.view):
        if o.is_hub(p, v.view.relation, x):
            made = o.world.summaries.get((v.view.relation, x), [])
            seen = [figures for at, figures in made if at < o.world.targets[p].known_at]
            told += seen[-1:]
    return max((figures[SUMMARY.index(v.column)] for figures in told), default=None)


def _repeated(o: Oracle, v: Variant, p: int) -> Value:
    assert v.view is not None
    links = o.own_links(p, v.view.relation)
    return len(links) - len({one.identifier for one in links})


HUBS: dict[str, Callable[[Oracle, Variant, int], Value]] = {
    "given": _given,
    "hub": _hub,
    "summary": _summary,
    "repeated": _repeated,
}


def _pair(o: Oracle, v: Variant, p: int) -> tuple[int, int] | None:
    first, second = (o.world.targets[p].numbers.get(name) for name in v.of.columns)
    return None if first is None or second is None else (first, second)


def _ratio(o: Oracle, v: Variant, p: int) -> Value:
    pair = _pair(o, v, p)
    return pair[0] / pair[1] if pair and pair[1] else None


def _difference(o: Oracle, v: Variant, p: int) -> Value:
    pair = _pair(o, v, p)
    return pair[0] - pair[1] if pair else None


def _differs(o: Oracle, v: Variant, p: int) -> Value:
    first, second = (o.world.targets[p].texts.get(name) for name in v.of.columns)
    if first is None or second is None:
        return None
    if v.of.measure == "differs":
        return float(first != second)
    places = (province(first), province(second))
    return None if None in places else float(places[0] != places[1])


def _now(o: Oracle, p: int) -> datetime:
    return datetime.fromtimestamp(o.world.targets[p].known_at // SECOND, UTC)


def _years_since(o: Oracle, v: Variant, p: int) -> Value:
    year = o.mine(v, p)
    return None if year is None else _now(o, p).year - year


def _delay(o: Oracle, v: Variant, p: int) -> Value:
    happened = o.world.targets[p].event_at
    return None if happened is None else o.seconds_since(p, happened)


OWN: dict[str, Callable[[Oracle, Variant, int], Value]] = {
    "number": lambda o, v, p: o.mine(v, p),
    "text": lambda o, v, p: o.world.targets[p].texts.get(v.column),
    "number_missing": lambda o, v, p: float(o.mine(v, p) is None),
    "text_missing": lambda o, v, p: float(v.column not in o.world.targets[p].texts),
    "ratio": _ratio,
    "difference": _difference,
    "differs": _differs,
    "place_differs": _differs,
    "years_since": _years_since,
    "hour": lambda o, v, p: o.world.targets[p].known_at % DAY // HOUR,
    "weekday": lambda o, v, p: _now(o, p).weekday(),
    "delay": _delay,
}
