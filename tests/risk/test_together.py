"""What a network may learn from: labels of other targets, each only where it was known by then."""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
import pytest

from risk import together as module
from risk import train
from risk.encoding import fit_encoding
from risk.parts import SCORECARD
from risk.targets import targets
from risk.together import Together, beside, chain_of, together
from risk.windows import read_windows, starts
from tests.risk.tables import DAY, blocks_of, several, several_training

READ = ("strong", "weak", "lender")


def learned_from(frame: pl.DataFrame) -> Together:
    windows = read_windows(blocks_of(frame), READ, others=True)
    encoding = fit_encoding(windows["train"].frame, READ)
    values = encoding.matrix(windows["train"].frame)
    return together(windows["train"], values, encoding, targets()["overdue"], starts(windows["validation"]))


def turned_late(frame: pl.DataFrame, window: str = "validation") -> pl.DataFrame:
    """Fraud turned round where it was not known before a window began."""
    begins = frame.filter((pl.col("split") == window) & (pl.col("weight") > 0))["known_at"].min()
    late = pl.col("known_at") + targets()["fraud"].maturity > begins
    return frame.with_columns(
        label_of_fraud=pl.when(late).then(1 - pl.col("label_of_fraud")).otherwise("label_of_fraud")
    )


def fraud_of(frame: pl.DataFrame) -> bytes:
    return learned_from(frame).labels["fraud"].tobytes()


def test_what_was_not_yet_known_of_another_target_never_enters(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = several()
    turned = turned_late(frame)
    assert turned["label_of_fraud"].to_list() != frame["label_of_fraud"].to_list()
    assert fraud_of(turned) == fraud_of(frame)
    monkeypatch.setattr(
        module, "known_by", lambda known_at, maturity, until: known_at <= until
    )  # looks ahead
    assert fraud_of(turned) != fraud_of(frame)


def test_a_label_counts_from_the_microsecond_that_it_is_known() -> None:
    known_at = np.array([0, 1, 2])
    assert module.known_by(known_at, DAY, DAY + 1).tolist() == [True, True, False]


def test_rows_that_only_others_are_known_of_are_learned_from() -> None:
    frame = several()
    learned = learned_from(frame)
    window = frame.filter(pl.col("split") == "train")
    own = learned.labels["overdue"]
    assert learned.own == "overdue"
    assert (~np.isnan(own)).sum() == int(window["weight"].sum())
    assert len(learned.values) == len(own) > (~np.isnan(own)).sum()
    assert set(learned.labels) == {"overdue", "fraud", "approval", "disbursement"}


def test_of_the_refused_it_is_known_that_nothing_was_paid_out() -> None:
    nan = np.nan
    learned = Together(
        np.empty((5, 0)),
        {
            "overdue": np.array([1, nan, nan, nan, nan]),
            "approval": np.array([1, 0, 1, 1, nan]),
            "disbursement": np.array([1, nan, 0, nan, nan]),
        },
    )
    chains = learned.chains
    assert chains["disbursement"] == ("approval", "disbursement")
    assert chains["overdue"] == ("approval", "disbursement", "overdue")
    assert np.array_equal(learned.joint(chains["disbursement"]), [1, 0, 0, nan, nan], equal_nan=True)
    assert np.array_equal(learned.joint(chains["overdue"]), [1, 0, 0, nan, nan], equal_nan=True)
    assert Together(learned.values, {"overdue": learned.labels["overdue"]}).chains == {}


def test_the_targets_beside_one_are_events_that_read_everything() -> None:
    assert [one.name for one in beside(targets()["fraud"])] == ["approval", "disbursement", "overdue"]
    assert chain_of("fraud") == ("fraud",)
    assert all(beside(targets()[name]) == () for name in ("amount", "identity", "ability"))


def test_without_the_extra_everything_else_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["risk.train"], "can_fit", lambda: False)
    made = train(several_training(several()))
    assert set(made.model.parts) == set(made.parts) == {SCORECARD}
