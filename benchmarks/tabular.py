"""The parts of the pipeline on public credit tables that have no time: five folds, pooled out of fold.

Protocol: stratified folds by a fixed seed; of each fold's training rows a fifth is held out, half of it to stop boosting,
all of it to calibrate and combine; then all parts learn once more on all of them. Settings are those of every other target; nothing is chosen on these sets.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping

import numpy as np
import polars as pl

from benchmarks.columns import data_folder
from benchmarks.goal import Figure
from risk.combine import fit_combination
from risk.encoding import fit_encoding
from risk.metrics import F64, auc, average_precision, interval, ks
from risk.model import COMBINED
from risk.parts import PARTS, SCORECARD
from risk.selection import select
from risk.train import Learned, fit_parts

FOLDS, SEED = 5, 7


def measure_credit(_: int) -> Mapping[str, Figure]:
    """Give Me Some Credit: 150,000 borrowers, two years of serious delinquency."""
    path = data_folder() / "give_me_some_credit" / "cs-training.csv.zip"
    with zipfile.ZipFile(path) as archive:
        frame = pl.read_csv(archive.read("cs-training.csv"), null_values="NA").drop("")
    told = _out_of_fold(frame.drop("SeriousDlqin2yrs"), frame["SeriousDlqin2yrs"])
    data = _data("give_me_some_credit", frame.height)
    best, card = told[COMBINED], told[SCORECARD]
    return {
        "credit_auc": Figure(best["auc"], data, told),
        "credit_ks": Figure(best["ks"], data, told),
        "credit_card_auc": Figure(card["auc"], data, told),
        "credit_card_ks": Figure(card["ks"], data, told),
    }


def measure_german(_: int) -> Mapping[str, Figure]:
    """German credit: 1,000 loans, 30 % bad."""
    frame = pl.read_csv(data_folder() / "german_credit" / "germancredit.csv")
    label = (frame["creditability"] == "bad").cast(pl.Int64)
    told = _out_of_fold(frame.drop("creditability"), label)
    return {"german_auc": Figure(told[COMBINED]["auc"], _data("german_credit", frame.height), told)}


def _data(name: str, rows: int) -> str:
    return f"{name}, {rows:,} rows, {FOLDS} stratified folds, seed {SEED}, pooled out of fold"


def _out_of_fold(features: pl.DataFrame, label: pl.Series) -> dict[str, dict[str, float]]:
    """Measures by part, and of their combination."""
    truth = label.cast(pl.Float64).to_numpy()
    fold = _folds(truth)
    found = {name: np.empty(len(truth)) for name in (*PARTS, COMBINED)}
    for number in range(FOLDS):
        learn, judge = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        for name, chance in _predicted(features[learn], truth[learn], features[judge]).items():
            found[name][judge] = chance
    return {name: _measured(chance, truth) for name, chance in found.items()}


def _measured(chance: F64, truth: F64) -> dict[str, float]:
    low, high = interval(auc, chance, truth, rounds=100)
    told = {"auc": auc(chance, truth), "ks": ks(chance, truth), "ap": average_precision(chance, truth)}
    return {name: round(figure, 4) for name, figure in {**told, "auc_low": low, "auc_high": high}.items()}


def _folds(truth: F64) -> F64:
    """The fold of each row: as many positives in each."""
    dice, fold = np.random.default_rng(SEED), np.empty(len(truth))
    for outcome in (0, 1):
        rows = dice.permutation(np.flatnonzero(truth == outcome))
        fold[rows] = np.arange(len(rows)) % FOLDS
    return fold


def _predicted(learn: pl.DataFrame, label: F64, judge: pl.DataFrame) -> dict[str, F64]:
    """As `risk.train` does it with windows: stop on one part, calibrate on it and another, learn once more on all."""
    part = np.random.default_rng(SEED).integers(0, 10, learn.height)
    fit, stop, held = part >= 2, part == 0, part < 2
    names = tuple(learn.columns)
    values = fit_encoding(learn.filter(fit), names).matrix(learn)
    kept = tuple(one.name for one in select(values[fit], label[fit], names) if not one.left_out)
    encoding = fit_encoding(learn.filter(fit), kept)
    values = encoding.matrix(learn)
    parts, budgets = fit_parts(
        Learned(values[fit], label[fit]), encoding, PARTS, SEED, later=(values[stop], label[stop])
    )
    settled = {name: one.chance(values[held]) for name, one in parts.items()}
    again, _ = fit_parts(Learned(values, label), encoding, PARTS, SEED, budgets=budgets)
    chances = {name: one.chance(encoding.matrix(judge)) for name, one in again.items()}
    return {**chances, COMBINED: fit_combination(settled, PARTS, label[held]).chance(chances)}
