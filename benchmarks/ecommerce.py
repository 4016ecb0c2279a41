"""Purchases of a shop, some of them by bursts of fraudsters on one device: three ways to cut the same 30,189 rows.

Sign-ups are events, purchases applications; device, address and user are what they share. Moments are whole minutes, so the
order of facts is that of minutes, then of user numbers, a sign-up before its user's purchase. Features are the house's and
those of `ecommerce.toml`; fraud is known a week after the purchase.

T: windows of `features.dataset`, 60/20/20 by time of purchase, a gap as long as labels take: out of time.
B: inside the burst of January: learned from what was bought before the 9th, judged on who signed up from the 9th to the 16th.
G: five folds, whole components of shared devices and addresses in one: time is not respected, the burst is in every fold.

T and B are means of three seeds. Settings are those of every other target; nothing is chosen on these rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.columns import coded, data_folder, link_rows
from benchmarks.goal import Figure
from benchmarks.pipeline import (
    AT_ONE,
    FOLDS,
    SEED,
    by_windows,
    described,
    features_of,
    grouped,
    measured,
    out_of_fold,
    predicted,
)
from core.clock import DAY, SECOND
from features import Catalogue, house_catalogue
from features.catalogue import parse
from features.dataset import Wanted, training_table
from graph_schema import FINGRAPH
from risk.model import COMBINED
from snapshot.columns import F64, I64, MISSING, NEVER, UNKNOWN, Columns
from snapshot.log import Log, OutcomeRows, columns_of

SEEDS = (0, 1, 2)
DELAY = 7 * DAY
TEXTS = {"channel": "source", "browser": "browser", "IdNumber.sex": "sex"}
YEAR = 2015
MINUTES = "%-m/%-d/%Y %-H:%M"
BURST, BURST_ENDS = (int(datetime(2015, 1, day, tzinfo=UTC).timestamp()) * SECOND for day in (9, 17))
SIGNED_UP = "signed_up"
TARGET = "fraud"


def measure_ecommerce(_: int) -> Mapping[str, Figure]:
    """AUC and precision of T, AUC of B, AUC and average precision of G."""
    table, group = purchases()
    out_of_time, burst, folds = _out_of_time(table), _in_the_burst(table, group), _by_component(table, group)
    data = f"ecommerce_device_fraud, {table.height:,} purchases"
    told = {
        "t": (f"{data}, 60/20/20 by time, a week's gap, seeds {SEEDS}", out_of_time),
        "b": (f"{data}, bought before 9 Jan 2015 / signed up 9-16 Jan, seeds {SEEDS}", burst),
        "g": (f"{data}, {FOLDS} folds by component of device and address, pooled out of fold", folds),
    }
    wanted = {
        "ecommerce_t_auc": ("t", "auc"),
        "ecommerce_t_precision": ("t", "precision_1pc"),
        "ecommerce_b_auc": ("b", "auc"),
        "ecommerce_g_auc": ("g", "auc"),
        "ecommerce_g_ap": ("g", "ap"),
    }
    return {
        name: Figure(told[cut][1]["measures"][figure], *told[cut]) for name, (cut, figure) in wanted.items()
    }


def ecommerce_catalogue() -> Catalogue:
    """The house's features, and two of the browser."""
    path = Path(__file__).with_suffix(".toml")
    return parse(path.read_text("utf-8"), path.name, house_catalogue())


def purchases() -> tuple[pl.DataFrame, I64]:
    """The training table of all purchases in the order of facts, with the moment of the sign-up; and the component of
    devices and addresses of each."""
    rows = _read()
    table = training_table(
        shop_columns(rows), ecommerce_catalogue(), Wanted(TARGET, 0, NEVER, maturity=DELAY), threads=2
    )
    return table.with_columns(rows["signup"].alias(SIGNED_UP)), components(
        rows["device_id"], rows["ip_address"]
    )


def _read() -> pl.DataFrame:
    """The file in the order of facts, both moments in µs. One row is cut short, and left out."""
    path = data_folder() / "ecommerce_device_fraud" / "fraud_data.csv"
    return in_order(pl.read_csv(path).drop_nulls("class"))


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the file by minute of purchase, then by user; `signup` and `purchase` in µs."""
    told = rows.with_columns(
        pl.col(f"{name}_time").str.to_datetime(MINUTES).dt.epoch("us").alias(name)
        for name in ("signup", "purchase")
    )
    return told.sort("purchase", "user_id")


def shop_columns(rows: pl.DataFrame) -> Columns:
    """Sign-ups as events and purchases as applications; `rows` as `in_order` gives them."""
    size = rows.height
    both, nobody = np.arange(2 * size), np.zeros(2 * size, np.int8)
    known_at = np.concatenate([rows["purchase"].to_numpy(), rows["signup"].to_numpy()])
    number = rows["user_id"].to_numpy()
    seq = np.concatenate([2 * number + 1, 2 * number])
    user = np.tile(coded(rows["user_id"])[0], 2)
    none, unknown = np.full(size, MISSING), np.full(size, UNKNOWN, np.int32)
    numbers = {"amount_cents": rows["purchase_value"] * 100, "IdNumber.birth_year": YEAR - rows["age"]}
    words = {name: tuple(rows[column].unique().sort()) for name, column in TEXTS.items()}
    texts = {name: coded(rows[column])[0].astype(np.int32) for name, column in TEXTS.items()}
    links = {
        label: link_rows(
            both,
            np.tile(coded(rows[column])[0], 2),
            nobody,
            known_at,
            seq,
            ("",),
            FINGRAPH.identifier(label).walk,
        )
        for label, column in (("Device", "device_id"), ("IpAddress", "ip_address"))
    }
    links["User"] = link_rows(both, user, nobody, known_at, seq, ("",), None)
    return columns_of(
        Log(
            known_at=known_at,
            seq=seq,
            event_at=known_at,
            event=both >= size,
            user=user.astype(np.int32),
            numbers={name: np.concatenate([told.to_numpy(), none]) for name, told in numbers.items()},
            texts={name: np.concatenate([codes, unknown]) for name, codes in texts.items()}
            | {"kind": np.repeat(np.array([UNKNOWN, 0], np.int32), size)},
            words=words | {"kind": ("signup",)},
            links=links,
            outcomes=OutcomeRows(
                both[:size], nobody[:size], rows["class"].to_numpy().astype(np.float64),
                known_at[:size] + DELAY, seq[:size], (TARGET,),
            ),
        )
    )  # fmt: skip


def components(*identifiers: pl.Series) -> I64:
    """(n) Rows that share an identifier, or are joined by others that do, have the same number."""
    size = len(identifiers[0])
    codes, first = [], size
    for one in identifiers:
        found, count = coded(one)
        codes.append(found + first)
        first += count
    rows = np.tile(np.arange(size), len(codes))
    links = coo_array((np.ones(len(rows), np.int8), (rows, np.concatenate(codes))), shape=(first, first))
    _, number = np.unique(connected_components(links, directed=False)[1][:size], return_inverse=True)
    return number.astype(np.int64)


def _out_of_time(table: pl.DataFrame) -> dict[str, Any]:
    """T."""
    told = [by_windows(table.drop(SIGNED_UP), seed) for seed in SEEDS]
    score, truth = np.column_stack([chance for _, chance, _ in told]), told[0][2]
    return {"measures": measured(score, truth, AT_ONE), "seeds": [described(one) for one, _, _ in told]}


def _in_the_burst(table: pl.DataFrame, group: I64) -> dict[str, Any]:
    """B."""
    bought, signed_up = (table[name].to_numpy() for name in ("known_at", SIGNED_UP))
    learn = np.flatnonzero(bought < BURST)
    judge = np.flatnonzero((signed_up >= BURST) & (signed_up < BURST_ENDS))
    features, truth = _features(table), _truth(table)
    chances = [
        predicted(features[learn], truth[learn], features[judge], seed=seed, group=group[learn])
        for seed in SEEDS
    ]
    return {
        "rows": {"train": len(learn), "test": len(judge)},
        "base": {"train": round(truth[learn].mean(), 4), "test": round(truth[judge].mean(), 4)},
        "measures": measured(np.column_stack([one[COMBINED] for one in chances]), truth[judge]),
        "parts": {
            part: measured(np.column_stack([one[part] for one in chances]), truth[judge])
            for part in chances[0]
        },
    }


def _by_component(table: pl.DataFrame, group: I64) -> dict[str, Any]:
    """G. Rows are dealt out anew: their order is that of time, and a shift in time is none between folds."""
    deal = np.random.default_rng(SEED).permutation(table.height)
    features, truth, group = _features(table)[deal], _truth(table)[deal], group[deal]
    chances = out_of_fold(features, truth, grouped(group), group)
    return {
        "components": int(group.max()) + 1,
        "measures": measured(chances[COMBINED], truth),
        "parts": {part: measured(chance, truth) for part, chance in chances.items()},
    }


def _features(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(features_of(table, (SIGNED_UP,)))


def _truth(table: pl.DataFrame) -> F64:
    return table["label"].cast(pl.Float64).to_numpy()
