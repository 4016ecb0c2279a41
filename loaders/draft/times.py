"""Columns of moments: how they are written, and which of them says when a row happened."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import polars as pl

from core.clock import now_us
from loaders.convert import convert_time
from loaders.draft import words
from loaders.draft.profile import Column
from loaders.mapping.model import Time

_MOST = 0.98
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_MONTH_FIRST, _DAY_FIRST = "%m{0}%d{0}{1}", "%d{0}%m{0}{1}"
_NUMERIC_DAY = r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
_OTHERS = tuple(
    f"{day}{clock}"
    for day, clock in itertools.product(
        ("%Y年%m月%d日", "%Y.%m.%d", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
        (*_CLOCKS, "%H:%M:%S", " %H时%M分%S秒", "%H时%M分%S秒"),
    )
)
_DISTANT = 1 << 62


@dataclass(frozen=True)
class Moments:
    """A column of moments."""

    column: Column
    format: str
    either: str | None = None
    """The other format that fits as well: day and month cannot be told apart."""

    def at(self) -> pl.Series:
        """Microseconds of every row (Int64), null where there is none."""
        return convert_time(self.column.raw, Time(format=self.format), "UTC", _DISTANT).value


def moments(columns: list[Column]) -> dict[str, Moments]:
    """The columns of moments among `columns`, by name.

    Where a column fits both orders of day and month, another column of the file that fits only one decides;
    without one it is day first, as most of the world writes.
    """
    found = {column.name: one for column in columns if (one := _moments(column)) is not None}
    month_first = any(m.format.startswith("%m") and m.either is None for m in found.values())
    day_first = any(m.format.startswith("%d") and m.either is None for m in found.values())
    for name, one in found.items():
        if one.either is not None and month_first != day_first:
            chosen = one.format if one.format.startswith("%m" if month_first else "%d") else one.either
            found[name] = Moments(one.column, chosen)
    return found


def _moments(column: Column) -> Moments | None:
    if column.raw.dtype.is_temporal():
        return Moments(column, "auto") if column.raw.dtype in (pl.Date, pl.Datetime) else None
    if not column.filled or column.raw.dtype == pl.Boolean:
        return None
    if column.integer:
        format_ = _digits(column)
        return Moments(column, format_) if format_ else None
    if column.number or column.share(r"\d") < _MOST:
        return None
    if _fits(column, "auto"):
        return Moments(column, "auto")
    if column.share(_NUMERIC_DAY) >= _MOST:
        return _numeric_day(column)
    found = next((pattern for pattern in _OTHERS if _fits(column, pattern)), None)
    return Moments(column, found) if found else None


def _numeric_day(column: Column) -> Moments | None:
    fitting = {
        order: next(
            (
                pattern
                for mark, clock, year in itertools.product("/.-", _CLOCKS, ("%Y", "%y"))
                if _fits(column, pattern := order.format(mark, year) + clock)
            ),
            None,
        )
        for order in (_DAY_FIRST, _MONTH_FIRST)
    }
    day, month = fitting[_DAY_FIRST], fitting[_MONTH_FIRST]
    if day and month:
        return Moments(column, day, month)
    return Moments(column, found) if (found := day or month) else None


def _digits(column: Column) -> str | None:
    """The format of whole numbers that are moments: compact dates, or seconds since 1970."""
    timely = column.named(words.TIME) and not column.named(words.ID)
    for width, format_ in ((10, "unix_s"), (13, "unix_ms"), (16, "unix_us")):
        if column.share(rf"^1\d{{{width - 1}}}$") >= _MOST and timely:
            return format_
    if column.share(r"^(?:19|20)\d{2}[01]\d[0-3]\d$") >= _MOST and _fits(column, "auto"):
        return "auto" if timely or column.named(words.BIRTH) or not column.named(words.ID) else None
    if column.share(r"^(?:19|20)\d{12}$") >= _MOST and _fits(column, "%Y%m%d%H%M%S"):
        return "%Y%m%d%H%M%S"
    return None


def _fits(column: Column, format_: str) -> bool:
    done = convert_time(column.sample, Time(format=format_), "UTC", _DISTANT)
    fine = (done.value.is_not_null() & done.reason.is_null()).mean()
    return isinstance(fine, float) and fine >= _MOST


def event_time(found: dict[str, Moments]) -> Moments | None:
    """The moment at which rows happened: nearly always filled, not in the future, and named like one."""
    fitness = {name: _fitness(one) for name, one in found.items()}
    best = max(fitness, key=lambda name: fitness[name], default=None)
    return found[best] if best is not None and fitness[best] > 0 else None


def _fitness(one: Moments) -> int:
    column = one.column
    late = (one.at() > now_us()).mean()
    if column.filled < column.rows * _MOST or not isinstance(late, float) or late > 1 - _MOST:
        return 0
    if any(column.named(p) for p in (words.BIRTH, words.NOT_EVENT, words.LEARNED, words.SIGN_UP)):
        return 0
    if column.named(words.HAPPENED):
        return 3
    return 2 if column.named(words.GENERAL_TIME) else 1
