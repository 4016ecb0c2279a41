"""Two sets of Rong360's that others made features of: the tables go through selection, parts and combination as they are.

2018: overdue loans, four tables of a call graph (edges by month, symbols, two clusterings), five stratified folds. The table
of apps is never joined: who is in it has one label.
2016: who takes a second loan, of what a user states, a card's bill and degrees of relation, cut by time 60/20/20 (the middle
fifth stops, calibrates and is then learned from; judged is the last). `tm_encode` is the time, and no feature: the share
of positives drifts with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.columns import data_folder
from benchmarks.goal import Figure
from benchmarks.pipeline import by_windows, described, measured, table_of
from benchmarks.tabular import judged_by_folds, said
from features.dataset import SHARES
from risk.model import COMBINED

TABLES_2018 = {
    "train_valid_test_dat_edge_info_feature.txt": "edge",
    "train_valid_test_dat_edge_symbol_mean.txt": "symbol",
    "cf_clustering_30.txt": "cluster",
    "cf_clustering_app30.txt": "app_cluster",
}
TABLES_2016 = {
    "t_consumption.csv": "bill",
    "0909relation1_train.csv": "relation1",
    "0909relation2_train.csv": "relation2",
}
SEED = 0
TIME = "tm_encode"


def measure_2018(_: int) -> Mapping[str, Figure]:
    """AUC of the combination on the four tables of 2018, pooled out of fold."""
    folder = data_folder() / "rong360_2018_userprofile"
    users = pl.read_csv(folder / "sample_train.txt", separator="\t")
    table = joined(users, "id", folder, TABLES_2018)
    told = judged_by_folds(table.drop("id", "label"), table["label"])
    return {"rong360_2018_auc": Figure(told[COMBINED]["auc"], said("rong360_2018", table.height), told)}


def measure_2016(_: int) -> Mapping[str, Figure]:
    """AUC of the deciding probability on the last fifth of 2016, by time."""
    folder = data_folder() / "rong360_2016_loan"
    users = read(folder / "S_train_user_info.csv").unique("user_id", keep="first", maintain_order=True)
    table = joined(users, "user_id", folder, TABLES_2016).sort(TIME, "user_id")
    label = table["lable"].cast(pl.Float64).to_numpy()
    features = table.drop("user_id", "lable", TIME)
    trained, chance, truth = by_windows(table_of(features, label, by_time(table.height)), SEED)
    told = measured(chance, truth)
    data = f"rong360_2016 by time 60/20/20, {table.height:,} rows, seed {SEED}"
    return {"rong360_2016_auc": Figure(told["auc"], data, {"measures": told, **described(trained)})}


def by_time(size: int) -> list[str]:
    """The window of each of so many rows in the order of time."""
    ends = np.round(np.cumsum(SHARES) * size).astype(int)
    return np.repeat(["train", "validation", "test"], np.diff(ends, prepend=0)).tolist()


def joined(users: pl.DataFrame, key: str, folder: Path, tables: Mapping[str, str]) -> pl.DataFrame:
    """The users with what each table says of them, its columns named for it; null where it says nothing."""
    for name, short in tables.items():
        table = read(folder / name)
        first = table.columns[0]
        told = table.unique(first, keep="first", maintain_order=True).rename(
            {column: f"{short}_{column}" for column in table.columns if column != first}
        )
        users = users.join(told, left_on=key, right_on=first, how="left", maintain_order="left")
    return users


def read(path: Path) -> pl.DataFrame:
    """A table whose numbers may turn into fractions far down."""
    return pl.read_csv(path, infer_schema_length=None)
