"""The windows of a training table: what is learned from, stopped on, judged on; and the features chosen on the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from core.errors import NotFoundError, UsageError
from risk.encoding import fit_encoding
from risk.metrics import F64
from risk.segments import features_read
from risk.selection import Judged, select

Blocks = Callable[[], Iterator[pl.DataFrame]]
"""A training table (`features.dataset.blocks`), as often as it is asked for."""
NAMES = ("train", "validation", "test")
HEAD = ("application", "known_at", "label", "value")
LEAST_ROWS, LEAST_POSITIVES = 500, 30
"""Labelled applications, and positives, that each window must have."""
JUDGED_ROWS = 60_000
"""Rows of the training window that features are selected on, at least, where there are as many; spread evenly."""
MOST_ROWS = 1_000_000
"""Labelled applications of one window that are read, at least, where there are as many; spread evenly: 250 features of twice
as many are 4 GB."""


class Thinned:
    """Every so many-th row of what comes in blocks, in one pass: where too many have come every second of them is let go."""

    def __init__(self, least: int) -> None:
        self._least, self._every, self._seen = least, 1, 0
        self._parts: list[pl.DataFrame] = []
        self._height = 0

    def add(self, block: pl.DataFrame) -> None:
        """Take what is due of a block."""
        held = block.with_row_index("_row", self._seen)
        self._seen += block.height
        self._parts.append(held.filter(pl.col("_row") % self._every == 0))
        self._height += self._parts[-1].height
        while self._height > 2 * self._least:
            self._every *= 2
            self._parts = [part.filter(pl.col("_row") % self._every == 0) for part in self._parts]
            self._height = sum(part.height for part in self._parts)

    @property
    def frame(self) -> pl.DataFrame:
        """What was kept, in the order in which it came."""
        return pl.concat(self._parts).drop("_row")


@dataclass(frozen=True)
class Window:
    """Labelled rows of one window, in the order of time."""

    frame: pl.DataFrame
    label: F64
    """(n) 1 or 0"""
    unknown: pl.DataFrame
    """Of the same time: those whose outcome never became known, though it would have been by now."""
    others: pl.DataFrame
    """Of the same time: those that only other targets (`label_of_…`) are known of; empty where nobody asked for them."""

    def halves(self) -> tuple[Window, Window]:
        """Its first and its second half."""
        middle = self.frame.height // 2
        first, second = slice(None, middle), slice(middle, None)
        none = self.unknown.clear(), self.others.clear()
        return Window(self.frame[first], self.label[first], *none), Window(
            self.frame[second], self.label[second], *none
        )

    def with_(self, later: Window) -> Window:
        """This window and a later one."""
        frame, others = pl.concat([self.frame, later.frame]), pl.concat([self.others, later.others])
        return Window(frame, np.concatenate([self.label, later.label]), later.unknown.clear(), others)


def judged_features(blocks: Blocks, features: Sequence[str]) -> tuple[Judged, ...]:
    """Every feature, judged on an even sample of the training window; the best come first.

    Raises `NotFoundError` (`risk.no_labels`), `UsageError` (`risk.no_positives`).
    """
    sample = _sample(blocks)
    label = labels_of(sample)
    if not label.any():
        raise UsageError(
            "risk.no_positives", "No label of the training window is positive; there is nothing to learn."
        )
    encoding = fit_encoding(sample, tuple(features))
    return tuple(select(encoding.matrix(sample), label, features))


def _sample(blocks: Blocks) -> pl.DataFrame:
    thinned = Thinned(JUDGED_ROWS)
    for block in blocks():
        thinned.add(block.filter((pl.col("split") == "train") & (pl.col("weight") > 0)))
    sample = thinned.frame
    if not sample.height:
        raise NotFoundError(
            "risk.no_labels", "No application of the training window has a label yet; choose earlier days."
        )
    return sample


def read_windows(blocks: Blocks, kept: Sequence[str], *, others: bool = False) -> dict[str, Window]:
    """The windows by name, with the features that are kept and those that slices are told by; those that are learned from
    with the rows that only `others` are known of. Raises `UsageError` (`risk.window`, `risk.no_positives`)."""
    known, unknown, more = ({name: Thinned(MOST_ROWS) for name in NAMES} for _ in range(3))
    told_apart = [name for name in features_read() if name not in kept]
    for block in blocks():
        beside = [name for name in block.columns if name.startswith("label_of_")]
        sliced = [name for name in told_apart if name in block.columns]
        held = block.select("split", "weight", "matured", *HEAD, *beside, *sliced, *kept)
        for name in NAMES:
            rows = held.filter(pl.col("split") == name)
            known[name].add(rows.filter(pl.col("weight") > 0))
            told = pl.any_horizontal(False, *(pl.col(one).is_not_null() for one in beside))
            learned = others and name != "test"
            more[name].add(rows.filter((pl.col("weight") == 0) & told) if learned else rows.clear())
            left_out = (pl.col("weight") == 0) & pl.col("matured")
            unknown[name].add(rows.filter(left_out) if name == "test" else rows.clear())
    found = {}
    for name in NAMES:
        frame = known[name].frame
        label = labels_of(frame)
        _require(name, label)
        found[name] = Window(frame, label, unknown[name].frame, more[name].frame)
    return found


def _require(name: str, label: F64) -> None:
    if len(label) < LEAST_ROWS:
        raise UsageError(
            "risk.window",
            f"The {name} window has {len(label)} labelled applications, and needs {LEAST_ROWS}; "
            "take more days, or a shorter maturity.",
        )
    if not LEAST_POSITIVES <= label.sum() <= len(label) - LEAST_POSITIVES:
        raise UsageError(
            "risk.no_positives",
            f"The {name} window has {int(label.sum())} positives among {len(label)}, and needs "
            f"{LEAST_POSITIVES} of each; take more days.",
        )


def labels_of(frame: pl.DataFrame) -> F64:
    """(n) The labels of a frame."""
    return frame["label"].cast(pl.Float64).to_numpy()


def starts(window: Window) -> int:
    """µs: when its first application became known."""
    return int(window.frame["known_at"].to_numpy().min())
