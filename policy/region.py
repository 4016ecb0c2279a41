"""Where conditions hold, as boxes: whether one can hold at all, and whether others together leave it nothing."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import UsageError
from policy.condition import Atom, Condition, Every

MOST_BOXES = 256
"""Ways in which one condition may hold, and pieces that it is cut into to tell whether others cover it."""
MOST_LOOKS = MOST_BOXES**2
"""Times that a piece is held against a way of another for it."""


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

    def meets(self, other: Span) -> bool:
        """Whether they have something in common."""
        if self.missing and other.missing:
            return True
        if not (self.known and other.known):
            return False
        never = self.never | other.never
        if self.only is not None or other.only is not None:
            words = [span.only for span in (self, other) if span.only is not None]
            return bool(frozenset.intersection(*words) - never)
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_shut = min((self.high, not self.high_open), (other.high, not other.high_open))
        return low < high or (low == high and high_shut and not low_open and low not in never)

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
"""By name; a name that is not there may be anything within its bounds."""


@dataclass(frozen=True)
class Way:
    """One way in which a condition can hold: where all of some comparisons do."""

    atoms: tuple[Atom, ...]
    box: Box


def ways(condition: Condition, bounds: Mapping[str, Span], where: str) -> list[Way]:
    """The ways in which a condition can hold within the `bounds` of its names; none: it never does.

    Raises `UsageError` (`policy.too_wide`).
    """
    found: list[Way] = []
    for atoms in _ways(condition, where):
        box: Box | None = {}
        for atom in atoms:
            box = None if box is None else _narrowed(box, atom, bounds)
        if box is not None:
            found.append(Way(atoms, box))
    return found


def covering(
    found: Sequence[Way], others: Sequence[tuple[int, Way]], bounds: Mapping[str, Span]
) -> set[int] | None:
    """Numbers of those of the others that together hold wherever one of `found` does; None where none do, or where it
    would take too long to tell."""
    used: set[int] = set()
    pieces = looks = 0
    waiting = [(way.box, others) for way in found]
    while waiting:
        box, left = waiting.pop()
        looks += len(left)
        if pieces > MOST_BOXES or looks > MOST_LOOKS:
            return None
        near = _near(box, left)
        if not near:
            return None
        number, way = near[0]
        outside = _outside(box, way, bounds)
        pieces += len(outside)
        used.add(number)
        waiting.extend((piece, near[1:]) for piece in outside)
    return used


def _near(box: Box, others: Sequence[tuple[int, Way]]) -> list[tuple[int, Way]]:
    """Ways that a box meets, first the one that leaves it by the fewest names; that alone where it leaves it by none."""
    found: list[tuple[int, Way]] = []
    fewest, first = math.inf, 0
    for other in others:
        crossed = 0
        for name, span in other[1].box.items():
            own = box.get(name)
            if own is not None and not own.meets(span):
                break
            crossed += own is None or not own.within(span)
        else:
            if not crossed:
                return [other]
            if crossed < fewest:
                fewest, first = crossed, len(found)
            found.append(other)
    return [*found[first : first + 1], *found[:first], *found[first + 1 :]]


def _outside(box: Box, way: Way, bounds: Mapping[str, Span]) -> list[Box]:
    """What is left of a box without a way, in pieces that share nothing."""
    pieces: list[Box] = []
    rest: Box | None = box
    for atom in way.atoms:
        if rest is not None:
            pieces += filter(None, [_narrowed(rest, denied, bounds) for denied in atom.denied()])
            rest = _narrowed(rest, atom, bounds)
    return pieces


def _narrowed(box: Box, atom: Atom, bounds: Mapping[str, Span]) -> Box | None:
    """What is left of a box where a comparison holds; None: nothing."""
    span = (box.get(atom.name) or bounds.get(atom.name, Span())).narrowed(atom)
    return None if span.empty else {**box, atom.name: span}


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
