"""Rows of any kind of file, as batches of columns."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import UsageError
from loaders.files.batch import BATCH_ROWS, LINE, Batch, Collector
from loaders.files.csv import header, read_csv
from loaders.files.find import DataFile
from loaders.files.lines import lines
from loaders.mapping.model import File

HEADER_ROWS = 1_000
HEAD_BYTES = 1 << 16
FOREIGN_BYTES = 24
"""So many bytes beyond ASCII that are UTF-8 throughout are no GB18030 by chance."""
_VALUE = re.compile(r"@|(?:\d[\s().-]*){5}|(?:\d{1,3}\.){3}|:.*:")
"""What a cell may hold and no column is called: addresses, numbers, dates. A message never repeats it."""


def columns_of(file: DataFile, how: File) -> list[str]:
    """The columns of a file; for JSON lines those of its first thousand rows."""
    if file.format == "parquet":
        return [str(name) for name in _parquet(file).schema_arrow.names]
    with file.open() as stream:
        if file.format == "csv":
            return header(stream, file.name, how)
        names: dict[str, None] = {}
        for _, text, refused in islice(lines(stream, how.encoding), HEADER_ROWS):
            record = None if refused else _object(text)
            if record is not None:
                names.update(dict.fromkeys(record))
        if not names:
            raise UsageError("file.empty", f"{file.name} holds no JSON object.")
        return list(names)


def read(file: DataFile, how: File, needed: set[str], only: int | None = None) -> Iterator[Batch]:
    """Batches of `file` with at least the columns `needed`; `only`: about its first rows.

    Raises `UsageError` (`file.columns`) naming what is missing and what is there.
    """
    _check_encoding(file, how)
    there = columns_of(file, how)
    missing = sorted(needed - set(there))
    if missing:
        raise UsageError(
            "file.columns",
            f"{file.name} has no column {', '.join(missing)}"
            f"{f' in its first {HEADER_ROWS:,} rows' if file.format == 'jsonl' else ''}.",
            hints=(*_there(there, file.format), *_delimiter_hint(there, how)),
        )
    for batch in _some(_batches(file, how, needed), only):
        yield _emptied(batch, how)


def _emptied(batch: Batch, how: File) -> Batch:
    """The batch with the texts that stand for an empty cell as null."""
    if not how.empty:
        return batch
    blank = pl.col(pl.String).is_in(how.empty)
    frame = batch.frame.with_columns(pl.when(blank).then(None).otherwise(pl.col(pl.String)).name.keep())
    return Batch(batch.file, frame, batch.rejects)


def _some(batches: Iterator[Batch], only: int | None) -> Iterator[Batch]:
    if only is None:
        yield from batches
        return
    for batch in batches:
        yield Batch(batch.file, batch.frame.head(only), batch.rejects[:only])
        return


def _batches(file: DataFile, how: File, needed: set[str]) -> Iterator[Batch]:
    if file.format == "parquet":
        yield from _read_parquet(file, sorted(needed))
        return
    with file.open() as stream:
        if file.format == "csv":
            yield from read_csv(stream, file.name, how)
        else:
            yield from _read_jsonl(stream, file.name, how, sorted(needed))


def _read_jsonl(stream: BinaryIO, name: str, how: File, needed: list[str]) -> Iterator[Batch]:
    collector = Collector(name, needed)
    for number, text, refused in lines(stream, how.encoding):
        _add_json(collector, number, text, refused, needed)
        if collector.full():
            yield from collector.take()
    yield from collector.take()


def _check_encoding(file: DataFile, how: File) -> None:
    """Refuse UTF-8 that is declared GB18030: most of it decodes, into other words."""
    if file.format == "parquet" or how.encoding == "utf-8":
        return
    with file.open() as stream:
        head = stream.read(HEAD_BYTES)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return
    if sum(byte > 0x7F for byte in head) >= FOREIGN_BYTES:
        raise UsageError(
            "file.encoding", f"{file.name} is UTF-8 text.", hints=('Set reads.encoding = "utf-8".',)
        )


def _there(names: list[str], format_: str) -> tuple[str, ...]:
    """What a file has instead of what it lacks; a first line of data is no list of names, and is not shown."""
    shown = [name for name in names if not _VALUE.search(name)]
    if format_ == "csv" and len(shown) < len(names):
        return ("Its first line looks like data: name the columns in reads.columns.",)
    return (f"It has: {', '.join(name[:60] for name in shown[:40])}",)


def _delimiter_hint(there: list[str], how: File) -> tuple[str, ...]:
    for other in (";", "\t", "|", ","):
        if other != how.delimiter and len(there) == 1 and other in there[0]:
            return (f"The delimiter looks like {other!r}: set reads.delimiter.",)
    return ()


def _object(text: str) -> dict[str, object] | None:
    try:
        value = json.loads(text)
        return _flat(value) if isinstance(value, dict) else None
    except (ValueError, RecursionError):
        return None


def _flat(value: dict[str, object], prefix: str = "") -> dict[str, object]:
    """Nested objects become `outer.inner`."""
    flat: dict[str, object] = {}
    for name, inner in value.items():
        if isinstance(inner, dict):
            flat.update(_flat(inner, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = inner
    return flat


def _add_json(collector: Collector, number: int, text: str, refused: str | None, needed: list[str]) -> None:
    if refused is not None:
        collector.reject(number, refused)
    elif text.strip():
        record = _object(text)
        if record is None:
            collector.reject(number, "json.object")
        else:
            values = [_text(record.get(name)) for name in needed]
            if _HALF.search("".join(values)):
                collector.reject(number, "json.object")
            else:
                collector.add(number, values)


_HALF = re.compile("[\ud800-\udfff]")
"""Half a character, which JSON can write as an escape and no text can hold."""


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _parquet(file: DataFile) -> pq.ParquetFile:
    if file.member is not None:
        raise UsageError("file.kind", f"{file.name}: unpack Parquet files from their zip first.")
    try:
        return pq.ParquetFile(file.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise UsageError("file.broken", f"{file.name} is no Parquet file, or is damaged.") from error


def _read_parquet(file: DataFile, columns: list[str]) -> Iterator[Batch]:
    start = 1
    parquet = _parquet(file)
    _check_types(file, parquet, columns)
    blocks = parquet.iter_batches(batch_size=BATCH_ROWS, columns=columns)
    while True:
        try:
            block = next(blocks, None)
        except (pa.ArrowException, OSError) as error:
            raise UsageError("file.broken", f"{file.name} is no Parquet file, or is damaged.") from error
        if block is None:
            return
        frame = _texts(file, pl.DataFrame(pl.from_arrow(pa.Table.from_batches([block]))))
        count = block.num_rows
        yield Batch(file.name, frame.with_columns(pl.int_range(start, start + count).alias(LINE)))
        start += count


def _check_types(file: DataFile, parquet: pq.ParquetFile, columns: list[str]) -> None:
    schema = parquet.schema_arrow
    for name in columns:
        places = schema.get_all_field_indices(name)
        if len(places) != 1 or pa.types.is_nested(schema.field(places[0]).type):
            raise UsageError(
                "file.kind",
                f"{file.name}: the column {name} is there twice, or holds lists or records; give it one plain value a row.",
            )


def _texts(file: DataFile, frame: pl.DataFrame) -> pl.DataFrame:
    """Older writers keep text as bytes."""
    try:
        return frame.with_columns(pl.col(pl.Binary).cast(pl.String))
    except pl.exceptions.ComputeError as error:
        raise UsageError("file.encoding", f"{file.name} holds bytes that are no UTF-8 text.") from error
