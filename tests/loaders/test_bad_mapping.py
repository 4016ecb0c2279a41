"""A mistake in a mapping is named with its place before any file is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UsageError
from core.settings import load_settings
from graph_schema.model import Type
from loaders.load import Loader
from loaders.mapping import read_mapping
from loaders.mapping.read import schema_of
from tests.loaders.staging import TABLE, mapping, put, refusal, said

CONTACT = """
[[table]]
name = "calls"
file = "calls.csv"
becomes = "contact"
from = { type = "Device", column = "a" }
to = { type = "Phone", column = "b" }
month = "month"
"""


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('user = "user"', 'usr = "user"', "usr: Extra inputs are not permitted"),
        ('becomes = "application"', 'becomes = "aplication"', "does not match any of the expected tags"),
        ('role = "self"', 'role = "mother"', "Phone has no role 'mother'; its roles are self"),
        ('column = "device"', 'column = "device", role = "self"', "Device has no role 'self'; it has none"),
        ('type = "Device"', 'type = "Divice"', "There is no 'Divice'. Known:"),
        ('type = "Device"', 'type = "User"', "'User' is no identifier"),
        ("note = {", "seq = {", "'seq' is FinGraph's own"),
        ("note = {", "Note = {", "Note"),
        ('column = "note"', 'columm = "note"', "columm: Extra inputs"),
        ('column = "note"', 'column = "note", values = { a = 1, b = "x" }', "values of several types"),
        ('column = "note"', 'column = "note", values = { a = 1, b = true }', "values of several types"),
        ('column = "note"', 'column = "note", values = {}', "lists no values"),
        (
            'column = "note"',
            'column = "note", type = "integer", values = { a = "x" }',
            "values of another type",
        ),
        ('column = "note"', 'constant = "x", type = "integer"', "values of another type"),
        ('column = "note"', 'constant = "x", type = "name"', "takes a column"),
        ('column = "note"', "constant = 9223372036854775808", "64-bit"),
        ('column = "note"', 'column = "note", money = "major", type = "float"', "takes no type"),
        (
            'column = "amount", money = "major"',
            'column = "amount"',
            "amount_cents is a integer, not a string",
        ),
        ('column = "at"', 'column = "at", format = "%Y-%m-%d %H"', "is no time format"),
        ('column = "at"', 'column = "at", after = "99999999999w"', "longer than a hundred years"),
        ('user = "user"', 'reads = { delimiter = ";;" }', "delimiter"),
        ('user = "user"', 'reads = { quote = "" }', "quote"),
        ('event_at = { column = "at" }', "", "give event_at, or undated = true"),
    ],
)
def test_a_mistake_in_a_table_is_named(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    assert right in TABLE
    error = refusal(tmp_path, TABLE.replace(right, wrong))
    assert says in said(error)


def test_a_name_and_its_hash_are_not_both_given(tmp_path: Path) -> None:
    table = TABLE + 'who = { column = "note", type = "name" }\nwho_hash = { column = "note" }\n'
    assert "becomes who_hash" in said(refusal(tmp_path, table))


def test_contacts_are_between_phones(tmp_path: Path) -> None:
    assert "contacts are between phones, not Device" in said(refusal(tmp_path, CONTACT))


@pytest.mark.parametrize("zone", ["Asia/Shanghia", "Asia", "posixrules", "", "..", "/etc/passwd", "UTC+8"])
def test_a_time_zone_that_times_cannot_be_read_in_is_named(tmp_path: Path, zone: str) -> None:
    assert "is no time zone" in said(refusal(tmp_path, TABLE, zone=zone))


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("format = 1\nsource = \n", "mapping.syntax", "line 2"),
        ("format = 1\nsource = 'a'\nsource = 'b'\n", "mapping.syntax", "line 3"),
        ("format = 1\nsource = 'a'\n", "mapping.invalid", "table: Field required"),
        ("format = 2\nsource = 'a'\ntable = []\n", "mapping.invalid", "format"),
        ("format = 1\nsource = 'A b'\n", "mapping.invalid", "source"),
        ("", "mapping.invalid", "format: Field required"),
    ],
)
def test_a_mapping_that_cannot_be_read_says_where(tmp_path: Path, text: str, code: str, says: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_mapping(path)
    assert caught.value.code == code
    assert says in said(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", "描述 = '一'".encode("gb18030")])
def test_a_mapping_in_another_encoding_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mapping.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="not UTF-8"):
        read_mapping(path)


def test_a_mistake_stops_the_check_and_the_load_before_a_file_is_missed(tmp_path: Path) -> None:
    put(tmp_path, "x\n", "other.csv")
    path = mapping(tmp_path, TABLE.replace('role = "self"', 'role = "mother"'))
    loader = Loader(load_settings({"FINGRAPH_HOME": str(tmp_path / "home")}))
    for attempt in (
        lambda: loader.sample(path, tmp_path / "data", 10),
        lambda: loader.load(path, tmp_path / "data"),
    ):
        with pytest.raises(UsageError) as caught:
            attempt()
        assert caught.value.code == "mapping.invalid"


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        ("{ a = 1, b = 2 }", Type.INTEGER),
        ("{ a = 1, b = 2.5 }", Type.FLOAT),
        ("{ a = true, b = false }", Type.BOOLEAN),
        ('{ a = "x", b = "y" }', Type.STRING),
    ],
)
def test_a_property_has_the_type_of_what_its_texts_stand_for(
    tmp_path: Path, values: str, type_: Type
) -> None:
    path = mapping(tmp_path, TABLE.replace('column = "note"', f'column = "note", values = {values}'))
    declared = schema_of(read_mapping(path)).node("Application").property("note")
    assert declared is not None
    assert declared.type == type_
