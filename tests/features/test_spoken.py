"""What staff read of a value: no cents, no millions of seconds, no names of columns."""

from __future__ import annotations

import re

import pytest

from features import house_catalogue
from features.explain import sentence


@pytest.mark.parametrize(
    ("name", "value", "en", "zh"),
    [
        ("attribute_debt", 88_000.0, "Debt: 880.00.", "其他负债：880.00。"),
        ("attribute_term_months", 12.0, "Term in months: 12.", "期限（月）：12。"),
        ("amount_over_term", 123_456.0, "1,234.56 a month of term.", "每期金额：1,234.56。"),
        ("missing_debt", 1.0, "Debt is missing: yes.", "其他负债缺失：是。"),
        ("category_lender", "lotus", "Lender: lotus.", "机构：lotus。"),
        ("category_lender", None, "Lender: unknown.", "机构：未知。"),
        (
            "device_since_other", 1_776_113.0, "Another user applied through this device 20.6 days ago.",
            "其他用户通过该设备申请距今20.6天。",
        ),
        (
            "device_since_other", 119.0, "Another user applied through this device 119 seconds ago.",
            "其他用户通过该设备申请距今119秒。",
        ),
        (
            "device_since_other", 121.0, "Another user applied through this device 2.02 minutes ago.",
            "其他用户通过该设备申请距今2.02分钟。",
        ),
        (
            "device_other_users_7d", 1.0, "1 other user applied through this device within 7d.",
            "7d内通过该设备申请的其他用户数：1。",
        ),
        (
            "device_ring_neighbours", 1.0, "1 application through this device belongs to a listed ring.",
            "通过该设备的申请中属于团伙的数量：1。",
        ),
        ("amount_over_income", 1.0, "The amount is 1 times the monthly income.", "申请金额为月收入的1倍。"),
        (
            "device_same_lender_30d", 1 / 3, "33.3% of the applications through this device ask the same lender.",
            "通过该设备的申请中同机构占比：33.3%。",
        ),
        (
            "device_rate_fraud_30d", 1.0, "Share of fraud through this device within 30d: 100%.",
            "30d内通过该设备的欺诈占比：100%。",
        ),
        (
            "device_carried_mean_card_other_users_all", 2.5,
            "Neighbours through this device have a mean number of other users through their bank card of 2.5.",
            "该设备关联申请的银行卡其他用户数均值：2.5。",
        ),
    ],
)  # fmt: skip
def test_a_value_is_said_as_people_say_it(name: str, value: float | str | None, en: str, zh: str) -> None:
    variant = house_catalogue().by_name[name]
    assert (sentence(variant, value, "en"), sentence(variant, value, "zh")) == (en, zh)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_sentence_holds_the_name_of_a_column(language: str) -> None:
    for variant in house_catalogue().variants:
        said = sentence(variant, 2.0, language)
        assert "_" not in said
        assert language == "en" or not {"fraud", "overdue", "approval", "applications"} & set(
            re.findall("[a-z]+", said)
        )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_unit_is_said_twice(language: str) -> None:
    for variant in house_catalogue().variants:
        for value in (None, 7_200.0, 1.0):
            said = sentence(variant, value, language)
            assert "cents" not in said
            assert not any(twice in said for twice in ("hours seconds", "小时秒", "天秒", "seconds seconds"))
