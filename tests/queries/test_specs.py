"""Headers of questions and the values they are asked with: read strictly, and no error repeats a value."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import moment_us
from core.errors import FinGraphError, NotFoundError, UsageError
from graph_schema import FINGRAPH
from graph_schema.declaration import identifier_type
from queries import Kind, ask, question, question_names, questions
from queries.arguments import arguments
from queries.docs import document
from queries.specs import Question, parse_question
from queries.words import expand

ROOT = Path(__file__).parents[2]
SECRET = "13800138000"
HEADER = """\
// name: a
// title: What?
// about: One line
//   and another.
// mode: read
// param: key: user: Who.
// param: days: integer = 7 [1..30]: How long.
// column: n: integer: How many.
// column: at: time?: When.
// order: n desc, at
// seconds: 5
// rows: 100
// picture: no
"""
BODY = "MATCH (n {key: $key}) WHERE n.known_at > $as_of - $days RETURN 1 AS n, n.known_at AS at"


def test_a_question_is_read_from_its_file() -> None:
    made = parse_question("a", HEADER + BODY)
    assert (made.title, made.about, made.seconds, made.rows, made.picture) == (
        *("What?", "One line and another."),
        *(5.0, 100, None),
    )
    key, days = made.params
    assert (key.kind, key.required) == (Kind.USER, True)
    assert (days.default, days.least, days.most, days.required) == (7, 1, 30, False)
    assert [(one.expression, one.descending) for one in made.order] == [
        ("n", True),
        ("coalesce(at, 0)", False),
    ]
    assert made.text == BODY


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: a", "name: b"),
        ("mode: read", "mode: write"),
        ("// title: What?\n", ""),
        ("// title: What?", "// title: What?\n// title: What?"),
        ("// seconds: 5", "// seconds: soon"),
        ("// seconds: 5", "// secunds: 5"),
        ("key: user: Who.", "key: person: Who."),
        ("key: user: Who.", "run: user: Who."),
        ("key: user: Who.", "other: user: Who."),
        ("integer = 7 [1..30]", "integer = 7"),
        ("integer = 7 [1..30]", "integer = x [1..30]"),
        ("key: user: Who.", "key: user [1..2]: Who."),
        ("// column: n: integer: How many.", "// column: m: integer: How many."),
        ("// column: n: integer: How many.", "// column: n: whole: How many."),
        ("order: n desc", "order: m desc"),
        ("order: n desc", "order: n down"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(old: str, new: str) -> None:
    assert old in HEADER
    with pytest.raises(UsageError) as caught:
        parse_question("a", HEADER.replace(old, new, 1) + BODY)
    assert caught.value.code == "questions.header"


def test_there_are_enough_questions_and_each_says_what_it_is() -> None:
    assert len(question_names()) >= 18
    for spec in questions():
        assert spec.title.endswith("?")
        assert 20 < len(spec.about) < 600
        assert spec.seconds <= 30
        assert spec.rows <= 1_000


def given(spec: Question, **changed: object) -> dict[str, str | int]:
    whole: dict[str, object] = {"type": "Device", "identifier": "d"}
    return arguments(spec, FINGRAPH, {**whole, **changed})


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"type": None}, "questions.missing"),
        ({"identifier": None}, "questions.missing"),
        ({SECRET: "x"}, "questions.parameter"),
        ({"type": SECRET}, "questions.value"),
        ({"type": "User"}, "questions.value"),
        ({"type": "Device`) DETACH DELETE (n:`User"}, "questions.value"),
        ({"identifier": SECRET * 60}, "questions.value"),
        ({"identifier": ""}, "questions.value"),
        ({"identifier": SECRET + "\n"}, "questions.value"),
        ({"identifier": 13_800_138_000}, "questions.value"),
        ({"target": SECRET + "'"}, "questions.value"),
    ],
)
def test_a_value_that_is_not_what_it_should_be_is_refused_and_not_repeated(
    changed: dict[str, object], code: str
) -> None:
    with pytest.raises(UsageError) as caught:
        given(question("used_since_flagged"), **changed)
    assert caught.value.code == code
    assert SECRET not in str(caught.value.as_dict())
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("value", [0, 367, -1, True, 7.0, "7.0", "0x7", SECRET, "٧" * 5, [], "9" * 40])
def test_a_number_out_of_bounds_is_refused(value: object) -> None:
    with pytest.raises(UsageError) as caught:
        arguments(question("busiest"), FINGRAPH, {"type": "Device", "days": value})
    assert caught.value.code == "questions.value"
    assert "from 1 to 366" in caught.value.message


def test_numbers_and_moments_may_come_as_text() -> None:
    assert arguments(question("busiest"), FINGRAPH, {"type": "Device", "days": "31"})["days"] == 31
    spec = question("changed_since")
    for value in ("2025-03-01", "2025-03-01T00:00:00Z", "2025-03-01T08:00:00+08:00", 1_740_787_200_000_000):
        found = arguments(spec, FINGRAPH, {"application": "a", "since": value})
        assert found["since"] == 1_740_787_200_000_000


@pytest.mark.parametrize("text", ["yesterday", "2025-03-01T00:00:00", "2025-03-01 09:30", "2025-13-01", ""])
def test_a_moment_that_could_be_several_or_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        moment_us(text)
    with pytest.raises(UsageError) as caught:
        arguments(question("changed_since"), FINGRAPH, {"application": "a", "since": text})
    assert caught.value.code == "questions.value"


@pytest.mark.parametrize("as_of", [0, -1, 2**62, True, 1.5])
def test_a_moment_to_ask_as_of_is_a_moment(as_of: int) -> None:
    with pytest.raises(UsageError) as caught:
        ask(None, FINGRAPH, "busiest", {"type": "Device"}, as_of=as_of)  # type: ignore[arg-type]
    assert caught.value.code == "questions.as_of"


def test_an_unknown_question_and_a_limit_out_of_bounds_are_refused() -> None:
    for name in (SECRET, "../rings/list", ""):
        with pytest.raises(NotFoundError) as unknown:
            ask(None, FINGRAPH, name, {})  # type: ignore[arg-type]
        assert unknown.value.code == "questions.unknown"
        assert SECRET not in str(unknown.value.as_dict())
    for limit in (0, -1, 1_001):
        with pytest.raises(FinGraphError) as caught:
            ask(None, FINGRAPH, "busiest", {"type": "Device"}, limit=limit)  # type: ignore[arg-type]
        assert caught.value.code == "page.limit"


def test_a_type_that_a_mapping_declares_is_asked_over_as_well() -> None:
    terminal = identifier_type("Terminal", "A till.", "AT_TERMINAL", normaliser="code", bind=0, walk=10)
    schema = FINGRAPH.extended([terminal])
    assert "|AT_TERMINAL]" in expand(question("shares").text, schema)
    text = expand(question("busiest").text, schema, terminal)
    assert "[link:AT_TERMINAL]->(i:Terminal)" in text
    assert "$$" not in text
    assert arguments(question("busiest"), schema, {"type": "Terminal"})["type"] == "Terminal"


@pytest.mark.parametrize("text", ["RETURN $$NOTHING$$", "MATCH (i:$$TYPE$$) RETURN i"])
def test_a_word_that_means_nothing_there_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        expand(text, FINGRAPH)
    assert caught.value.code == "questions.word"


def test_the_document_of_questions_is_not_stale() -> None:
    written = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    assert written == document(), "run: python -m queries.docs"
