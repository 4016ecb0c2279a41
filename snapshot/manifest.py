"""What a snapshot holds: one JSON file, written last, so that what it names is whole and nothing else counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.errors import IncompatibleError, NotFoundError
from core.files import write_whole
from graph_schema import FINGRAPH, Schema
from graph_schema.live import extended_by

FORMAT = 1
NAME = "manifest.json"


@dataclass(frozen=True)
class File:
    """A Parquet file of a table."""

    path: str
    """Below the snapshot's folder."""
    table: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What is there, and up to where."""

    schema_version: int
    extensions: str
    """What mappings declared, as JSON."""
    hash_key_id: str | None
    export: int
    """Number of the export that made it."""
    made_at: int
    """µs"""
    watermark: int
    """µs: arrivals known before then are in it, and none known later."""
    loads: dict[int, int]
    """File loads that are in it whole, with when they finished (µs)."""
    given_up: tuple[int, ...]
    """Loads that never finished; what they wrote is in it, and is looked for again each time."""
    online: tuple[int, ...]
    """Loads of arrivals."""
    left_out: tuple[int, ...]
    """Loads that were running; the export after their end takes them."""
    run: int
    """Last finished run of the ring finder; 0 before the first."""
    counts: dict[str, int]
    """Nodes by label, and relationships by table."""
    files: tuple[File, ...] = field(repr=False)
    format: int = FORMAT

    def of(self, table: str) -> Iterator[File]:
        """The files of a table, in the order in which they were written."""
        return (file for file in self.files if file.table == table)

    @property
    def schema(self) -> Schema:
        """The schema it was exported with, what mappings declared included."""
        return extended_by(FINGRAPH, self.extensions)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in `folder`, None where there is none.

    Raises `IncompatibleError` (`snapshot.format`) when another FinGraph wrote it.
    """
    path = folder / NAME
    if not path.exists():
        return None
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if told.get("format") != FORMAT or told["schema_version"] > FINGRAPH.version:
        raise IncompatibleError(
            "snapshot.format",
            f"{folder} holds a snapshot of another FinGraph; delete it and export anew, or upgrade.",
        )
    lists = {name: tuple(told[name]) for name in ("given_up", "online", "left_out")}
    loads = {int(number): finished for number, finished in told["loads"].items()}
    return Manifest(**{**told, **lists, "loads": loads, "files": tuple(File(**one) for one in told["files"])})


def require_manifest(folder: Path) -> Manifest:
    """As `read_manifest`; raises `NotFoundError` (`snapshot.missing`) where there is none."""
    found = read_manifest(folder)
    if found is None:
        raise NotFoundError("snapshot.missing", f"{folder} holds no snapshot; make one: fingraph snapshot")
    return found


def write_manifest(folder: Path, made: Manifest) -> None:
    """Put the manifest into its place, whole."""
    write_whole(folder / NAME, json.dumps(asdict(made), indent=1) + "\n")
