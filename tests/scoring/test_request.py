"""What a request says is taken for what a file that says it is taken for: old times, blanks, control characters."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import TypeAdapter, ValidationError

from api.v1.lists import EntryAsked
from api.v1.models import LATEST, Moment, Point
from core.clock import iso
from graph_schema import FINGRAPH
from graph_schema.model import Personal, Property, Type
from loaders.hashing import Hasher
from loaders.normalise import REASONS
from scoring.facts import Told, event_of, outcome_of
from scoring.request import (
    BLANK,
    Field,
    Given,
    InvalidError,
    Sent,
    Using,
    arrival_of,
    require_impersonal,
    require_tied,
    require_words,
)
from snapshot.shape import shape
from tests.loaders.staging import NOW, TABLE, put, staged

USING = Using(FINGRAPH, Hasher(b"k" * 32), NOW)
NAMED = TABLE.replace('user = "user"', 'user = "user"\nlender = "lender"\nproduct = "product"')
TEXTS = (
    "lotus", " lotus ", " ", "", "\t\n", "\u3000", "\u00a0lotus\u2003", "lo\ntus", "lotus\n", "a\x7f", "\x1f", "lotus\x1f", "\x1clotus",
    "l" * 200, "l" * 201, " " * 300 + "lotus", "\u85cf" * 200, "lo\u200btus",
)  # fmt: skip
TIMES = (
    "0001-01-01T00:00:00Z", "1850-06-01T00:00:00Z", "1899-12-31T23:59:59.999999Z", "1900-01-01T00:00:00Z",
    "1965-02-03T04:05:06Z", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "2024-03-01T10:00:00Z",
    "2025-01-02T00:00:00Z", "2025-01-02T00:00:00.000001Z", "2099-01-01T00:00:00Z",
)  # fmt: skip


def of_file(folder: Path, **cells: str) -> dict[str, object] | str:
    """What a load of one row would write, or why it would not."""
    row = {"id": "a1", "at": "2024-03-01T10:00:00Z", "lender": None, "product": None, "user": "u", "amount": "1",
           "note": "n", "device": "dev-1", "phone": "13800000001"}  # fmt: skip
    put(folder, json.dumps({**row, **cells}) + "\n", "rows.jsonl")
    found = staged(folder, NAMED)
    if found.refused:
        return str(found.refused[0]["reason"])
    [kept] = found.rows.select("own.lender", "own.product", "event_at").to_dicts()
    return kept


def of_request(**told: str) -> dict[str, object] | str:
    """What a request would write, or why it would not."""
    at = TypeAdapter(Moment).validate_python(told.pop("at", "2024-03-01T10:00:00Z"))
    try:
        own = arrival_of(Sent("t", "a1", event_at=at, properties=told), USING).properties
    except InvalidError as error:
        [wrong] = error.fields
        assert wrong.where in ("lender", "product", "event_at")
        return wrong.code
    return {
        "own.lender": own["lender"],
        "own.product": own.get("product"),
        "event_at": own["event_at"],
    }


@pytest.mark.parametrize("name", ["lender", "product"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_name_is_what_files_take_it_for(tmp_path: Path, name: str, text: str) -> None:
    assert of_request(**{name: text}) == of_file(tmp_path, **{name: text})


@pytest.mark.parametrize("at", TIMES)
def test_a_time_is_what_files_take_it_for(tmp_path: Path, at: str) -> None:
    found = of_file(tmp_path, at=at)
    assert of_request(at=at) == ("time.range" if found == "time.future" else found)


def test_what_is_blank_is_what_files_trim() -> None:
    points = [chr(one) for one in range(0x110000) if not 0xD800 <= one < 0xE000]
    trimmed = pl.Series(points).filter(pl.Series(points).str.strip_chars() == "")
    assert sorted(BLANK) == trimmed.sort().to_list()


def test_a_name_with_a_nul_is_refused_where_it_was_sent() -> None:
    for name in ("lender", "product"):
        assert of_request(**{name: "lo\x00tus"}) == "id.invalid"


def test_two_old_times_are_two_contents() -> None:
    digests = {arrival_of(Sent("t", "a1", event_at=-at), USING).digest for at in (1, 2, 154_900_494_000_000)}
    assert len(digests) == 3


def test_a_blank_name_says_nothing() -> None:
    told = [
        arrival_of(Sent("t", "a1", properties=own), USING) for own in ({}, {"lender": None}, {"lender": " "})
    ]
    assert len({one.digest for one in told}) == 1
    assert {one.properties["lender"] for one in told} == {"t"}


@pytest.mark.parametrize("far", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
def test_a_moment_that_could_not_be_told_again_is_refused(far: str) -> None:
    with pytest.raises(ValidationError, match="must be a moment"):
        EntryAsked.model_validate({"reason": "r", "owner": "o", "expires_at": far})
    assert TypeAdapter(Point).validate_python(far) in (1, LATEST)


def test_moments_of_bodies_stay_and_points_lie_between_the_facts() -> None:
    for at in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1965-02-03T04:05:06Z"):
        sent = TypeAdapter(Moment).validate_python(at)
        assert iso(sent) is not None and not 1 <= sent <= LATEST
        assert TypeAdapter(Point).validate_python(at) in (1, LATEST)


def test_what_stands_for_a_name_is_nothing_that_a_request_may_say_or_a_feature_read() -> None:
    declared = tuple(
        Property(f"applicant_{what}", Type.STRING, "Who applies.", Personal.PSEUDONYM)
        for what in ("hash", "masked")
    )
    own = Property("applicant_since", Type.INTEGER, "Since when a customer.")
    schema = FINGRAPH.extended([], {"Application": (*declared, own)})
    using = Using(schema, Hasher(b"k" * 32), NOW)
    for name in ("applicant_masked", "applicant_hash", "name_masked", "block"):
        with pytest.raises(InvalidError) as refused:
            arrival_of(Sent("t", "a1", properties={name: "Zhang San"}), using)
        [wrong] = refused.value.fields
        assert wrong.code == "property.unknown"
        assert "Zhang" not in wrong.message and "applicant_masked" not in wrong.message
    assert (
        arrival_of(Sent("t", "a1", properties={"applicant_since": 3}), using).properties["applicant_since"]
        == 3
    )
    columns = (*shape(schema).texts, *shape(schema).numbers)
    assert "applicant_since" in columns
    assert not any(name.endswith(("hash", "masked", "block")) for name in columns)


@pytest.mark.parametrize(
    "text",
    [
        "11010119900307803X",
        "id 11010119900307803X, seen",
        "110101 19900307 803X",
        "110101-19900307-803X",
        "20250101-11010119900307803X",
        "1-110101199003070011",
        "110101199003070011-1",
        "2025-11-29 110101199003070011",
        "loan 110101199003070011 13800138000",
        "anna@example.com",
        "call a@b.cn or so",
    ],
)
@pytest.mark.parametrize("where", ["source", "id", "user", "channel"])
def test_what_surely_is_of_a_person_is_refused_wherever_it_stands(text: str, where: str) -> None:
    properties = {"channel": text} if where == "channel" else {}
    named = {} if where == "channel" else {where: text}
    with pytest.raises(InvalidError) as refused:
        arrival_of(Sent(**{"source": "t", "id": "a1", "properties": properties, **named}), USING)
    assert "value.personal" in {one.code for one in refused.value.fields}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "110101199003078031",
            "202511290000000123",
            "2025-1101 0119900307803",
            "A-1 2 3",
            "138 0013 8000",
            "user@home",
        ),
        *("model@1.2.34", "app@v2.10", "3@12.50 each"),
    ],
)
def test_what_only_looks_like_it_is_an_id(text: str) -> None:
    assert arrival_of(Sent("t", text, user=text), USING).key == f"t:{text}"


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "1-" * 100_000, "@" * 200_000, "a@" * 100_000, "a@b." * 50_000]
)
def test_a_long_text_keeps_nobody_waiting(text: str) -> None:
    wrong: list[Field] = []
    began = time.process_time()
    require_impersonal(text, "id", wrong)
    assert time.process_time() - began < 5  # seconds; were it to grow as the square of the text, minutes
    with pytest.raises(InvalidError) as refused:
        arrival_of(Sent("t", "a1", properties={"channel": text}), USING)
    assert [one.code for one in refused.value.fields] == ["value.too_long"]


def test_what_names_nobody_is_refused() -> None:
    bare = arrival_of(Sent("t", "a1"), USING)
    with pytest.raises(InvalidError) as refused:
        require_tied(bare)
    assert [(one.where, one.code) for one in refused.value.fields] == [("identifiers", "identifiers.none")]
    require_tied(arrival_of(Sent("t", "a1", user="u"), USING))
    with pytest.raises(InvalidError):
        event_of(Sent("t", "e1", properties={"kind": "login"}), USING)


@pytest.mark.parametrize(
    ("id_", "code"),
    [("anna@example.com", "value.personal"), (" ", "id.invalid"), ("11010119900307803X", "value.personal")],
)
def test_an_outcomes_id_is_an_id_like_any_other(id_: str, code: str) -> None:
    with pytest.raises(InvalidError) as refused:
        outcome_of(Told("t", "a1", "fraud", 1.0, id=id_), USING)
    assert [(one.where, one.code) for one in refused.value.fields] == [("id", code)]


@pytest.mark.parametrize(
    ("name", "value", "fine"),
    [
        ("amount_cents", -1, False),
        ("amount_cents", 0, True),
        ("term_months", -3, False),
        ("income_cents", 10**16, False),
        ("birth_year", 1899, False),
        ("birth_year", 3000, False),
        ("birth_year", 1990, True),
    ],
)
def test_what_cannot_be_is_refused_as_in_files(name: str, value: int, fine: bool) -> None:
    def read() -> object:
        return arrival_of(Sent("t", "a1", properties={name: value}), USING).properties[name]

    if fine:
        assert read() == value
        return
    with pytest.raises(InvalidError) as refused:
        read()
    assert [(one.where, one.code) for one in refused.value.fields] == [(f"properties.{name}", "value.range")]


@pytest.mark.parametrize(
    ("changed", "where", "code"),
    [
        ({"id": "x-11010519491231002X"}, "id", "value.personal"),  # the published example
        ({"properties": {"sex": "male"}}, "properties.sex", "value.choice"),
        ({"properties": {"lender": "a@example.com"}}, "lender", "value.personal"),
        ({"identifiers": (Given("Telefon", "1"),)}, "identifiers.0.type", "schema.unknown_label"),
        ({"identifiers": (Given("Phone", "13912345678"),)}, "identifiers.0.value", "phone.placeholder"),
    ],
)
def test_what_is_wrong_is_named_where_it_was_sent_with_what_to_do(
    changed: dict[str, Any], where: str, code: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        arrival_of(replace(Sent("t", "a1", "u"), **changed), USING)
    (found,) = refused.value.fields
    assert (found.where, found.code) == (where, code)
    assert "SchemaState" not in found.message and "Telefon" not in found.message
    assert not where.endswith(".value") or found.message.startswith(REASONS[code])


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("confirmed farm of A000048917", True),
        ("case 20261129, 3 of 14", True),
        ("called 13800139000", False),
        ("\u7535\u8bdd138 0013 9000", False),
        ("card 6222 0212 3456 7890 123", False),
        ("id330106199011263078", False),
        ("mail joe@example.com", False),
    ],
)
def test_words_about_an_entry_name_nobody(text: str, fine: bool) -> None:
    if fine:
        require_words(reason=text, owner="desk")
        return
    with pytest.raises(InvalidError) as refused:
        require_words(reason="farm", owner=text)
    assert [(one.where, one.code) for one in refused.value.fields] == [("owner", "value.personal")]
    assert text not in str(refused.value)
