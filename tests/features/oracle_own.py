"""The slow, obvious version of what is taken of the application itself and of its hubs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.clock import DAY, HOUR, SECOND
from features.provinces import province
from features.words import Variant
from snapshot.columns import SUMMARY

if TYPE_CHECKING:
    from tests.features.oracle import Oracle

Value = float | str | None


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
