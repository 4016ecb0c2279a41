"""Columns straight from files, for measuring features without a graph: values are their own identifiers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.goal import MeasuringError
from benchmarks.results import ROOT
from benchmarks.ring_weights import COLUMNS
from core.clock import DAY
from graph_schema import FINGRAPH
from snapshot.columns import F64, I8, I32, I64, MISSING, NEVER, Columns
from snapshot.log import LinkRows, Log, OutcomeRows, columns_of

NUMBERS = {"amount_cents": pl.col("amount") * 100} | {
    name: pl.col(name) for name in ("term_months", "income_cents", "debt_cents")
}
TEXTS = {"lender": "lender", "product": "product_id", "channel": "channel"}


def data_folder() -> Path:
    """`shared/data` beside the checkout, or above it; raises `MeasuringError` (`goals.data`)."""
    found = (parent / "shared" / "data" for parent in ROOT.parents)
    for folder in found:
        if folder.is_dir():
            return folder
    raise MeasuringError("goals.data", "The public data sets are not here: put them in ../shared/data.")


def columns_of_world(world: Path) -> Columns:
    """The facts of a simulated world as columns."""
    applications = pl.read_parquet(world / "applications.parquet")
    events = pl.read_parquet(world / "events.parquet")
    asked, done = applications.height, events.height
    users = pl.concat([applications["user_id"], events["user_id"]])
    known_at = np.concatenate([moments(applications["submitted_at"]), moments(events["event_at"])])
    seq = np.concatenate([np.arange(asked), np.arange(done)])
    words, texts = _texts(applications, events)
    labels = dict.fromkeys(label for _, label, _ in COLUMNS)
    links = {label: _links(label, applications, events, known_at, seq) for label in labels}
    codes, _ = coded(users)
    links["User"] = link_rows(
        np.arange(asked + done), codes, np.zeros(asked + done, np.int8), known_at, seq, ("",), None
    )
    return columns_of(
        Log(
            known_at=known_at,
            seq=seq,
            event_at=known_at,
            event=np.repeat([False, True], [asked, done]),
            user=codes.astype(np.int32),
            numbers=_numbers(applications, done),
            texts=texts,
            words=words,
            links=links,
            outcomes=_outcomes(world, applications),
            keys=(),
        )
    )


def handbook_columns(delay_days: int = 7) -> tuple[Columns, pl.DataFrame]:
    """The handbook's card payments, fraud known `delay_days` later, and its table in the order of facts."""
    table = pl.read_parquet(data_folder() / "fraud_handbook_sim" / "transactions.parquet").sort(
        "TX_DATETIME", "TRANSACTION_ID"
    )
    size = table.height
    known_at = moments(table["TX_DATETIME"])
    seq = table["TRANSACTION_ID"].to_numpy().astype(np.int64)
    rows, nobody = np.arange(size), np.zeros(size, np.int8)
    customer, terminal = (coded(table[name])[0] for name in ("CUSTOMER_ID", "TERMINAL_ID"))
    cents = (table["TX_AMOUNT"] * 100).round().cast(pl.Int64).to_numpy()
    return (
        columns_of(
            Log(
                known_at=known_at,
                seq=seq,
                event_at=known_at,
                event=np.zeros(size, np.bool_),
                user=customer.astype(np.int32),
                numbers={"amount_cents": cents},
                texts={},
                words={},
                links={
                    "User": link_rows(rows, customer, nobody, known_at, seq, ("",), None),
                    "Terminal": link_rows(rows, terminal, nobody, known_at, seq, ("",), None),
                },
                outcomes=OutcomeRows(
                    rows, nobody, table["TX_FRAUD"].to_numpy().astype(np.float64),
                    known_at + delay_days * DAY, seq, ("fraud",),
                ),
            )
        ),
        table,
    )  # fmt: skip


def moments(told: pl.Series) -> I64:
    """(n) µs of moments."""
    return told.cast(pl.Datetime("us")).cast(pl.Int64).to_numpy()


def coded(values: pl.Series) -> tuple[I64, int]:
    """Codes from 0, -1 for null, and how many there are."""
    codes = values.rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
    return codes, int(codes.max(initial=-1)) + 1


def _numbers(applications: pl.DataFrame, events: int) -> dict[str, I64]:
    none = np.full(events, MISSING, dtype=np.int64)
    birth = pl.col("id_number").str.slice(6, 4).cast(pl.Int64)
    wanted = {**NUMBERS, "IdNumber.birth_year": birth}
    told = applications.select(
        **{name: expr.cast(pl.Int64).fill_null(MISSING) for name, expr in wanted.items()}
    )
    return {name: np.concatenate([told[name].to_numpy(), none]) for name in wanted}


def _texts(
    applications: pl.DataFrame, events: pl.DataFrame
) -> tuple[dict[str, tuple[str, ...]], dict[str, I32]]:
    man = pl.col("id_number").str.slice(16, 1).cast(pl.Int64) % 2 == 1
    told = applications.select(
        **{name: pl.col(column).cast(pl.String) for name, column in TEXTS.items()},
        **{"IdNumber.sex": pl.when(man).then(pl.lit("M")).otherwise(pl.lit("F"))},
        **{"IdNumber.region": pl.col("id_number").str.slice(0, 2)},
    )
    words, codes = {}, {}
    for name in (*told.columns, "kind"):
        values = events["kind"].cast(pl.String) if name == "kind" else told[name]
        words[name] = tuple(values.drop_nulls().unique().sort())
        found = coded(values)[0].astype(np.int32)
        none = np.full(applications.height if name == "kind" else events.height, -1, dtype=np.int32)
        codes[name] = np.concatenate([none, found] if name == "kind" else [found, none])
    return words, codes


def _links(label: str, applications: pl.DataFrame, events: pl.DataFrame, known_at: I64, seq: I64) -> LinkRows:
    roles = next(i.roles for i in FINGRAPH.identifiers if i.label == label) or ("",)
    parts, rows, named = [], [], []
    for column, type_, role in COLUMNS:
        for frame, offset in ((applications, 0), (events, applications.height)):
            if type_ == label and column in frame.columns:
                values = frame[column].replace("", None) if column == "device_id" else frame[column]
                kept = values.is_not_null().arg_true().to_numpy()
                parts.append(values.drop_nulls())
                rows.append(kept.astype(np.int64) + offset)
                named.append(np.full(len(kept), roles.index(role or ""), dtype=np.int8))
    target = np.concatenate(rows)
    codes, _ = coded(pl.concat(parts))
    return link_rows(
        target,
        codes,
        np.concatenate(named),
        known_at[target],
        seq[target],
        roles,
        FINGRAPH.identifier(label).walk,
    )


def link_rows(  # noqa: PLR0917
    target: I64, codes: I64, role: I8, known_at: I64, seq: I64, roles: tuple[str, ...], walk: int | None
) -> LinkRows:
    """Links whose identifiers are codes from 0; those that more than `walk` links lead to are hubs from then on."""
    count = int(codes.max(initial=-1)) + 1
    hub_at, hub_seq = np.full(count, NEVER, dtype=np.int64), np.full(count, NEVER, dtype=np.int64)
    if walk is not None:
        order = np.lexsort((seq, known_at, codes))
        start = np.searchsorted(codes[order], np.arange(count + 1))
        hubs = np.flatnonzero(np.diff(start) > walk)
        passed = order[start[hubs] + walk]
        hub_at[hubs], hub_seq[hubs] = known_at[passed], seq[passed]
    return LinkRows(target, codes, role, known_at, seq, hub_at, hub_seq, np.arange(count), roles)


def _outcomes(world: Path, applications: pl.DataFrame) -> OutcomeRows:
    rows = applications.select("application_id").with_row_index("row")
    told = pl.read_parquet(world / "outcomes.parquet").join(rows, on="application_id")
    names = tuple(told["target"].cast(pl.String).unique().sort())
    value: F64 = told["value"].to_numpy().astype(np.float64)
    return OutcomeRows(
        told["row"].to_numpy().astype(np.int64), coded(told["target"].cast(pl.String))[0].astype(np.int8),
        value, moments(told["known_at"]), np.arange(told.height, dtype=np.int64), names,
    )  # fmt: skip
