"""Files as the facts a load would write, without a server: for tests of what is refused and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from core.errors import UsageError
from core.progress import SILENT
from loaders.hashing import Hasher
from loaders.mapping import Mapping, read_mapping
from loaders.mapping.read import schema_of
from loaders.reasons import REASONS
from loaders.settle import settle
from loaders.stage import Counts, Stager

NOW = 1_735_689_600_000_000  # 2025-01-01
HEAD = "id,user,at,amount,note,device,phone\n"
GOOD = "a1,u1,2024-03-01 10:00,12.50,fine,dev-1,13800000001\n"
TABLE = """
[[table]]
name = "rows"
file = "rows*"
becomes = "application"
id = "id"
user = "user"
event_at = { column = "at" }
identifiers = [{ type = "Device", column = "device" }, { type = "Phone", column = "phone", role = "self" }]
[table.properties]
amount_cents = { column = "amount", money = "major" }
note = { column = "note" }
"""
OUTCOMES = """
[[table]]
name = "outcomes"
file = "outcomes.csv"
becomes = "outcome"
application = "application"
target = "fraud"
value = { column = "value", values = { yes = 1.0, no = 0.0 } }
known_at = { column = "known" }
"""


@dataclass
class Staged:
    """What a load would write, and what it refused."""

    counts: Counts
    frames: dict[str, pl.DataFrame]
    refused: list[dict[str, object]]
    conflicts: list[dict[str, object]]

    @property
    def rows(self) -> pl.DataFrame:
        return self.frames["rows"]

    @property
    def lines(self) -> list[tuple[object, object]]:
        return [(one["line"], one["reason"]) for one in self.refused if one["what"] == "rejected"]


def mapping(folder: Path, *tables: str, zone: str = "UTC") -> Path:
    path = folder / "mapping.toml"
    path.write_text(f'format = 1\nsource = "t"\ntimezone = "{zone}"\n' + "".join(tables), encoding="utf-8")
    return path


def stager(folder: Path, declared: Mapping, now: int = NOW) -> Stager:
    """What stages the files below `folder/data`."""
    hasher = Hasher(b"k" * 32)
    return Stager(declared, folder / "data", schema_of(declared), hasher, now, folder / "staged", SILENT)


def staged(folder: Path, *texts: str, zone: str = "UTC", alone: bool = False, now: int = NOW) -> Staged:
    """The files below `folder/data` as facts; checks that every row is accounted for."""
    reading = stager(folder, read_mapping(mapping(folder, *(texts or (TABLE,)), zone=zone)), now)
    tables = reading.run()
    settle(tables, reading.counts, reading.journal, alone=alone)
    found: dict[str, list[pl.DataFrame]] = {}
    for table in tables:
        found.setdefault(table.table.name, []).extend(pl.read_parquet(path) for path in table.parts)
    frames = {name: pl.concat(parts, how="vertical_relaxed") for name, parts in found.items()}
    counts = reading.counts
    counts.created = sum(frame.height for frame in frames.values())
    refused = [json.loads(line) for line in reading.journal.rejects.read_text().splitlines()]
    conflicts = [json.loads(line) for line in reading.journal.conflicts.read_text().splitlines()]
    assert counts.read == counts.accepted + counts.rejected + counts.conflicts
    assert counts.rejected == sum(one["what"] == "rejected" for one in refused)
    assert counts.conflicts == len(conflicts)
    assert all(one["file"] and isinstance(one["line"], int) and one["reason"] in REASONS for one in refused)
    return Staged(counts, frames, refused, conflicts)


def put(folder: Path, content: str | bytes, name: str = "rows.csv") -> Path:
    path = folder / "data" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(folder: Path, *tables: str, zone: str = "UTC") -> UsageError:
    with pytest.raises(UsageError) as caught:
        staged(folder, *tables, zone=zone)
    return caught.value


def said(error: UsageError) -> str:
    return " ".join((error.message, *error.hints))
