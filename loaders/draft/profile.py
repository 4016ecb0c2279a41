"""What one column holds, in numbers: no value of it leaves this module but through the guesses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from loaders.convert import text_of

SAMPLE = 1_000
"""Distinct values that a guess looks at."""
NOT_AVAILABLE = (
    "NA",
    "N/A",
    "#N/A",
    "NaN",
    "nan",
    "NULL",
    "null",
    "None",
    "none",
    "\\N",
    "-",
    "--",
    "?",
    "缺失",
    "空",
)
INTEGER, NUMBER = r"^-?\d{1,18}(?:\.0+)?$", r"^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$"
MOST = 0.995


def true_share(flags: pl.Series) -> float:
    """Share of true among the flags that are not null; 0 where there are none."""
    known = flags.drop_nulls()
    return int(known.sum()) / len(known) if len(known) else 0.0


@dataclass(frozen=True)
class Column:
    """One column of the rows looked at."""

    name: str
    raw: pl.Series

    @property
    def rows(self) -> int:
        """Rows looked at."""
        return len(self.raw)

    @property
    def nested(self) -> bool:
        """Whether its values are lists, structures or bytes."""
        return self.raw.dtype.is_nested() or self.raw.dtype in (pl.Binary, pl.Object)

    @cached_property
    def _given(self) -> pl.Series:
        return text_of(self.raw).rename(self.name)

    @cached_property
    def stand_ins(self) -> tuple[str, ...]:
        """Texts that stand for an empty cell: words such as `NA` where all else is numbers or times."""
        odd = self._given.filter(~self._given.str.contains(r"\d")).unique()
        found = tuple(sorted(odd.drop_nulls().to_list())) if len(odd) <= len(NOT_AVAILABLE) else ()
        rest = self._given.str.contains(r"\d").sum()
        return found if found and rest and set(found) <= set(NOT_AVAILABLE) else ()

    @cached_property
    def text(self) -> pl.Series:
        """The values as trimmed text, null where empty."""
        if not self.stand_ins:
            return self._given
        return self._given.set(self._given.is_in(self.stand_ins).fill_null(False), None)

    @cached_property
    def filled(self) -> int:
        """Rows that have a value."""
        return self.rows - self.text.null_count()

    @cached_property
    def distinct(self) -> int:
        """Different values."""
        return self.text.drop_nulls().n_unique()

    @property
    def spread(self) -> float:
        """Different values a filled row."""
        return self.distinct / self.filled if self.filled else 0.0

    @property
    def unique(self) -> bool:
        """Whether every row has a value of its own."""
        return self.filled == self.rows == self.distinct

    @cached_property
    def sample(self) -> pl.Series:
        """Some different values, as text."""
        return self.text.drop_nulls().unique(maintain_order=True).head(SAMPLE)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How often each value stands, the most frequent first; for columns of few values only."""
        frame = self.text.drop_nulls().value_counts(sort=True)
        return dict(zip(frame[self.name].to_list(), frame["count"].to_list(), strict=True))

    def share(self, pattern: str) -> float:
        """Share of the sample that matches."""
        return true_share(self.sample.str.contains(pattern))

    @cached_property
    def integer(self) -> bool:
        """Whether (nearly) all values are whole numbers."""
        return self._nearly(INTEGER)

    @cached_property
    def number(self) -> bool:
        """Whether (nearly) all values are numbers."""
        return self.integer or self._nearly(NUMBER)

    def _nearly(self, pattern: str) -> bool:
        if self.raw.dtype == pl.Boolean or not self.filled:
            return False
        return true_share(self.text.str.contains(pattern)) >= MOST

    @cached_property
    def words(self) -> str:
        """The name as lower-case words between underscores: `MonthlyIncome` is `_monthly_income_`."""
        spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.name)
        parts = re.findall(r"[a-z]+|[0-9]+|[\u3400-\u9fff]+", spaced.lower())
        return f"_{'_'.join(parts)}_"

    def named(self, pattern: str) -> bool:
        """Whether the words of the name match."""
        return re.search(pattern, self.words) is not None
