"""Where conditions hold, as boxes: whether one can hold at all, and whether it lies within another."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from core.errors import UsageError
from policy.condition import Atom, Condition, Every

MOST_BOXES = 256
"""Ways in which one condition may hold."""


@dataclass(frozen=True)
class Span:
    """What a name may be: missing, or a number between two ends, or one of some words or none of some."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    only: frozenset[str | bool] | None = None
    """Words; None: any."""
    never: frozenset[str | bool | float] = frozenset()
    known: bool = True
    missing: bool = True

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return not self.missing and not self._some

    @property
    def _some(self) -> bool:
        if not self.known:
            return False
        if self.only is not None:
            return bool(self.only - self.never)
        if self.low == self.high:
            return not (self.low_open or self.high_open or self.low in self.never)
        return self.low < self.high

    def narrowed(self, atom: Atom) -> Span:
        """What is left where the comparison holds."""
        value = atom.value
        if atom.how == "is missing":
            return replace(self, known=False)
        found = replace(self, missing=False)
        if atom.how == "is known":
            return found
        if atom.how == "!=":
            return replace(found, never=found.never | {value}) if value is not None else found
        if isinstance(value, str | bool):
            words = frozenset({value})
            return replace(found, only=words if found.only is None else found.only & words)
        number = float(value or 0.0)
        if atom.how in (">", ">=", "==") and (number, atom.how == ">") > (found.low, found.low_open):
            found = replace(found, low=number, low_open=atom.how == ">")
        if atom.how in ("<", "<=", "==") and (-number, atom.how == "<") > (-found.high, found.high_open):
            found = replace(found, high=number, high_open=atom.how == "<")
        return found

    def within(self, other: Span) -> bool:
        """Whether nothing of it is outside the other."""
        if self.missing and not other.missing:
            return False
        if not self._some:
            return True
        if not other.known or not other.never <= self.never | self._cannot(other.never):
            return False
        if other.only is not None:
            return self.only is not None and self.only - self.never <= other.only
        low = (self.low, self.low_open) >= (other.low, other.low_open)
        return low and (-self.high, self.high_open) >= (-other.high, other.high_open)

    def _cannot(self, values: frozenset[str | bool | float]) -> frozenset[str | bool | float]:
        """Those of some values that it does not have anyway."""
        if self.only is not None:
            return frozenset(value for value in values if value not in self.only)
        return frozenset(
            value
            for value in values
            if not isinstance(value, str | bool) and not self.low <= value <= self.high
        )


Box = Mapping[str, Span]
"""By name; a name that is not there may be anything."""


def boxes(condition: Condition, bounds: Mapping[str, Span], where: str) -> list[Box]:
    """The ways in which a condition can hold, each a box within the `bounds` of its names; none: it never does.

    Raises `UsageError` (`policy.too_wide`).
    """
    found: list[Box] = []
    for atoms in _ways(condition, where):
        box: dict[str, Span] = {}
        for atom in atoms:
            box[atom.name] = box.get(atom.name, bounds.get(atom.name, Span())).narrowed(atom)
        if not any(span.empty for span in box.values()):
            found.append(box)
    return found


def inside(box: Box, others: Iterable[Box]) -> bool:
    """Whether the box lies within one of the others."""
    return any(all(box.get(name, Span()).within(span) for name, span in other.items()) for other in others)


def _ways(condition: Condition, where: str) -> list[tuple[Atom, ...]]:
    if isinstance(condition, Atom):
        return [(condition,)]
    parts = [_ways(part, where) for part in condition.parts]
    if isinstance(condition, Every):
        count = math.prod(len(part) for part in parts)
        _require(count, where)
        return [tuple(itertools.chain(*way)) for way in itertools.product(*parts)]
    found = list(itertools.chain(*parts))
    _require(len(found), where)
    return found


def _require(count: int, where: str) -> None:
    if count > MOST_BOXES:
        raise UsageError(
            "policy.too_wide",
            f"{where}: it can hold in more than {MOST_BOXES} ways; make several rules of it.",
        )
