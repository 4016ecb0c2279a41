"""What an application says of itself: attributes, what is missing, and whether it agrees with itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.clock import DAY, HOUR
from features.lines import number_column
from features.provinces import province
from features.words import Variant
from snapshot.columns import F64, I32, I64, MISSING, UNKNOWN, Columns

SECOND = 1_000_000
THURSDAY = 3
"""1970-01-01 was one; Monday is 0."""
Measure = Callable[[Columns, Sequence[str], I64], F64]


def measure_own(columns: Columns, variant: Variant, at: I64, names: Sequence[str]) -> F64:
    """(b) The value of the applications at positions `at`; `names` are the columns that it is taken of."""
    return _MEASURES[variant.of.measure](columns, names, at)


def text_column(columns: Columns, name: str) -> I32:
    """(n) A column of texts; all unknown where these columns have none of the name."""
    found = columns.texts.get(name)
    return np.full(columns.size, UNKNOWN, dtype=np.int32) if found is None else found


def _where(known: NDArray[np.bool_], values: NDArray[np.generic]) -> F64:
    """`values` where known, else NaN."""
    return np.where(known, values, np.nan).astype(np.float64, copy=False)


def _number(columns: Columns, names: Sequence[str], at: I64) -> F64:
    values = number_column(columns, names[0])[at]
    return _where(values != MISSING, values)


def _text(columns: Columns, names: Sequence[str], at: I64) -> F64:
    codes = text_column(columns, names[0])[at]
    return _where(codes >= 0, codes)


def _number_missing(columns: Columns, names: Sequence[str], at: I64) -> F64:
    return (number_column(columns, names[0])[at] == MISSING).astype(np.float64)


def _text_missing(columns: Columns, names: Sequence[str], at: I64) -> F64:
    return (text_column(columns, names[0])[at] < 0).astype(np.float64)


def _ratio(columns: Columns, names: Sequence[str], at: I64) -> F64:
    upper, lower = (number_column(columns, name)[at] for name in names)
    known = (upper != MISSING) & (lower != MISSING) & (lower != 0)
    return _where(known, upper / np.where(known, lower, 1))


def _difference(columns: Columns, names: Sequence[str], at: I64) -> F64:
    first, second = (number_column(columns, name)[at] for name in names)
    known = (first != MISSING) & (second != MISSING)
    return _where(known, np.where(known, first, 0) - np.where(known, second, 0))


def _differs(columns: Columns, names: Sequence[str], at: I64) -> F64:
    return _compared(columns, names, at, str)


def _place_differs(columns: Columns, names: Sequence[str], at: I64) -> F64:
    return _compared(columns, names, at, province)


def _compared(columns: Columns, names: Sequence[str], at: I64, read: Callable[[str], str | None]) -> F64:
    """Whether two texts mean something else, after `read`; codes of two columns have words of their own."""
    numbered: dict[str, int] = {}
    meanings = []
    for name in names:
        read_words = [read(word) for word in columns.words.get(name, ())]
        codes = [-1 if word is None else numbered.setdefault(word, len(numbered)) for word in read_words]
        meanings.append(np.array([*codes, -1], dtype=np.int64)[text_column(columns, name)[at]])
    first, second = meanings
    return _where((first >= 0) & (second >= 0), first != second)


def _years_since(columns: Columns, names: Sequence[str], at: I64) -> F64:
    year = number_column(columns, names[0])[at]
    now = columns.known_at[at].astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
    return _where(year != MISSING, now - np.where(year != MISSING, year, 0))


def _hour(columns: Columns, names: Sequence[str], at: I64) -> F64:
    return (columns.known_at[at] % DAY // HOUR).astype(np.float64)


def _weekday(columns: Columns, names: Sequence[str], at: I64) -> F64:
    return ((columns.known_at[at] // DAY + THURSDAY) % 7).astype(np.float64)


def _delay(columns: Columns, names: Sequence[str], at: I64) -> F64:
    happened = columns.event_at[at]
    known = happened != MISSING
    return _where(known, (columns.known_at[at] - np.where(known, happened, 0)) / SECOND)


_MEASURES: dict[str, Measure] = {
    "number": _number,
    "text": _text,
    "number_missing": _number_missing,
    "text_missing": _text_missing,
    "ratio": _ratio,
    "difference": _difference,
    "differs": _differs,
    "place_differs": _place_differs,
    "years_since": _years_since,
    "hour": _hour,
    "weekday": _weekday,
    "delay": _delay,
}
