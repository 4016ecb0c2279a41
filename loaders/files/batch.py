"""What reading yields: rows as columns with their line numbers, and lines that are no rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

BATCH_ROWS = 100_000
BATCH_CHARACTERS = 256 << 20
"""A batch is handed on early when its text is this large, so that wide rows don't fill the memory."""
LINE = "_line"


@dataclass(frozen=True)
class Reject:
    """A row refused: where it stands and why, never what it holds."""

    file: str
    line: int
    reason: str
    column: str | None = None


@dataclass(frozen=True)
class Batch:
    """Some rows of one file. `frame` has the file's columns and `_line` (Int64, from 1)."""

    file: str
    frame: pl.DataFrame
    rejects: tuple[Reject, ...] = ()


class Collector:
    """Gathers records of text into batches of columns."""

    def __init__(self, file: str, columns: list[str]) -> None:
        self.file = file
        self._columns = columns
        self._rows: list[list[str]] = []
        self._lines: list[int] = []
        self._rejects: list[Reject] = []
        self._characters = 0

    def add(self, line: int, record: list[str]) -> None:
        """One record, as wide as the header."""
        self._rows.append(record)
        self._characters += sum(map(len, record))
        self._lines.append(line)

    def reject(self, line: int, reason: str) -> None:
        """One line that is no record."""
        self._rejects.append(Reject(self.file, line, reason))

    def full(self) -> bool:
        """Whether it is time to hand a batch on."""
        rows = len(self._rows) + len(self._rejects)
        return rows >= BATCH_ROWS or self._characters >= BATCH_CHARACTERS

    def take(self) -> Iterator[Batch]:
        """The batch gathered so far, if there is one; empty text becomes null."""
        if not self._rows and not self._rejects:
            return
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(self._columns)
        frame = pl.DataFrame(
            [
                pl.Series(name, values, dtype=pl.String)
                for name, values in zip(self._columns, columns, strict=True)
            ]
        ).with_columns(pl.col(pl.String).replace("", None), pl.Series(LINE, self._lines, dtype=pl.Int64))
        yield Batch(self.file, frame, tuple(self._rejects))
        self._rows, self._lines, self._rejects, self._characters = [], [], [], 0
