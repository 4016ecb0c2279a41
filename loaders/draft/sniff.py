"""How a file is written: format, encoding, delimiter, header; and its first rows."""

from __future__ import annotations

import codecs
import csv
import glob
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from core.errors import UsageError
from loaders.files import columns_of, find, read
from loaders.files.batch import LINE
from loaders.files.find import DataFile
from loaders.mapping.model import File

HEAD_BYTES = 1 << 20
HEAD_LINES = 50
SAMPLE_ROWS = 100_000
"""Rows that a draft looks at."""
_DELIMITERS = (",", "\t", ";", "|")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DATA = re.compile(
    r"-?\d+(?:[.,]\d+)?|\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?(?:[ T].*)?|[^@\s]+@[^@\s]+\.\w+|\d{17}[Xx]"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
Encoding = Literal["utf-8", "gb18030"]


@dataclass(frozen=True)
class Sniffed:
    """A file, how it is written, and its first rows."""

    file: DataFile
    how: File
    frame: pl.DataFrame
    """The file's columns, in its order."""
    refused: int
    """Lines among them that are no rows."""
    notes: tuple[str, ...]
    """What a person should know about the reading."""


def sniff(path: Path) -> Sniffed:
    """Look at `path`. Raises `UsageError`: `file.none`, `file.empty`, `file.encoding`, `csv.header`, …"""
    if not path.is_file():
        raise UsageError("file.none", f"There is no file {path}.")
    format_ = _format(path)
    files = find(path.parent, glob.escape(path.name), format_)
    file, notes = files[0], []
    if len(files) > 1:
        notes.append(
            f"the archive holds {len(files)} files; they are read as one table, the first is looked at"
        )
    how = File(format="auto" if format_ == "auto" else file.format)
    if file.format != "parquet":
        how = _text_file(file, how, notes)
    columns = columns_of(file, how)
    batch = next(iter(read(file, how, set(columns), SAMPLE_ROWS)), None)
    if batch is None or not batch.frame.height:
        raise UsageError("file.empty", f"{file.name} holds no rows that can be read as {file.format}.")
    frame = batch.frame.drop(LINE)
    return Sniffed(file, how, frame.select(columns), len(batch.rejects), tuple(notes))


def _format(path: Path) -> str:
    """`auto` where the ending tells it, else by the first bytes."""
    ending = Path(path.stem).suffix if path.suffix in (".gz", ".zip") else path.suffix
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) if zipfile.is_zipfile(path) else _no_zip(path) as archive:
            ending = next((Path(name).suffix for name in archive.namelist() if not name.endswith("/")), "")
    if ending.lower() in (".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", ".json"):
        return "auto"
    first = next(iter(find(path.parent, glob.escape(path.name), "csv")))
    with first.open() as stream:
        head = stream.read(64).lstrip()
    if head.startswith(b"PAR1"):
        return "parquet"
    return "jsonl" if head.startswith(b"{") else "csv"


def _no_zip(path: Path) -> zipfile.ZipFile:
    raise UsageError("file.broken", f"{path.name} is no zip archive.")


def _text_file(file: DataFile, how: File, notes: list[str]) -> File:
    with file.open() as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(_UTF_16):
        raise UsageError("file.encoding", f"{file.name} is UTF-16.", hints=("Save it as UTF-8.",))
    encoding = _encoding(head)
    if encoding is None:
        raise UsageError(
            "file.encoding",
            f"{file.name} is neither UTF-8 nor GB18030 text.",
            hints=("Save it as UTF-8.", "If it is Parquet, let its name end in .parquet."),
        )
    how = how.model_copy(update={"encoding": encoding})
    if file.format != "csv":
        return how
    lines = [line for line in head.decode(encoding, "replace").removeprefix("\ufeff").splitlines() if line][
        :HEAD_LINES
    ]
    if not lines:
        raise UsageError("file.empty", f"{file.name} is empty: not even a header.")
    delimiter = _delimiter(lines)
    first = next(csv.reader(lines, delimiter=delimiter), [])
    columns: tuple[str, ...] = ()
    if _is_data(first):
        columns = tuple(f"column_{place}" for place in range(1, len(first) + 1))
        notes.append("the first line holds values, not names: the columns are named by their places")
    return how.model_copy(update={"delimiter": delimiter, "columns": columns})


def _encoding(head: bytes) -> Encoding | None:
    """The encoding in which fewer lines are broken; None where more than a tenth are in both."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    lines = head.split(b"\n")
    lines = lines[:-1] if len(head) == HEAD_BYTES and len(lines) > 1 else lines
    known: tuple[Encoding, ...] = ("utf-8", "gb18030")
    broken = {encoding: sum(not _decodes(line, encoding) for line in lines) for encoding in known}
    best = min(known, key=lambda encoding: broken[encoding])
    return best if broken[best] <= len(lines) / 10 and b"\x00" not in lines[0] else None


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(lines: list[str]) -> str:
    """The delimiter that gives most lines the header's number of fields, two or more."""

    def fitness(delimiter: str) -> tuple[int, int]:
        widths = [len(record) for record in csv.reader(lines, delimiter=delimiter)]
        width = widths[0] if widths else 0
        return (sum(w == width for w in widths) if width > 1 else 0, width)

    best = max(_DELIMITERS, key=fitness)
    return best if fitness(best)[0] else ","


def _is_data(first: list[str]) -> bool:
    """Whether a line is a row and no header: some field is a number, a date or an e-mail address."""
    return any(_DATA.fullmatch(cell.strip()) and not _YEAR.fullmatch(cell.strip()) for cell in first)
