"""What a lender with few labels gains from the others.

Protocol: one lender of a simulated marketplace is new: it has so many labelled applications of its own, the newest of the
training window, and all of its test window to be judged on. Boosted trees learn from its own alone, from the others'
alone, and from both; features and settings are the same. Four new lenders in turn; mean AUC.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.goal import Figure
from benchmarks.simulated import SEEDS, world
from risk import target_of
from risk.encoding import fit_encoding
from risk.metrics import F64, auc
from risk.segments import LENDER
from risk.selection import kept
from risk.trees import fit_boosting
from risk.windows import Window, judged_features, read_windows

LABELS = (200, 1_000, 5_000)
NEW = 4
"""Lenders that are new in turn, those of the most applications."""
TARGET = "overdue"


def measure_transfer(size: int) -> Mapping[str, Figure]:
    """AUC with both minus AUC with its own alone, at the fewest labels."""
    made, target = world(size, SEEDS[0]), target_of(TARGET)
    training = made.training(target)
    names = kept(judged_features(training.blocks, training.features))
    windows = read_windows(training.blocks, names)
    counts = windows["train"].frame[LENDER].value_counts().sort(["count", LENDER], descending=[True, False])
    lenders = counts[LENDER].to_list()[:NEW]
    told = {lender: _curve(windows, names, lender) for lender in lenders}
    mean = {
        f"{count}": {
            way: round(float(np.mean([one[f"{count}"][way] for one in told.values()])), 4)
            for way in ("own", "others", "both")
        }
        for count in LABELS
    }
    gain = mean[f"{LABELS[0]}"]["both"] - mean[f"{LABELS[0]}"]["own"]
    data = (
        f"simulated, {size:,} applications, seed {SEEDS[0]}, {TARGET}, {NEW} lenders in turn, {LABELS} labels"
    )
    return {"transfer_gain": Figure(gain, data, {"mean": mean, "lenders": told})}


def _curve(windows: Mapping[str, Window], names: tuple[str, ...], lender: str) -> dict[str, dict[str, float]]:
    encoding = fit_encoding(windows["train"].frame, names)
    mine = {name: (window.frame[LENDER] == lender).to_numpy() for name, window in windows.items()}
    values = {name: encoding.matrix(window.frame) for name, window in windows.items()}
    fit, stop, test = (windows[name].label for name in ("train", "validation", "test"))
    judged = values["test"][mine["test"]], test[mine["test"]]
    own = np.flatnonzero(mine["train"])
    others = np.flatnonzero(~mine["train"])
    stop_others = values["validation"][~mine["validation"]], stop[~mine["validation"]]
    found = {}
    for count in LABELS:
        few = own[-count:]
        both = np.sort(np.concatenate([others, few]))
        found[f"{count}"] = {
            "own": _judged(values["train"][few], fit[few], None, judged),
            "others": _judged(values["train"][others], fit[others], stop_others, judged),
            "both": _judged(values["train"][both], fit[both], stop_others, judged),
        }
    return found


def _judged(values: F64, label: F64, later: tuple[F64, F64] | None, judged: tuple[F64, F64]) -> float:
    """AUC; where a later window would be too small to stop on, its own newest quarter says when it is enough."""
    if later is None:
        cut = len(values) * 3 // 4
        trees = fit_boosting(values[:cut], label[:cut], 0, later=(values[cut:], label[cut:]))
        trees = fit_boosting(values, label, 0, rounds=trees.rounds)
    else:
        trees = fit_boosting(values, label, 0, later=later)
    return round(auc(trees.chance(judged[0]), judged[1]), 4)
