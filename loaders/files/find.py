"""Which files a table means, and how each is opened."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, BinaryIO, Literal, cast

from core.errors import UsageError

Format = Literal["csv", "parquet", "jsonl"]
_ENDINGS: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv",
    ".parquet": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
}  # fmt: skip


@dataclass(frozen=True)
class DataFile:
    """One stream of rows: a file, or a member of a zip."""

    name: str
    """How it is called in messages: its path below the data folder."""
    path: Path
    format: Format
    member: str | None = None

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Its bytes, unpacked. Raises `UsageError` (`file.broken`) for a damaged archive."""
        try:
            if self.member is not None:
                with zipfile.ZipFile(self.path) as archive, self._member(archive, self.member) as inner:
                    yield cast(BinaryIO, inner)
            else:
                opener: Callable[[Path, Literal["rb"]], object] = (
                    gzip.open if self.path.suffix == ".gz" else open
                )
                with cast(BinaryIO, opener(self.path, "rb")) as plain:
                    yield plain
        except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
            raise UsageError("file.broken", f"{self.name} is damaged: {type(error).__name__}.") from error

    def _member(self, archive: zipfile.ZipFile, member: str) -> IO[bytes]:
        try:
            return archive.open(member)
        except RuntimeError as error:
            raise UsageError(
                "file.broken", f"{self.name} has a password or an unusual compression; unpack it first."
            ) from error


def find(data: Path, pattern: str, format_: str = "auto") -> list[DataFile]:
    """The files below `data` that `pattern` means, in order of their names.

    `pattern` is a path, a folder or a glob; what begins with `.` or `_` counts when the pattern names it so.
    Raises `UsageError`: `file.outside`, `file.none`, `file.kind`.
    """
    root = data.resolve()
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise UsageError(
            "file.outside", f"'{pattern}' does not lie below the data folder; write it relative to it."
        )
    here = root / pattern
    try:
        paths = sorted(p for p in (here.rglob("*") if here.is_dir() else root.glob(pattern)) if p.is_file())
    except ValueError as error:
        raise UsageError("file.none", f"'{pattern}' is no path, folder or glob: {error}.") from error
    aside = {".", "_"} - {part[0] for part in Path(pattern).parts}
    names = {path: path.relative_to(root) for path in paths}
    found = [
        file
        for path, name in names.items()
        if not _is_aside(name, aside)
        for file in _streams(_inside(path, root), str(name), format_, aside)
    ]
    if not found:
        there = sorted(p.name for p in root.iterdir())[:10] if root.is_dir() else []
        raise UsageError(
            "file.none",
            f"'{pattern}' matches no file in {data}.",
            hints=(
                f"It holds: {', '.join(there)}" if there else "The folder is empty or missing; set --data.",
                *(
                    ["Names that begin with . or _ are left out; name such a file by itself."]
                    if paths
                    else []
                ),
            ),
        )
    return found


def _is_aside(name: PurePath, aside: set[str]) -> bool:
    """Whether a file is no data: `_SUCCESS`, `.DS_Store`, what lies in `__MACOSX`."""
    return any(part[0] in aside for part in name.parts)


def _inside(path: Path, root: Path) -> Path:
    """`path`, unless it is a link that leads elsewhere: whoever may put a file there may not read all others."""
    if not path.resolve().is_relative_to(root):
        raise UsageError(
            "file.outside",
            f"'{path.relative_to(root)}' is a link that leads out of the data folder; put the file itself there.",
        )
    return path


def _streams(path: Path, name: str, format_: str, aside: set[str]) -> Iterator[DataFile]:
    if path.suffix == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                members = sorted(i.filename for i in archive.infolist() if not i.is_dir())
        except zipfile.BadZipFile as error:
            raise UsageError("file.broken", f"{name} is no zip archive.") from error
        for member in members:
            if not _is_aside(PurePosixPath(member), aside):
                yield DataFile(f"{name}/{member}", path, _format(Path(member), format_, name), member)
        return
    yield DataFile(name, path, _format(path, format_, name))


def _format(path: Path, declared: str, name: str) -> Format:
    if declared != "auto":
        return cast(Format, declared)
    ending = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    if ending.lower() not in _ENDINGS:
        raise UsageError("file.kind", f"{name}: set reads.format to csv, parquet or jsonl.")
    return _ENDINGS[ending.lower()]
