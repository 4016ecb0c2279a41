"""The files of a snapshot: written a block at a time below names that no manifest knows yet, and read back."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import IncompatibleError
from snapshot.manifest import File, Manifest

ROWS = 200_000
"""Rows of a row group, at most one block more."""


@dataclass
class _Open:
    """A file that is being written."""

    path: Path
    name: str
    table: str
    waiting: list[pl.DataFrame]
    writer: pq.ParquetWriter | None = None
    rows: int = 0

    def add(self, frame: pl.DataFrame) -> None:
        self.waiting.append(frame)
        if sum(one.height for one in self.waiting) >= ROWS:
            self.flush()

    def flush(self) -> None:
        if not self.waiting:
            return
        table: pa.Table = pl.concat(self.waiting).to_arrow(compat_level=pl.CompatLevel.oldest())
        if self.writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.writer = pq.ParquetWriter(self.path, table.schema, compression="zstd", compression_level=1)
        self.writer.write_table(table)
        self.rows += table.num_rows
        self.waiting = []


class Writer:
    """Writes the files of one export. What it leaves behind when it is killed, the next one deletes."""

    def __init__(self, folder: Path, export: int) -> None:
        self.folder = folder
        self._export = export
        self._open: dict[str, _Open] = {}
        self._done: list[File] = []

    def add(self, table: str, frame: pl.DataFrame, day: str | None = None) -> None:
        """Rows of a table, recorded on `day` (`2025-01-31`); None for a table that is written anew each time."""
        if frame.is_empty():
            return
        where = table if day is None else f"{table}/{day}"
        if where not in self._open:
            part = sum(file.path.startswith(f"{where}/") for file in self._done)
            name = f"{where}/{self._export:06d}-{part}.parquet"
            self._open[where] = _Open(self.folder / name, name, table, [])
        self._open[where].add(frame)

    def close(self) -> tuple[File, ...]:
        """Every file so far, on disk and durable; what is added later goes into others."""
        for one in self._open.values():
            one.flush()
            if one.writer is not None:
                one.writer.close()
            self._done.append(File(one.name, one.table, one.rows, durable_sha256(one.path)))
        self._open = {}
        return tuple(self._done)


def durable_sha256(path: Path) -> str:
    """Hash of a file, after it reached the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_whole(folder: Path, made: Manifest) -> None:
    """Raise `IncompatibleError` (`snapshot.changed`) unless every file is what was written."""
    for file in made.files:
        path = folder / file.path
        if not path.exists() or durable_sha256(path) != file.sha256:
            raise IncompatibleError(
                "snapshot.changed",
                f"{path} is not what was exported; delete {folder} and export anew: fingraph snapshot",
            )


_OURS = re.compile(r"[0-9]{6}(-[0-9]+)?\.parquet")
"""Names that an export gives; whatever else lies in the folder is somebody's."""


def delete_others(folder: Path, kept: Manifest | None) -> None:
    """Delete the Parquet files that the manifest does not name: of an export that did not end, or replaced."""
    names = {file.path for file in kept.files} if kept else set()
    for path in folder.rglob("*.parquet"):
        if str(path.relative_to(folder)) not in names and _OURS.fullmatch(path.name):
            path.unlink()


def scan(folder: Path, made: Manifest | None, table: str, types: dict[str, Any]) -> pl.LazyFrame:
    """A table, in the order in which it was written; columns that older files lack are null."""
    paths = [folder / file.path for file in made.of(table)] if made else []
    if not paths:
        return pl.LazyFrame(schema=types)
    return pl.scan_parquet(
        paths, schema=types, missing_columns="insert", extra_columns="ignore", glob=False, low_memory=True
    )
