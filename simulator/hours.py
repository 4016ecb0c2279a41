"""When people apply: busy hours, weekdays, better and worse days, slow growth."""

from __future__ import annotations

from datetime import date

import numpy as np

from core.clock import DAY, SECOND
from simulator.dice import Dice, Floats, Ints

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
LOCAL = 8 * HOUR
"""China has one clock, eight hours ahead of UTC."""

_HOURS = (9, 5, 3, 2, 2, 3, 8, 18, 34, 50, 58, 54, 46, 48, 54, 56, 54, 50, 48, 54, 62, 60, 42, 22)
_WEEKDAYS = (1.08, 1.06, 1.04, 1.02, 1.05, 0.88, 0.82)
_GROWTH = 0.3


class Hours:
    """The density of applications over the minutes of the world, and its inverse."""

    def __init__(self, dice: Dice, start: date, days: int) -> None:
        self.start = (start - date(1970, 1, 1)).days * DAY
        self.end = self.start + days * DAY
        self.days = days
        self._sums = _cumulative_minutes(dice, start, days)

    def at(self, share: Floats) -> Ints:
        """The moments (µs UTC, whole seconds) by which these shares (0 … 1) of all applications have come."""
        bucket = np.clip(np.searchsorted(self._sums, share, side="right") - 1, 0, len(self._sums) - 2)
        low, high = self._sums[bucket], self._sums[bucket + 1]
        inside = np.clip((share - low) / (high - low), 0.0, 1.0 - 1e-9)
        seconds = bucket * 60 + (inside * 60).astype(np.int64)
        return self.start + seconds * SECOND

    def of_day(self, share: Floats) -> Ints:
        """Microseconds after local midnight for shares of an ordinary day."""
        hours = np.concatenate([[0.0], np.cumsum(_HOURS)]) / sum(_HOURS)
        return np.asarray(np.interp(share, hours, np.arange(25.0)) * 3600, dtype=np.int64) * SECOND


def _cumulative_minutes(dice: Dice, start: date, days: int) -> Floats:
    minute = np.arange(days * 1440, dtype=np.int64)
    local = minute + LOCAL // MINUTE
    hours = np.array([*_HOURS, _HOURS[0]], dtype=np.float64)
    of_day = np.interp(local % 1440 / 60.0, np.arange(25.0), hours)
    weekday = np.array(_WEEKDAYS)[(local // 1440 + start.weekday()) % 7]
    day = np.arange(days + 1, dtype=np.int64)
    mood = np.exp(0.1 * dice.normal("mood of the day", day)) * (1.0 + _GROWTH * day / max(days, 1))
    sums = np.concatenate([[0.0], np.cumsum(of_day * weekday * mood[local // 1440])])
    return np.asarray(sums / sums[-1], dtype=np.float64)
