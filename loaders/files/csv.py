"""CSV, record by record: a broken quote or a wrong number of fields costs its own line, not the file."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from core.errors import UsageError
from loaders.files.batch import Batch, Collector
from loaders.files.lines import LINE_BYTES, Line, lines
from loaders.mapping.model import File

QUOTED_LINES = 50
"""A quoted field may run over this many lines; a quote that does not close by then is a mistake."""
# A long text in a column that nobody reads costs nothing; lines bound it already.
csv.field_size_limit(LINE_BYTES * (QUOTED_LINES + 1))


def header(stream: BinaryIO, name: str, how: File) -> list[str]:
    """The names of the columns. Raises `UsageError` (`file.empty`, `file.encoding`, `csv.header`)."""
    _, names = _header(_Lines(stream, how.encoding), name, how)
    return names


def read_csv(stream: BinaryIO, name: str, how: File) -> Iterator[Batch]:
    """Batches of the rows below the header."""
    source = _Lines(stream, how.encoding)
    _, names = _header(source, name, how)
    collector = Collector(name, names)
    for number, text, refused in source:
        if refused is not None:
            collector.reject(number, refused)
        elif text:
            record = _record(source, text, how, len(names))
            if isinstance(record, str):
                collector.reject(number, record)
            else:
                collector.add(number, record)
        if collector.full():
            yield from collector.take()
    yield from collector.take()


class _Lines:
    """Lines that can be put back."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._lines = lines(stream, encoding)
        self._back: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self._back.popleft() if self._back else next(self._lines)

    def put_back(self, taken: list[Line]) -> None:
        self._back.extendleft(reversed(taken))


def _header(source: _Lines, name: str, how: File) -> tuple[int, list[str]]:
    if how.columns:
        return 0, list(how.columns)
    for number, text, refused in source:
        if refused is not None or "\x00" in text:
            raise UsageError(
                "file.encoding",
                f"The header of {name} is not {how.encoding} text.",
                hints=('If it is Chinese text, set reads.encoding = "gb18030".',
                       "If it is UTF-16, save it as UTF-8.", "If it is Parquet, set reads.format."),
            )  # fmt: skip
        if text:
            record = _record(source, text, how)
            names = [] if isinstance(record, str) else _names(record)
            if len(set(names)) < len(record) or not any(names):
                raise UsageError(
                    "csv.header", f"The header of {name} has repeated or unclosed names, or none."
                )
            return number, names
    raise UsageError("file.empty", f"{name} is empty: not even a header.")


def _names(record: list[str]) -> list[str]:
    """A nameless column, such as the row numbers that pandas writes, is called by its place."""
    return [column.strip() or f"column_{place}" for place, column in enumerate(record, 1)]


def _record(source: _Lines, text: str, how: File, width: int | None = None) -> list[str] | str:
    """The `width` fields of the record that begins with `text`, or the reason it is none.

    What runs over several lines and is no record in the end costs its first line alone.
    """
    if "\x00" in text:
        return "csv.nul"
    if how.quote not in text:
        fields = text.split(how.delimiter)
        return fields if width in (None, len(fields)) else "csv.fields"
    taken: list[Line] = []
    while True:
        joined = "\n".join([text, *(line[1] for line in taken)])
        found = _parsed(joined, how)
        if found is None and len(taken) < QUOTED_LINES and (more := next(source, None)) is not None:
            taken.append(more)
            if more[2] is None:
                continue
        if isinstance(found, list) and width in (None, len(found)):
            return found
        source.put_back(taken)
        return "csv.fields" if isinstance(found, list) else found or "csv.unclosed_quote"


def _parsed(text: str, how: File) -> list[str] | str | None:
    """The fields of one record; None when a quote is still open; else the reason it is none."""
    try:
        return next(csv.reader([text], delimiter=how.delimiter, quotechar=how.quote, strict=True))
    except csv.Error as error:
        return None if "unexpected end of data" in str(error) else "csv.quote"
