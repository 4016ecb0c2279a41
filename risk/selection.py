"""Which features a model reads, and why the others are left out: AUC, KS, IV, PSI and correlation, on the training window.

Trees and networks weigh features by themselves, and lose by what is withheld; they are spared only what cannot help. A
scorecard reads what tells more than chance would, and has not shifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from risk.metrics import F64, auc, binned, ks, mass_edges, psi

MOST_MISSING, MOST_PSI, MOST_CORRELATED = 0.995, 0.25, 0.98
SURE = 0.95
"""Of 100 features that tell nothing, so many have a smaller IV."""
MOST = 250
"""Features kept, those of the greatest IV."""
BINS = 10


@dataclass(frozen=True)
class Judged:
    """A feature on the training window."""

    name: str
    missing: float
    auc: float
    """Of its values where known, whichever way they point."""
    ks: float
    iv: float
    """Information value over `BINS` bins of equal mass and one of what is missing (Siddiqi 2006)."""
    by_chance: float
    """The IV that `SURE` of such features do not reach that tell nothing: of χ², by bins and rows of either kind."""
    psi: float
    """From the first half of the window to the second."""
    left_out: str = ""
    """Why no model reads it; empty: some do."""
    off_card: str = ""
    """Why a scorecard does not."""


def select(values: F64, label: F64, names: Sequence[str], most: int = MOST) -> list[Judged]:
    """Judge the columns of `values` (n, f), rows in the order of time; the best come first."""
    half = len(label) // 2
    judged = [_judged(name, values[:, place], label, half) for place, name in enumerate(names)]
    order = sorted(range(len(judged)), key=lambda i: (-judged[i].iv, judged[i].name))
    kept: list[int] = []
    found = []
    ranks = _ranked(values)
    for i in order:
        reason = _reason(judged[i]) or ("more than enough" if len(kept) >= most else "")
        if not reason and kept:
            same = np.abs(ranks[:, kept].T @ ranks[:, i])
            if same.max() > MOST_CORRELATED:
                reason = f"says what {names[kept[int(same.argmax())]]} says"
        if not reason:
            kept.append(i)
        found.append(replace(judged[i], left_out=reason, off_card=_off_card(judged[i])))
    return found


def kept(judged: Sequence[Judged]) -> tuple[str, ...]:
    """Names of what models read, the best first."""
    return tuple(one.name for one in judged if not one.left_out)


def carded(judged: Sequence[Judged]) -> tuple[str, ...]:
    """Names of what a scorecard may read, the best first."""
    return tuple(one.name for one in judged if not one.left_out and not one.off_card)


def _judged(name: str, values: F64, label: F64, half: int) -> Judged:
    known = ~np.isnan(values)
    area = auc(values[known], label[known]) if known.any() else float("nan")
    iv, by_chance = information_value(values, label)
    return Judged(
        name,
        missing=float(1 - known.mean()),
        auc=max(area, 1 - area),
        ks=max(ks(values[known], label[known]), ks(-values[known], label[known]))
        if known.any()
        else float("nan"),
        iv=iv,
        by_chance=by_chance,
        psi=psi(values[:half], values[half:]),
    )


def _reason(one: Judged) -> str:
    if one.missing > MOST_MISSING:
        return "hardly ever known"
    return "" if one.iv > 0 else "the same of everybody"


def _off_card(one: Judged) -> str:
    if not one.iv > one.by_chance:
        return "tells no more than chance would"
    return "shifted within the training window" if one.psi > MOST_PSI else ""


def information_value(values: F64, label: F64) -> tuple[float, float]:
    """Sum over bins of (share of negatives - share of positives) × WOE, half a row added to each; and what is to be
    expected of chance: n₁n₀/(n₁+n₀) times the IV of what tells nothing is χ² with as many degrees as there are bins, less 1.
    """
    edges = mass_edges(values, BINS)
    place = binned(values, edges)
    bad = np.bincount(place, label, 2 * len(edges) + 2)
    good = np.bincount(place, 1 - label, 2 * len(edges) + 2)
    there = bad + good > 0
    bads, goods = bad[there] + 0.5, good[there] + 0.5
    of_bad, of_good = bads / bads.sum(), goods / goods.sum()
    degrees = max(int(there.sum()) - 1, 1)
    by_chance = chi2.ppf(SURE, degrees) * (1 / max(bad.sum(), 1.0) + 1 / max(good.sum(), 1.0))
    return float(((of_good - of_bad) * np.log(of_good / of_bad)).sum()), float(by_chance)


def _ranked(values: F64) -> NDArray[np.float32]:
    """Columns as ranks of length 1 around 0, so that products are Spearman's correlations; missing ranks lowest."""
    filled = np.where(np.isnan(values), -np.inf, values)
    found = np.empty(values.shape, dtype=np.float32)
    for place in range(values.shape[1]):
        _, place_of, counts = np.unique(filled[:, place], return_inverse=True, return_counts=True)
        rank = (np.cumsum(counts) - (counts - 1) / 2)[place_of]  # equal values share the mean of theirs
        centred = rank - rank.mean()
        length = np.sqrt((centred**2).sum())
        found[:, place] = centred / length if length else 0
    return found
