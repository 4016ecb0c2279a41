from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from normalising import meet, reason, run, value


def luhn(number: str) -> bool:
    """The slow obvious way."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled // 10 + doubled % 10
    return total % 10 == 0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("0123456789", min_size=12, max_size=19), min_size=1, max_size=25))
def test_numbers_are_accepted_exactly_when_luhn_holds(numbers):
    result = run("card", numbers)
    for number, told, why, issuer in zip(
        numbers, result.value, result.reason, result.derived["issuer"], strict=True
    ):
        if why == "card.placeholder":
            continue
        assert (told, why) == ((number, None) if luhn(number) else (None, "card.checksum"))
        assert issuer == (number[:6] if luhn(number) else None)


def test_spaces_dashes_and_width_do_not_tell_cards_apart():
    assert meet(
        "card", "4539578763621486", "4539 5787 6362 1486", "4539-5787—6362-1486", "４５３９578763621486"
    )


def test_account_numbers_pass_where_the_mapping_says_so():
    assert value("card", "6222021234567890", luhn="false") == "6222021234567890"
    assert reason("card", "6222021234567890") == "card.checksum"


def test_test_numbers_and_repeated_digits_are_refused():
    for number in ("4242424242424242", "0000000000000000", "4111-1111-1111-1111"):
        assert reason("card", number) == "card.placeholder"


def test_the_mask_keeps_the_last_four():
    assert run("card", ["4539578763621486"]).masked[0] == "***1486"
