"""Codes of nodes: given once, at the first export, and found again by key. Strings are never held but a few."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from snapshot.columns import I32, I64, UNKNOWN
from snapshot.manifest import Manifest
from snapshot.source import ID, Source
from snapshot.store import scan
from snapshot.tables import CODE, KEY, NodeTable


@dataclass
class Codes:
    """Codes by internal id, which lasts as long as one export: an array, for internal ids are dense."""

    source: Source
    folder: Path
    kept: Manifest | None
    counts: Counter[str] = field(default_factory=Counter)
    """How many codes of each label are given."""
    _by_id: I32 = field(default_factory=lambda: np.empty(0, dtype=np.int32))

    def __post_init__(self) -> None:
        self.counts.update(self.kept.counts if self.kept else {})

    def before(self, label: str) -> int:
        """How many codes of a label earlier exports gave."""
        return self.kept.counts.get(label, 0) if self.kept else 0

    def of(self, ids: I64) -> I64:
        """The codes of some nodes, `UNKNOWN` where none is given or looked up yet."""
        if len(ids) and int(ids.max()) >= len(self._by_id):
            return np.where(ids < len(self._by_id), self._of(np.minimum(ids, len(self._by_id) - 1)), UNKNOWN)
        return self._of(ids)

    def _of(self, ids: I64) -> I64:
        return self._by_id[ids].astype(np.int64) if len(self._by_id) else np.full(len(ids), UNKNOWN, np.int64)

    def set(self, ids: I64, codes: I64) -> None:
        """Keep the codes of some nodes."""
        if not len(ids):
            return
        if (top := int(ids.max())) >= len(self._by_id):
            more = np.full(max(top + 1 - len(self._by_id), len(self._by_id) // 4), UNKNOWN, dtype=np.int32)
            self._by_id = np.concatenate([self._by_id, more])
        self._by_id[ids] = codes

    def give(self, label: str, ids: I64) -> I64:
        """New codes for nodes that have none."""
        first = self.counts[label]
        codes = np.arange(first, first + len(ids), dtype=np.int64)
        self.counts[label] += len(ids)
        self.set(ids, codes)
        return codes

    def find(self, table: NodeTable, ids: I64) -> I64:
        """Look up by key which nodes an earlier export coded; returns those that none did."""
        ids = self._without(np.unique(ids))
        if not len(ids) or not self.before(table.label):
            return ids
        keys = self.source.keys(table.name, ids).lazy()
        coded = scan(self.folder, self.kept, table.name, {KEY: pl.String, CODE: pl.Int64})
        found = keys.join(coded, on=KEY).unique(ID).select(ID, CODE).collect(engine="streaming")
        self.set(found[ID].to_numpy(), found[CODE].to_numpy())
        return self._without(ids)

    def _without(self, ids: I64) -> I64:
        rest: I64 = ids[self.of(ids) == UNKNOWN]
        return rest
