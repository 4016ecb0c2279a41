from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from normalising import meet, reason, run, value

from loaders.normalise.id_number import PROVINCES


def check_character(body: str) -> str:
    """ISO 7064 MOD 11-2, the slow obvious way: the weighted sum of all characters must leave 1."""
    for character in "0123456789X":
        total = 0
        for place, digit in enumerate(reversed(body + character)):
            total += (10 if digit == "X" else int(digit)) * 2**place
        if total % 11 == 1:
            return character
    raise AssertionError


BODIES = st.builds(
    lambda province, place, born, sequence: f"{province}{place:04d}{born:%Y%m%d}{sequence:03d}",
    st.sampled_from(PROVINCES),
    st.integers(0, 9999),
    st.dates(date(1900, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
)
PUBLISHED = "11010519491231002X"


def test_the_check_character_of_the_standard_s_example():
    assert check_character(PUBLISHED[:17]) == "X"


@settings(max_examples=200, deadline=None)
@given(st.lists(BODIES, min_size=1, max_size=25))
def test_right_numbers_are_accepted_and_tell_birth_sex_and_province(bodies):
    numbers = [body + check_character(body) for body in bodies]
    result = run("id_number", numbers)
    assert result.value.to_list() == numbers
    assert result.derived["birth_year"].to_list() == [int(body[6:10]) for body in bodies]
    assert result.derived["sex"].to_list() == ["FM"[int(body[16]) % 2] for body in bodies]
    assert result.derived["region"].to_list() == [body[:2] for body in bodies]


@settings(max_examples=100, deadline=None)
@given(BODIES, st.integers(0, 10))
def test_any_other_check_character_is_refused(body, other):
    character = "0123456789X"[other]
    if character != check_character(body):
        assert reason("id_number", body + character) == "id_number.checksum"


@settings(max_examples=100, deadline=None)
@given(BODIES.filter(lambda body: body[6:8] == "19"))
def test_an_old_number_meets_its_successor(body):
    assert meet("id_number", body[:6] + body[8:], body + check_character(body))


def test_spellings_meet():
    number = "11010519900307" + "002" + check_character("11010519900307002")
    assert meet("id_number", number, f"{number[:6]} {number[6:14]}-{number[14:]}")
    x = next(
        f"1101051990030{d:04d}" for d in range(7000, 7999) if check_character(f"1101051990030{d:04d}") == "X"
    )
    wide = (x + "x").translate({ord(str(d)): 0xFF10 + d for d in range(10)})
    assert meet("id_number", x + "X", x + "x", wide)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("11010519900307002Y", "id_number.form"),
        ("11010590030700X", "id_number.form"),
        ("110105******070021", "id_number.form"),
        ("11010519900307002", "id_number.length"),
        ("00010590030700" + "2", "id_number.region"),
        ("110105901301002", "id_number.date"),
        ("110105189903070029", "id_number.date"),
        ("111111111111111", "id_number.placeholder"),
        (PUBLISHED, "id_number.placeholder"),
    ],
)
def test_what_was_never_given_out_is_refused(text, code):
    assert reason("id_number", text) == code


def test_nobody_is_born_after_today():
    body = "11010520200615002"
    number = body + check_character(body)
    assert reason("id_number", number, today="2020-06-14") == "id_number.future"
    assert value("id_number", number, today="2020-06-15") == number


def test_the_mask_keeps_province_and_two_last():
    assert run("id_number", ["110105900307002"]).masked[0] == "11***25"
