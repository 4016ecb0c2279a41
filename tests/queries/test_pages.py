"""A token continues the page that it came from, and nothing else."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.page import require_limit
from queries.pages import Place, after, asked, read_token, token

KINDS = (int, float, str, bool)
NUMBERS = st.integers(-(2**62), 2**62)


@given(NUMBERS, NUMBERS, st.floats(allow_nan=False, allow_infinity=False), st.text(), st.booleans())
def test_a_place_comes_back_as_it_was(as_of: int, whole: int, part: float, text: str, flag: bool) -> None:
    place = Place(as_of, (whole, part, text, flag))
    assert read_token(asked("a", 1), token(asked("a", 1), place), KINDS) == place


def test_a_token_of_another_question_order_or_moment_is_refused() -> None:
    given_ = token(asked("a"), Place(5, (1, "x")))
    assert read_token(asked("a"), given_, (int, str), 5).values == (1, "x")
    for question, kinds, as_of in (
        (asked("b"), (int, str), 5),
        (asked("a"), (str, int), 5),
        (asked("a"), (int,), 5),
        (asked("a"), (int, str), 6),
    ):
        with pytest.raises(UsageError) as refused:
            read_token(question, given_, kinds, as_of)
        assert refused.value.code == "page.after"


@given(st.one_of(st.text(), st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_junk_is_refused_and_not_repeated(junk: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_token(asked("a"), junk, (int,))
    assert refused.value.message == "Continue with the `next` of the page before, and ask for the same."


@pytest.mark.parametrize(
    "content", [[], {}, None, ["q", 1.5, [1]], ["q", True, [1]], ["q", 1, [2**70]], ["q", 1, 1]]
)
def test_a_token_by_hand_is_refused(content: object) -> None:
    if isinstance(content, list) and content:
        content[0] = asked("a")
    made = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    with pytest.raises(UsageError):
        read_token(asked("a"), made, (int,))


def test_limits_are_bounded() -> None:
    require_limit(1_000)
    for limit in (0, -1, 1_001):
        with pytest.raises(UsageError):
            require_limit(limit)


def test_what_comes_after_is_later_in_one_column_and_equal_before() -> None:
    assert after((("x", False), ("y", True))) == "(x > $after[0]) OR (x = $after[0] AND y < $after[1])"
