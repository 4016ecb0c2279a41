"""What an applicant is told is so, of whichever feature, with a value or without one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.clock import now_us
from features import house_catalogue
from graph_schema import FINGRAPH
from loaders.hashing import Hasher
from risk.parts import Reason
from scoring.parts import Parts
from scoring.reasons import Evidence, _told, adverse, explained
from scoring.request import Given, Sent, Using, arrival_of

CATALOGUE = house_catalogue()
PHONE = Given("Phone", "13900868000", "self", {"country": "CN"})


def evidence(**properties: int) -> Evidence:
    """Of an application of a user with a phone, as it is known while the graph is away."""
    sent = Sent("web", "A1", "u", identifiers=(PHONE,), properties=properties)
    using = Using(FINGRAPH, Hasher(b"0" * 32), now_us())
    parts = Parts(None, FINGRAPH, now_us)  # type: ignore[arg-type]
    seen = parts.unseen(arrival_of(sent, using), (now_us(), 0), "away").evidence
    assert seen is not None and not seen.read
    return seen


def reason(name: str, value: float | None, seen: Evidence | None) -> dict[str, Any]:
    (found,) = explained([Reason(name, 0.5)], CATALOGUE, {name: value}, seen)
    return found


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("amount_over_income", 7.0, "A01"),
        ("missing_income", 1.0, "A02"),
        ("device_given", 0.0, "A02"),
        ("device_given", 3.0, "A90"),  # three are no fewer than there should be
        ("sex_differs", 1.0, "A03"),
        ("own_phone_number_repeated", 1.0, "A03"),
        ("user_amount_mean_all", 5e5, "A04"),
        ("user_same_employer", 0.0, "A04"),
        ("user_smoothed_overdue_all", 0.5, "A04"),
        ("user_since_login", 60.0, "A05"),
        ("device_applications_1h", 9.0, "A06"),
        ("device_gap_mean", 60.0, "A06"),
        ("device_since_other", 60.0, "A07"),
        ("user_ring_score", 0.9, "A07"),
        ("card_same_address", 0.0, "A09"),  # what others did not say is no contradiction in this one
        ("device_amount_mean_all", 5e5, "A10"),
        ("employer_income_over_mean_all", 3.0, "A10"),
        ("hour", 3.0, "A90"),
        ("id_age", 17.0, "A90"),
    ],
)
def test_a_feature_with_a_value_is_told_as_what_it_is_of(name: str, value: float, code: str) -> None:
    assert reason(name, value, None)["adverse"] == code


@pytest.mark.parametrize("read", [True, False, None])
def test_whatever_has_no_value_is_told_in_words(read: bool | None) -> None:
    seen = None if read is None else replace(evidence(amount_cents=1), read=read)
    for variant in CATALOGUE.variants:
        found = reason(variant.name, None, seen)
        assert found["adverse"] in adverse()
        for words in found["staff"].values():
            assert words and variant.name not in words and "{" not in words and ": ." not in words


def test_what_the_application_names_to_be_compared_is_left_out_before_it_is_unknown() -> None:
    seen = replace(evidence(), read=True)
    assert (
        reason("own_phone_same_employer", None, seen)["staff"]["en"] == "The application names no employer."
    )
    assert reason("own_phone_since_other", None, seen)["adverse"] == "A08"
    assert reason("device_since_other", None, seen)["adverse"] == "A02"


@pytest.mark.parametrize("read", [True, False])
@pytest.mark.parametrize(
    ("properties", "code", "en", "zh"),
    [
        ({"amount_cents": 5, "income_cents": 0}, "A01", "The monthly income that the application states is 0.",
         "申请中填写的月收入为0。"),
        ({"amount_cents": 5}, "A02", "The application does not state the monthly income.", "申请中未填写月收入。"),
        ({}, "A02", "The application does not state the amount and the monthly income.",
         "申请中未填写申请金额和月收入。"),
    ],
)  # fmt: skip
def test_a_ratio_without_a_value_says_which_part_is_missing_or_0(
    properties: dict[str, int], code: str, en: str, zh: str, read: bool
) -> None:
    found = reason("amount_over_income", None, replace(evidence(**properties), read=read))
    assert (found["adverse"], found["staff"]) == (code, {"en": en, "zh": zh})


def test_every_measure_and_family_that_a_code_names_is_in_the_catalogue() -> None:
    families = {one.of.family for one in CATALOGUE.variants}
    measures = {one.of.measure for one in CATALOGUE.variants}
    for one in _told():
        assert {*one.get("families", ()), *one.get("own", ()), *one.get("others", ())} <= families
        assert set(one.get("measures", ())) <= measures
    told = {name for one in _told() for name in one.get("families", ())}
    assert families <= told, "a family that no code is for"
