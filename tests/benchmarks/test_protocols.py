"""The protocols on public data: folds, windows, the order of facts, and features that others published."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks import loan_kg, pipeline
from benchmarks.ecommerce import components, ecommerce_catalogue, in_order, shop_columns
from benchmarks.handbook_models import handbook_15, time_catalogue
from benchmarks.rong360 import by_time
from core.clock import DAY, HOUR
from features import compute
from risk.metrics import auc
from snapshot.columns import I64

SHOP = pl.DataFrame(
    {
        "user_id": [9, 3, 5],
        "signup_time": ["1/1/2015 0:00", "1/1/2015 0:00", "12/31/2014 23:00"],
        "purchase_time": ["1/1/2015 0:00", "1/1/2015 0:00", "2/1/2015 9:30"],
        "purchase_value": [30, 30, 12],
        "device_id": ["D", "D", "E"],
        "source": ["SEO", "SEO", "Ads"],
        "browser": ["Chrome", "Chrome", "Opera"],
        "sex": ["M", "F", "F"],
        "age": [20, 21, 22],
        "ip_address": [1.5, 2.5, 2.5],
        "class": [1, 1, 0],
    }
)


def test_stratified_folds_hold_as_many_positives() -> None:
    truth = (np.arange(103) % 5 == 0).astype(np.float64)
    fold = pipeline.stratified(truth)
    assert np.ptp(np.bincount(fold, truth)) <= 1
    assert np.ptp(np.bincount(fold)) <= 2


def test_folds_of_groups_keep_each_whole_and_are_as_large() -> None:
    group: I64 = np.repeat(np.arange(60), np.arange(60) % 7 + 1)
    fold = pipeline.grouped(group)
    assert all(len(set(fold[group == one])) == 1 for one in range(60))
    assert np.ptp(np.bincount(fold)) <= 1


def test_windows_follow_one_another() -> None:
    assert by_time(10) == ["train"] * 6 + ["validation"] * 2 + ["test"] * 2


def test_a_mean_over_seeds_lies_in_its_interval() -> None:
    dice = np.random.default_rng(1)
    truth = (dice.random(400) < 0.3).astype(np.float64)
    score = truth[:, None] + dice.normal(size=(400, 3))
    told = pipeline.measured(score, truth, {"auc": auc}, rounds=50)
    assert told["auc"] == pytest.approx(np.mean([auc(score[:, seed], truth) for seed in range(3)]), abs=1e-4)
    assert told["auc_low"] < told["auc"] < told["auc_high"]


def test_a_sign_up_comes_before_its_purchase_and_lower_users_before_higher_ones_of_a_minute() -> None:
    columns = shop_columns(in_order(SHOP))
    assert columns.event.tolist() == [True, True, False, True, False, False]
    at = np.flatnonzero(~columns.event)
    made = compute(columns, ecommerce_catalogue(), at, ["signups", "other_users", "since_signup"])
    told = made.frame()
    assert told["device_signups_all"].to_list() == [1, 2, 1]
    assert told["device_other_users_all"].to_list() == [0, 1, 0]
    assert told["user_since_signup"].to_list() == [0, 0, 31 * 86_400 + 10.5 * 3_600]


def test_components_join_what_shares_an_identifier_through_others() -> None:
    number = components(pl.Series([1, 1, 2, 3]), pl.Series(["a", "b", "b", "c"]))
    assert number[0] == number[1] == number[2] != number[3]


def test_the_handbooks_windows_hold_the_payment_itself() -> None:
    windows = {f"user_payments_{days}d": np.array([0.0, 2.0]) for days in (1, 7, 30)}
    windows |= {f"user_amount_mean_{days}d": np.array([np.nan, 600.0]) for days in (1, 7, 30)}
    windows |= {f"terminal_known_{days}d": np.array([0.0, 4.0]) for days in (1, 7, 30)}
    windows |= {f"terminal_fraud_rate_{days}d": np.array([np.nan, 0.25]) for days in (1, 7, 30)}
    saturday = 2 * DAY  # 1970-01-03
    made = handbook_15(windows, np.array([5.0, 9.0]), np.array([saturday + 6 * HOUR, 4 * DAY + 7 * HOUR]))
    assert made[0].tolist() == [5, 1, 1, *[1, 5] * 3, *[0, 0] * 3]
    assert made[1].tolist() == [9, 0, 0, *[3, 7] * 3, *[4, 0.25] * 3]


def test_the_handbooks_37_windows_are_among_those_of_the_models() -> None:
    names = [variant.name for variant in time_catalogue().variants]
    assert "terminal_fraud_rate_7d" in names
    assert len(names) > 37


def test_each_application_of_a_pair_stands_once_in_the_order_of_days() -> None:
    one = {"loan_application_id": "a", "applicant_id": "p", "apply_date": "2001-02-03"}
    other = {"loan_application_id": "b", "applicant_id": "q", "apply_date": "2000-01-01"}
    beside = dict.fromkeys((*loan_kg.FIELDS, *loan_kg.PERSON), "x") | {"birthday": "1980-01-01"}
    pair = {f"{name}_0": value for name, value in (beside | one).items()}
    pair |= {f"{name}_1": value for name, value in (beside | other).items()}
    assert loan_kg.applications(pl.DataFrame([pair, pair]))["application"].to_list() == ["b", "a"]


def test_everybody_holds_what_is_shared_once() -> None:
    shared = pl.DataFrame({"src_id": ["p", "p"], "dst_id": ["q", "r"], "d_id": ["d", "d"]})
    assert loan_kg.holders(shared, "d_id").rows() == [("p", "d"), ("q", "d"), ("r", "d")]
