"""Snapshots of a few facts, written as an export writes them, without a graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from graph_schema import FINGRAPH
from graph_schema.live import extensions
from snapshot.manifest import Manifest, write_manifest
from snapshot.store import Writer
from snapshot.tables import CODE, END, KEY, START, marks_table, tables

Named = tuple[str, str, str | None]
"""Label, key and role."""
ROWS: dict[str, Any] = {CODE: pl.Int64, KEY: pl.String, "known_at": pl.Int64, "seq": pl.Int64}
LINKS = {START: pl.Int64, END: pl.Int64, "role": pl.String, "known_at": pl.Int64, "seq": pl.Int64}


@dataclass(frozen=True)
class Fact:
    """An application, or another event, and what was named with it and later."""

    key: str
    known_at: int
    user: str
    named: tuple[Named, ...] = ()
    amended: tuple[tuple[int, Named], ...] = ()
    """Identifiers that came at a moment after it."""
    label: str = "Application"
    seq: int = 0


def write_snapshot(folder: Path, facts: Sequence[Fact]) -> Manifest:
    """The snapshot of some facts. Codes of identifiers are given in the order of the facts, as an export gives them."""
    codes: dict[str, dict[str, int]] = {label: {} for label in tables(FINGRAPH).nodes}
    nodes: dict[str, list[Any]] = {label: [] for label in codes}
    links: dict[str, list[Any]] = {}

    def code(label: str, key: str) -> int:
        if key not in codes[label]:
            codes[label][key] = len(codes[label])
            nodes[label].append((codes[label][key], key, None, None))
        return codes[label][key]

    for fact in facts:
        itself = codes[fact.label].setdefault(fact.key, len(codes[fact.label]))
        nodes[fact.label].append((itself, fact.key, fact.known_at, fact.seq))
        did = "SUBMITTED" if fact.label == "Application" else "DID"
        row = (code("User", fact.user), itself, None, fact.known_at, fact.seq)
        links.setdefault(f"User-{did}-{fact.label}", []).append(row)
        came = [(fact.known_at, fact.seq, one) for one in fact.named]
        for known_at, seq, (label, key, role) in (*came, *((at, 0, one) for at, one in fact.amended)):
            kind = f"{fact.label}-{FINGRAPH.identifier(label).relationship}-{label}"
            links.setdefault(kind, []).append((itself, code(label, key), role, known_at, seq))
    writer = Writer(folder, 1)
    for some, types in ((nodes, ROWS), (links, LINKS)):
        for name, rows in some.items():
            writer.add(name, pl.DataFrame(rows, types, orient="row"), "2025-01-01")
    counts = {label: len(of) for label, of in codes.items()}
    end = max(fact.known_at for fact in facts) + 1
    made = Manifest(
        FINGRAPH.version, extensions(FINGRAPH), None, 1, end, end, {}, (), (), (), 0,
        counts | {marks_table(label): 0 for label in tables(FINGRAPH).hubs}, writer.close(),
    )  # fmt: skip
    write_manifest(folder, made)
    return made
