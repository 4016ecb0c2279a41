"""The parts of the pipeline on public credit tables that have no time: five folds, pooled out of fold.

Protocol: stratified folds by a fixed seed; of each fold's training rows a fifth is held out, half of it to stop boosting,
all of it to calibrate and combine; then all parts learn once more on all of them (`benchmarks.pipeline.predicted`). Where rows
are few, one dealing-out of folds says little (German credit: ±.005 of AUC between dealings): the mean of five. Settings are
those of every other target; nothing is chosen on these sets.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from benchmarks.columns import data_folder
from benchmarks.goal import Figure
from benchmarks.pipeline import FOLDS, SEED, measured, out_of_fold, stratified
from risk.model import COMBINED
from risk.parts import SCORECARD

DEALT = tuple(range(SEED, SEED + 5))


def measure_credit(_: int) -> Mapping[str, Figure]:
    """Give Me Some Credit: 150,000 borrowers, two years of serious delinquency."""
    path = data_folder() / "give_me_some_credit" / "cs-training.csv.zip"
    with zipfile.ZipFile(path) as archive:
        frame = pl.read_csv(archive.read("cs-training.csv"), null_values="NA").drop("")
    told = judged_by_folds(frame.drop("SeriousDlqin2yrs"), frame["SeriousDlqin2yrs"])
    data = said("give_me_some_credit", frame.height)
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
    told = judged_by_folds(frame.drop("creditability"), label, DEALT)
    return {"german_auc": Figure(told[COMBINED]["auc"], said("german_credit", frame.height, DEALT), told)}


def said(name: str, rows: int, seeds: Sequence[int] = (SEED,)) -> str:
    """What a figure of `judged_by_folds` was measured on."""
    dealt = ", ".join(map(str, seeds))
    return f"{name}, {rows:,} rows, {FOLDS} stratified folds, dealt by {dealt}, pooled out of fold"


def judged_by_folds(
    features: pl.DataFrame, label: pl.Series, seeds: Sequence[int] = (SEED,)
) -> dict[str, dict[str, float]]:
    """Measures by part, and of their combination, over stratified folds; the mean of several dealings."""
    truth = label.cast(pl.Float64).to_numpy()
    dealings = [out_of_fold(features, truth, stratified(truth, seed)) for seed in seeds]
    return {name: measured(np.column_stack([one[name] for one in dealings]), truth) for name in dealings[0]}
