"""A control: a made-up knowledge graph whose `is_risky` is a coin flip, through the product's features and parts.

Whatever a model says of it above chance is a leak. The 11,948 applications are those of the file of pairs; people are joined
to devices, employers and phone numbers by the files of shared ones, each known with the application. Approval and its
reason are outcomes, and no features. The flag is known 90 days later. Folds are those of `features.dataset`, by user, pooled
out of fold: the last fifth in time alone has some fifty positives, and chance is ±.08 of AUC there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.columns import coded, data_folder, link_rows, moments
from benchmarks.goal import Figure
from benchmarks.pipeline import features_of, measured, out_of_fold
from core.clock import DAY
from features import Catalogue, house_catalogue
from features.catalogue import parse
from features.dataset import Wanted, training_table
from graph_schema import FINGRAPH
from risk.model import COMBINED
from snapshot.columns import MISSING, NEVER, Columns
from snapshot.log import Log, OutcomeRows, columns_of

MATURITY = 90 * DAY
TARGET = "fraud"
FIELDS = ("address", "degree", "occupation", "salary", "is_risky", "apply_date", "application_type")
PERSON = ("name", "gender", "birthday")
SHARED = {
    "Device": ("shared_device_relationship.csv", "d_id"),
    "Employer": ("shared_employer_relationship.csv", "corp_id"),
    "Phone": ("shared_phone_num_relationship.csv", "pn_id"),
}
TEXTS = {
    "product": "application_type",
    "degree": "degree",
    "occupation": "occupation",
    "region": "region",
    "IdNumber.sex": "gender",
}


def measure_loan_kg(_: int) -> Mapping[str, Figure]:
    """How far the AUC of the combination is from a half, either way."""
    folder = data_folder() / "loan_kg_weygu"
    rows = applications(pl.read_csv(folder / "applicant_application_with_shared_via_employer_phone_num.csv"))
    shared = {label: holders(pl.read_csv(folder / name), key) for label, (name, key) in SHARED.items()}
    table = training_table(
        graph_columns(rows, shared), loan_catalogue(), Wanted(TARGET, MISSING, NEVER, MATURITY), threads=2
    )
    truth = table["label"].cast(pl.Float64).to_numpy()
    fold = table["fold"].to_numpy().astype(np.int64)
    chances = out_of_fold(table.select(features_of(table)), truth, fold)
    told = measured(chances[COMBINED], truth)
    details = {
        "positives": int(truth.sum()),
        "measures": told,
        "parts": {part: measured(chance, truth) for part, chance in chances.items()},
    }
    data = f"loan_kg, {table.height:,} applications, folds by user, pooled out of fold"
    return {"loan_kg_auc": Figure(abs(told["auc"] - 0.5), data, details)}


def loan_catalogue() -> Catalogue:
    """The house's features, and what these applicants state."""
    path = Path(__file__).with_suffix(".toml")
    return parse(path.read_text("utf-8"), path.name, house_catalogue())


def applications(pairs: pl.DataFrame) -> pl.DataFrame:
    """Both applications of each pair, each once, in the order of days, then of their names."""
    sides = [
        pairs.select(
            pl.col(f"loan_application_id_{side}").alias("application"),
            pl.col(f"applicant_id_{side}").alias("applicant"),
            *(pl.col(f"{name}_{side}").alias(name) for name in (*FIELDS, *PERSON)),
        )
        for side in (0, 1)
    ]
    return (
        pl.concat(sides)
        .unique("application", keep="first", maintain_order=True)
        .with_columns(
            pl.col("apply_date", "birthday").str.to_date(), region=pl.col("address").str.slice(0, 2)
        )
        .sort("apply_date", "application")
    )


def holders(shared: pl.DataFrame, key: str) -> pl.DataFrame:
    """`applicant` and `held`: every person with every identifier shared with somebody."""
    sides = [
        shared.select(pl.col(side).alias("applicant"), pl.col(key).alias("held"))
        for side in ("src_id", "dst_id")
    ]
    return pl.concat(sides).unique(maintain_order=True)


def graph_columns(rows: pl.DataFrame, shared: Mapping[str, pl.DataFrame]) -> Columns:
    """Applications (`applications`) with what their applicants hold (`holders`, by label) as columns."""
    size = rows.height
    known_at, seq = moments(rows["apply_date"]), np.arange(size, dtype=np.int64)
    nobody = np.zeros(size, np.int8)
    user = coded(rows["applicant"])[0]
    numbers = {"income_cents": rows["salary"] * 100, "IdNumber.birth_year": rows["birthday"].dt.year()}
    links = {"User": link_rows(seq, user, nobody, known_at, seq, ("",), None)}
    for label, held in shared.items():
        met = rows.select("applicant").with_row_index("row").join(held, on="applicant")
        at = met["row"].to_numpy().astype(np.int64)
        kind = FINGRAPH.identifier(label)
        roles: Sequence[str] = kind.roles or ("",)
        links[label] = link_rows(
            at, coded(met["held"])[0], np.zeros(len(at), np.int8), known_at[at], seq[at], tuple(roles), kind.walk
        )  # fmt: skip
    return columns_of(
        Log(
            known_at=known_at,
            seq=seq,
            event_at=known_at,
            event=np.zeros(size, np.bool_),
            user=user.astype(np.int32),
            numbers={name: told.cast(pl.Int64).to_numpy() for name, told in numbers.items()},
            texts={name: coded(rows[column])[0].astype(np.int32) for name, column in TEXTS.items()},
            words={name: tuple(rows[column].unique().sort()) for name, column in TEXTS.items()},
            links=links,
            outcomes=OutcomeRows(
                seq, nobody, rows["is_risky"].cast(pl.Float64).to_numpy(), known_at + MATURITY, seq, (TARGET,)
            ),
        )
    )
