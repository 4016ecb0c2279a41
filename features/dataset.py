"""Training tables: features as they were at each application's own point, labels by when they became known.

A label is what was known `maturity` after the application, no more: whoever trains sees what a lender could have
known. Applications younger than that at `known_until` have no label yet, however their outcome turned out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from core.clock import DAY, iso
from core.errors import IncompatibleError, NotFoundError, UsageError
from features.catalogue import Catalogue
from features.compute import Features, application_positions, prepare, with_carried
from snapshot.columns import F64, I64, MISSING, NEVER, Bools, Columns

SHARES = (0.6, 0.2, 0.2)
"""Of the applications, in the order of facts: train, validation, test."""
FOLDS = 5
HEAD = (
    "application",
    "known_at",
    "seq",
    "user",
    "target",
    "label",
    "value",
    "label_known_at",
    "matured",
    "weight",
    "split",
    "fold",
)
"""Columns before the features."""
MANIFEST, TABLE = "manifest.json", "table.parquet"


@dataclass(frozen=True)
class Wanted:
    """What a training table is asked to hold."""

    target: str
    first: int
    """µs: applications known from then on,"""
    end: int
    """µs: and before then."""
    maturity: int = 90 * DAY
    """µs after the application at which its label is read."""
    known_until: int = NEVER
    """µs: what became known from then on is not known yet. By default everything in the columns is."""
    definitions: tuple[str, ...] | None = None
    """Names of features; None: all."""
    beside: tuple[tuple[str, int], ...] = ()
    """Other targets and their maturities (µs), each a column `label_of_{target}`."""


@dataclass(frozen=True)
class Labels:
    """Of `b` applications."""

    value: F64
    """As it was told: cents of an amount, 1 or 0 of what happened or not; NaN where nothing was known in time."""
    known_at: I64
    """µs; `MISSING` where nothing was."""
    matured: Bools
    """Whether `maturity` had passed by `known_until`."""

    @property
    def told(self) -> F64:
        """The value where it had matured, else NaN."""
        return np.where(self.matured, self.value, np.nan)

    def label(self, rows: slice) -> pl.Series:
        """Of some of the applications: 1 where the value is above 0, else 0; null where it is not known."""
        value = self.told[rows]
        found = np.where(np.isnan(value), np.nan, value > 0)
        return pl.Series(found).fill_nan(None).cast(pl.Int8)


def labels(columns: Columns, wanted: Wanted, at: I64) -> Labels:
    """What was known of the target `maturity` after each application: the latest of its outcomes by then."""
    known = columns.outcomes
    code = known.names.index(wanted.target) if wanted.target in known.names else -1
    owner = np.repeat(np.arange(columns.size), np.diff(known.start))
    in_time = known.known_at - columns.known_at[owner] <= wanted.maturity
    rows = np.flatnonzero((known.name == code) & in_time & (known.known_at < wanted.known_until))
    last = np.full(columns.size, -1, dtype=np.int64)
    last[owner[rows]] = rows  # of several the last stands: they are in the order of facts
    found = last[at]
    return Labels(
        value=np.where(found >= 0, known.value[found] if len(known.value) else 0.0, np.nan),
        known_at=np.where(found >= 0, known.known_at[found] if len(known.value) else 0, MISSING),
        matured=wanted.known_until - columns.known_at[at] >= wanted.maturity,
    )


def splits(columns: Columns, at: I64, maturity: int) -> Sequence[str]:
    """`train`, `validation` or `test` by time; `gap` where a label matures only after the next part began."""
    begins = [
        int(columns.known_at[at[min(int(len(at) * share), len(at) - 1)]]) for share in np.cumsum(SHARES)[:2]
    ]
    found = np.full(len(at), "train", dtype=object)
    moment = columns.known_at[at]
    found[moment >= begins[0]], found[moment >= begins[1]] = "validation", "test"
    for begin in begins:
        found[(moment < begin) & (moment + maturity > begin)] = "gap"
    return list(found)


def folds(columns: Columns, at: I64) -> I64:
    """0 to 4 by user, so that nobody is in two; where no user is known, by place."""
    users = columns.relations.get("User")
    user = columns.user[at].astype(np.int64)
    code = users.code[user] if users is not None else user
    mixed = np.where(user >= 0, code, -1 - at).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(40)).astype(np.int64) % FOLDS


def blocks(
    columns: Columns, catalogue: Catalogue, wanted: Wanted, threads: int = 1
) -> Iterator[pl.DataFrame]:
    """The training table, a block of rows at a time, in the order of facts: `HEAD`, then a column a variant.

    Raises `NotFoundError` (`dataset.target`, `dataset.empty`), `UsageError` (`dataset.window`).
    """
    if wanted.first >= wanted.end:
        raise UsageError("dataset.window", "The first day is after the last; swap --from and --to.")
    if wanted.target not in columns.outcomes.names:
        known = ", ".join(columns.outcomes.names) or "none"
        raise NotFoundError(
            "dataset.target", f"No outcome '{wanted.target[:40]}' is known. There are: {known}."
        )
    at = application_positions(columns, wanted.first, wanted.end)
    if not len(at):
        raise NotFoundError("dataset.empty", "No application became known in that time; choose other days.")
    whole = columns if columns.carried is not None else with_carried(columns, catalogue, threads)
    prepared = prepare(whole, catalogue, wanted.definitions, threads)
    parts, fold, told = splits(columns, at, wanted.maturity), folds(columns, at), labels(columns, wanted, at)
    beside = {
        f"label_of_{target}": labels(columns, replace(wanted, target=target, maturity=maturity), at)
        for target, maturity in wanted.beside
    }
    place = 0
    for made in prepared.blocks(at, threads=threads):
        rows = slice(place, place + len(made.at))
        frame = _framed(columns, wanted, made, told, parts[rows], fold[rows], rows)
        yield frame.with_columns(**{name: one.label(rows) for name, one in beside.items()})
        place += len(made.at)


def _framed(
    columns: Columns,
    wanted: Wanted,
    made: Features,
    told: Labels,
    parts: Sequence[str],
    fold: I64,
    rows: slice,
) -> pl.DataFrame:
    at = made.at
    usable = told.matured[rows] & ~np.isnan(told.value[rows])
    moment = told.known_at[rows]
    head = pl.DataFrame(
        {
            "application": [columns.keys[p] for p in at] if columns.keys else [str(p) for p in at],
            "known_at": columns.known_at[at],
            "seq": columns.seq[at],
            "user": columns.user[at],
            "target": pl.repeat(wanted.target, len(at), eager=True),
            "label": told.label(rows),
            "value": pl.Series(told.told[rows]).fill_nan(None),
            "label_known_at": pl.Series(moment).replace(MISSING, None),
            "matured": told.matured[rows],
            "weight": usable.astype(np.float64),
            "split": pl.Series(parts, dtype=pl.String),
            "fold": fold.astype(np.int8),
        }
    )
    return pl.concat([head, made.frame()], how="horizontal")


def training_table(columns: Columns, catalogue: Catalogue, wanted: Wanted, threads: int = 1) -> pl.DataFrame:
    """The training table as one frame. See `blocks` for columns and errors."""
    return pl.concat(list(blocks(columns, catalogue, wanted, threads)))


@dataclass(frozen=True)
class Manifest:
    """What lies beside a training table."""

    catalogue: str
    """Version of the catalogue; tables of two versions are never mixed."""
    features: tuple[str, ...]
    target: str
    first: str | None
    end: str | None
    maturity_days: float
    known_until: str | None
    rows: int
    labelled: int
    positives: int
    splits: dict[str, int]
    sha256: str
    """Of the table's file."""


def write_dataset(
    columns: Columns, catalogue: Catalogue, wanted: Wanted, folder: Path, threads: int = 1
) -> Manifest:
    """Write the training table as Parquet with its manifest; the manifest comes last, so a folder that has one is whole.

    Raises `UsageError` (`dataset.exists`) when the folder holds a table, and what `blocks` raises.
    """
    if (folder / MANIFEST).exists():
        raise UsageError("dataset.exists", f"{folder} holds a training table; name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    counts, parts, writer = np.zeros(3, dtype=np.int64), dict[str, int](), None
    try:
        for frame in blocks(columns, catalogue, wanted, threads):
            table = frame.to_arrow()
            writer = writer or pq.ParquetWriter(folder / TABLE, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
            usable = frame.filter(pl.col("weight") > 0)["label"]
            counts += np.array([frame.height, usable.len(), int(usable.sum())])
            for split, count in frame["split"].value_counts().iter_rows():
                parts[split] = parts.get(split, 0) + count
    finally:
        if writer is not None:
            writer.close()
    rows, labelled, positives = counts.tolist()
    made = Manifest(
        catalogue=catalogue.version,
        features=tuple(variant.name for variant in catalogue.selected(wanted.definitions)),
        target=wanted.target,
        first=iso(wanted.first),
        end=iso(wanted.end),
        maturity_days=wanted.maturity / DAY,
        known_until=None if wanted.known_until == NEVER else iso(wanted.known_until),
        rows=rows,
        labelled=labelled,
        positives=positives,
        splits=dict(sorted(parts.items())),
        sha256=_sha256(folder / TABLE),
    )
    (folder / MANIFEST).write_text(json.dumps(asdict(made), indent=1) + "\n", encoding="utf-8")
    return made


def read_dataset(folder: Path, catalogue: Catalogue | None = None) -> tuple[pl.DataFrame, Manifest]:
    """A training table and its manifest.

    Raises `NotFoundError` (`dataset.missing`), `IncompatibleError` (`dataset.changed`) when the file is not the one
    that was written, and (`features.version`) when it is of another version than `catalogue`.
    """
    if not (folder / MANIFEST).exists():
        raise NotFoundError("dataset.missing", f"{folder} holds no finished training table.")
    told: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    made = Manifest(**{**told, "features": tuple(told["features"])})
    if _sha256(folder / TABLE) != made.sha256:
        raise IncompatibleError(
            "dataset.changed", f"{folder / TABLE} is not what was written; build it anew."
        )
    if catalogue is not None and catalogue.version != made.catalogue:
        raise another_version(made.catalogue, catalogue.version)
    return pl.read_parquet(folder / TABLE), made


def combine(parts: Sequence[tuple[pl.DataFrame, Manifest]]) -> pl.DataFrame:
    """Several training tables as one; raises `IncompatibleError` (`features.version`) when versions differ."""
    versions = sorted({made.catalogue for _, made in parts})
    if len(versions) > 1:
        raise another_version(versions[0], versions[1])
    return pl.concat([frame for frame, _ in parts], how="vertical_relaxed")


def another_version(one: str, other: str) -> IncompatibleError:
    """Two versions of the catalogue met where one is needed."""
    return IncompatibleError(
        "features.version",
        f"Features of catalogue {one} and of {other} do not mix; compute both with one catalogue.",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
