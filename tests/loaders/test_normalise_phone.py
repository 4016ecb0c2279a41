from __future__ import annotations

import random

import phonenumbers
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from normalising import meet, reason, run, value
from phonenumbers import carrier

FULL_WIDTH = {ord(str(digit)): 0xFF10 + digit for digit in range(10)}
SPELLINGS = (
    lambda m: m,
    lambda m: f"+86 {m[:3]}-{m[3:7]}-{m[7:]}",
    lambda m: f"0086{m}",
    lambda m: f"86{m}",
    lambda m: f"0{m}",
    lambda m: f"({m[:3]}) {m[3:7]} {m[7:]}",
    lambda m: f"（＋86）{m}".translate(FULL_WIDTH),
)


def library(text: str, country: str = "CN") -> tuple[str, str | None, str | None, bool]:
    """E.164, region, carrier and validity, as phonenumbers tells them."""
    from phonenumbers import geocoder

    number = phonenumbers.parse(text, country)
    region = geocoder.description_for_number(number, "en")
    if region == geocoder.country_name_for_number(number, "en"):
        region = ""
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        region or None,
        carrier.name_for_number(number, "en") or None,
        phonenumbers.is_valid_number(number),
    )


def agrees(mobiles: list[str]) -> None:
    result = run("phone", mobiles)
    expected = pl.DataFrame(
        [library(m)[:3] for m in mobiles], schema=["value", "region", "carrier"], orient="row"
    )
    told = pl.DataFrame({"value": result.value, **result.derived}).select("value", "region", "carrier")
    kept = result.reason != "phone.placeholder"
    assert told.filter(kept.fill_null(True)).equals(expected.filter(kept.fill_null(True)))
    assert result.reason.drop_nulls().is_in(["phone.placeholder"]).all()


def test_mobiles_of_every_five_digit_prefix_agree_with_the_library():
    rng = random.Random(5)
    prefixes = (prefix for prefix in range(13_000, 20_000) if prefix // 100 != 179)
    agrees([f"{prefix}{rng.randrange(10**6):06d}" for prefix in prefixes])


@pytest.mark.proof
def test_mobiles_of_every_seven_digit_prefix_agree_with_the_library():
    rng = random.Random(7)
    prefixes = (prefix for prefix in range(1_300_000, 2_000_000) if prefix // 10_000 != 179)
    agrees([f"{prefix}{rng.randrange(10**4):04d}" for prefix in prefixes])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.from_regex(r"1([3-689][0-9]|7[0-8])[0-9]{8}", fullmatch=True), min_size=1, max_size=20))
def test_spellings_of_a_mobile_meet_where_the_library_puts_them(mobiles):
    for spell in SPELLINGS:
        result = run("phone", [spell(m) for m in mobiles])
        for mobile, told, why in zip(mobiles, result.value, result.reason, strict=True):
            assert library(spell(mobile))[0] == f"+86{mobile}"
            assert told == f"+86{mobile}" or why == "phone.placeholder"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.text("0123456789+-() ", min_size=3, max_size=20), min_size=1, max_size=20),
    st.sampled_from(["CN", "US", "IN", "ID"]),
)
def test_what_is_accepted_is_what_the_library_reads_and_what_it_knows_is_accepted(texts, country):
    result = run("phone", texts, country=country)
    for text, told, why, of in zip(
        texts, result.value, result.reason, result.derived["country"], strict=True
    ):
        try:
            read, _, _, valid = library(text, country)
        except phonenumbers.NumberParseException:
            assert told is None
            continue
        if told is not None:
            assert told == read
            assert valid or (of == "CN" and read.startswith("+861"))
        elif valid:
            # The library skips a sign that stands inside a number; a file that has one holds something else.
            assert why in ("phone.placeholder", "phone.repeated") or "+" in text.strip(" -()")[1:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("010-62345678", "+861062345678"),
        ("（0755）8612 3456", "+8675586123456"),
        ("0755-86123456转801", "+8675586123456"),
        ("0755-86123456 ext. 801", "+8675586123456"),
        ("400-812-3123", "+864008123123"),
        ("+852 6123 4567", "+85261234567"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("\u202d139 1234 1234\u202c", "+8613912341234"),
    ],
)
def test_other_numbers_are_read_by_the_library(text, expected):
    assert value("phone", text) == expected


def test_a_number_without_country_code_belongs_to_the_country_of_the_option():
    assert value("phone", "(202) 555-0143", country="US") == "+12025550143"
    assert value("phone", "+86 139 1234 1234", country="US") == "+8613912341234"
    assert value("phone", "13912341234", country="US") != "+8613912341234"


def test_what_is_derived_from_a_number():
    result = run("phone", ["13912341234", "+12025550143", "19912341234", "+85261234567"])
    assert result.derived["country"].to_list() == ["CN", "US", "CN", "HK"]
    assert result.derived["region"].to_list() == ["Changzhou, Jiangsu", "Washington D.C.", None, None]
    assert result.derived["carrier"].to_list() == ["China Mobile", None, "China Telecom", "HKT"]


def test_prefixes_that_the_data_does_not_know_are_accepted_without_region():
    result = run("phone", ["14412341234"])
    assert result.value[0] == "+8614412341234"
    assert result.derived["region"][0] is None
    assert result.derived["carrier"][0] is None


def test_dialling_prefixes_of_carriers_are_no_mobiles():
    assert reason("phone", "17912341234") == "phone.not_assigned"
    assert meet("phone", "17951 13912341234", "13912341234")


@pytest.mark.parametrize("text", ["13800138000", "+86 13900000000", "13512345678", "008618800000000"])
def test_placeholders_and_service_numbers_would_tie_strangers(text):
    assert reason("phone", text) == "phone.placeholder"


@pytest.mark.parametrize("text", ["00000000000", "11111111111", "+86 11111111111", "00000"])
def test_repeated_digits_are_refused(text):
    assert reason("phone", text) == "phone.repeated"


def test_the_mask_hides_more_than_the_region_gives_away():
    assert run("phone", ["13912341234"]).masked[0] == "+86139***34"


def test_a_number_meets_itself_across_spellings():
    assert meet("phone", *(spell("13912341234") for spell in SPELLINGS))
