"""The truth behind a world: chances that outcomes agree with, and how each kind of ring works."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from simulator.habits import HABITS
from simulator.sheet import KINDS

RING_KINDS = {KINDS[habit.kind] for habit in HABITS}
CHANCES = {
    "approval": "approval_chance",
    "disbursement": "disbursement_chance",
    "overdue": "overdue_chance",
    "amount": "expected_amount_cents",
}


@pytest.fixture(scope="module")
def members(applications: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    rows = truth.drop_nulls("ring_id").join(applications, on="application_id")
    return rows.with_columns(pl.col("kind", "product_id").cast(pl.String)).sort("arrival")


@pytest.mark.parametrize("target", CHANCES)
def test_outcomes_come_as_often_as_their_true_chances_say(
    world: Path, truth: pl.DataFrame, target: str
) -> None:
    found = pl.read_parquet(world / "outcomes.parquet").filter(pl.col("target").cast(pl.String) == target)
    both = found.join(truth, on="application_id").with_columns(said=pl.col(CHANCES[target]))
    tenths = both.with_columns(tenth=pl.col("said").rank("ordinal") * 10 // (pl.len() + 1))
    by_tenth = tenths.group_by("tenth").agg(
        pl.col("said").mean(), came=pl.col("value").mean(), noise=pl.col("value").std() / pl.len().sqrt()
    )
    assert by_tenth.height == 10
    assert ((by_tenth["said"] - by_tenth["came"]).abs() < 4 * by_tenth["noise"] + 1e-9).all()


def test_chances_are_probabilities(truth: pl.DataFrame) -> None:
    for name in ("fraud_chance", "approval_chance", "disbursement_chance", "overdue_chance"):
        assert truth[name].is_between(0, 1).all()
    assert (truth["expected_amount_cents"] > 0).all()


def test_a_member_belongs_since_the_first_application(members: pl.DataFrame, truth: pl.DataFrame) -> None:
    first = members.with_columns(first=pl.col("submitted_at").min().over("user_id"))
    early = first["first"] - first["ring_since"]
    assert early.dt.total_seconds().is_between(0, 59).all()
    assert (
        truth.filter(pl.col("ring_id").is_null())["ring_since"].null_count() == truth["ring_id"].null_count()
    )


def test_every_kind_of_ring_is_there_and_rings_are_about_a_fortieth(
    members: pl.DataFrame, truth: pl.DataFrame
) -> None:
    assert set(members["kind"]) == RING_KINDS
    assert 0.02 < members.height / truth.height < 0.03
    assert 0.017 < members["fraud"].sum() / truth.height < 0.026


def test_colluding_employees_share_their_employer_and_its_telephone(members: pl.DataFrame) -> None:
    rings = members.filter(pl.col("kind") == "collusive_employer").group_by("ring_id")
    for name in ("employer", "employer_phone"):
        most = rings.agg(share=pl.col(name).value_counts().struct.field("count").max() / pl.len())
        assert most["share"].mean() > 0.85
    own = rings.agg(pl.col("device_id").n_unique() / pl.col("user_id").n_unique())
    assert own["device_id"].mean() > 0.7


def test_a_bust_out_repays_small_loans_before_it_takes_large_ones(members: pl.DataFrame) -> None:
    rows = members.filter(pl.col("kind") == "bust_out")
    small, large = rows.filter(pl.col("fraud_chance") < 0.5), rows.filter(pl.col("fraud_chance") > 0.5)
    assert large["amount"].mean() > 3 * small["amount"].mean()
    assert small["fraud"].mean() < 0.1
    spans = large.group_by("ring_id").agg(
        days=(pl.col("submitted_at").max() - pl.col("submitted_at").min()).dt.total_days(),
        users=pl.col("user_id").n_unique(),
        rows=pl.len(),
    )
    assert spans["days"].max() <= 5
    assert (spans["users"] == spans["rows"]).all()
    both = small.group_by("user_id").agg(pl.col("arrival").max()).join(large, on="user_id")
    assert (both["arrival"] < both["arrival_right"]).mean() > 0.9


def test_lenders_differ_in_whom_they_approve(
    world: Path, applications: pl.DataFrame, truth: pl.DataFrame
) -> None:
    rows = applications.join(truth, on="application_id").with_columns(pl.col("lender").cast(pl.String))
    by_lender = rows.group_by("lender").agg(pl.col("approval_chance").mean())
    spread = by_lender["approval_chance"]
    assert spread.max() - spread.min() > 0.1
    indebted = rows.with_columns(burdened=pl.col("debt_cents") > 0.25 * pl.col("income_cents"))
    gap = indebted.group_by("burdened").agg(pl.col("approval_chance").mean()).sort("burdened")
    assert gap["approval_chance"][0] - gap["approval_chance"][1] > 0.1
