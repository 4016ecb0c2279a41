"""What a network over several targets learns from: rows, and of each target the labels that were known by then.

A label of another target may take longer than the one that is trained for, and its row stands in the training window all
the same; so each counts only where it was known before the next window began. Where a target is known only among those
that another came true of, the chance of both is learned from everybody of whom it is known: of who was refused it is
known that nothing was paid out (the entire space of Ma et al. 2018, ESMM).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk.encoding import Encoding
from risk.metrics import F64
from risk.targets import Target, targets
from risk.windows import LEAST_POSITIVES, Window

ALONE = "label"
"""The name of a target that is trained for by itself."""


@dataclass(frozen=True)
class Together:
    """Rows, and labels of several targets."""

    values: F64
    """(n, features) in the order of the encoding"""
    labels: Mapping[str, F64]
    """(n) by target: 1, 0, or NaN where it was not known by then. The first is the one that is trained for."""

    @property
    def own(self) -> str:
        """The target that is trained for."""
        return next(iter(self.labels))

    @property
    def chains(self) -> dict[str, tuple[str, ...]]:
        """By target, itself and those that must have come true before, the earliest first; where all are here."""
        return {name: chain for name in self.labels if set(chain := chain_of(name)) <= set(self.labels)}

    def joint(self, chain: tuple[str, ...]) -> F64:
        """(n) Whether all of a chain came true: 0 from the first that did not; NaN where it is not known."""
        found = self.labels[chain[0]]
        for name in chain[1:]:
            found = np.where(found == 0, 0.0, self.labels[name])
        return found


def chain_of(name: str) -> tuple[str, ...]:
    """A target after those that must have come true before it."""
    among = targets()[name].among if name in targets() else None
    return (*chain_of(among), name) if among else (name,)


def beside(target: Target) -> tuple[Target, ...]:
    """The other targets that a network of one learns: events, predicted from all features."""
    if target.amount or target.reads:
        return ()
    return tuple(
        one for one in targets().values() if not one.amount and not one.reads and one.name != target.name
    )


def alone(values: F64, label: F64) -> Together:
    """Rows (n, features) of one target."""
    return Together(values, {ALONE: label})


def together(window: Window, values: F64, encoding: Encoding, target: Target | None, until: int) -> Together:
    """The rows of a window, `values` (n, features) those of its own labels, then those that others alone are known of.

    `until` (µs): what became known later is in no label of another target.
    """
    if target is None:
        return alone(values, window.label)
    none = np.full(window.others.height, np.nan)
    told = {target.name: np.concatenate([window.label, none])}
    for name, one in _others(target, window, until):
        if LEAST_POSITIVES <= np.nansum(one) <= np.sum(~np.isnan(one)) - LEAST_POSITIVES:
            told[name] = one
    if not window.others.height:
        return Together(values, told)
    told_of = np.any([~np.isnan(one) for one in told.values()], axis=0)
    rows = np.flatnonzero(told_of[len(values) :])
    kept = np.concatenate([np.arange(len(values)), len(values) + rows])
    whole = np.concatenate([values, encoding.matrix(window.others[rows])])
    return Together(whole, {name: one[kept] for name, one in told.items()})


def _others(target: Target, window: Window, until: int) -> Iterator[tuple[str, F64]]:
    """(n) Labels of the other targets that the table holds, NaN where they were not known by `until`."""
    for one in beside(target):
        column = f"label_of_{one.outcome}"
        if column not in window.frame.columns:
            continue
        rows = pl.concat([frame.select("known_at", column) for frame in (window.frame, window.others)])
        label = rows[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        yield one.name, np.where(known_by(rows["known_at"].to_numpy(), one.maturity, until), label, np.nan)


def known_by(known_at: NDArray[np.int64], maturity: int, until: int) -> NDArray[np.bool_]:
    """(n) Whether a label that is read `maturity` (µs) after an application's `known_at` (µs) was known by `until`."""
    return known_at + maturity <= until
