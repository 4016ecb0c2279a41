"""A bad row costs itself and says where and why; every row is accounted for once."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.loaders.staging import GOOD, HEAD, OUTCOMES, TABLE, put, staged

HOSTILE = (
    "'}) DETACH DELETE n //",
    "<script>alert(1)</script>",
    "`) MATCH (n) RETURN n; //",
    "$key {x: 1} \\u0027 \\",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "[red]{{7*7}}${jndi:x}%s%n",
)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('a2,u,2024-03-01,1,"open,dev,13800000001', "csv.unclosed_quote"),
        ('a2,u,2024-03-01,1,"a"b,dev,13800000001', "csv.quote"),
        ("a2,u,2024-03-01,1,x,dev", "csv.fields"),
        ("a2,u,2024-03-01,1,x,dev,13800000001,y", "csv.fields"),
        ("a2,u,2024-03-01,1,\0,dev,13800000001", "csv.nul"),
        (",u,2024-03-01,1,x,dev,13800000001", "id.missing"),
        (f"{'a' * 201},u,2024-03-01,1,x,dev,13800000001", "id.invalid"),
        ("a\t2,u,2024-03-01,1,x,dev,13800000001", "id.invalid"),
        ("a2,u,,1,x,dev,13800000001", "time.missing"),
        ("a2,u,2024-02-30,1,x,dev,13800000001", "time.format"),
        ("a2,u,yesterday,1,x,dev,13800000001", "time.format"),
        ("a2,u,1899-12-31,1,x,dev,13800000001", "time.range"),
        ("a2,u,2025-01-03,1,x,dev,13800000001", "time.future"),
        ("a2,u,2024-03-01,1.005,x,dev,13800000001", "value.money"),
        ("a2,u,2024-03-01,9223372036854775808,x,dev,13800000001", "value.money"),
        ("a2,u,2024-03-01,nan,x,dev,13800000001", "value.money"),
        ("a2,u,2024-03-01,inf,x,dev,13800000001", "value.money"),
        (f"a2,u,2024-03-01,1,{'x' * 2_001},dev,13800000001", "value.too_long"),
        ("a2,u,2024-03-01,1,x,dev,12", "phone.too_short"),
        (f"a2,u,2024-03-01,1,{'x' * (1 << 20)},dev,13800000001", "line.too_long"),
    ],
)
def test_a_broken_row_costs_itself_and_says_where_and_why(tmp_path: Path, row: str, reason: str) -> None:
    put(tmp_path, HEAD + GOOD + row + "\n" + GOOD.replace("a1", "a3"))
    found = staged(tmp_path)
    assert found.lines == [(3, reason)]
    assert found.rows["_key"].to_list() == ["t:a1", "t:a3"]


def test_a_long_text_that_no_table_reads_costs_nothing(tmp_path: Path) -> None:
    put(tmp_path, HEAD.strip() + ",page\n" + GOOD.strip() + f',"{"x" * 300_000}"\n')
    assert staged(tmp_path).counts.created == 1


@pytest.mark.parametrize(
    "line",
    [
        "[1, 2]", "3", "null", '"text"', "{", '{"id": "b"', "[" * 100_000, '{"id": ' * 5_000 + "1" + "}" * 5_000,
        '{"id": "b", "at": "2024-03-01", "note": "\\ud800"}', "9" * 5_000, "\0",
    ],
)  # fmt: skip
def test_json_that_is_no_row_costs_its_line(tmp_path: Path, line: str) -> None:
    good = dict(zip(HEAD.strip().split(","), GOOD.strip().split(","), strict=True))
    put(tmp_path, f"{json.dumps(good)}\n{line}\n{json.dumps({**good, 'id': 'a3'})}\n", "rows.jsonl")
    found = staged(tmp_path)
    assert [number for number, _ in found.lines] == [2]
    assert found.rows["_key"].to_list() == ["t:a1", "t:a3"]


def test_json_rows_may_nest_and_lack_keys(tmp_path: Path) -> None:
    table = TABLE.replace('"note" }', '"more.note" }')
    lines = [
        {"id": "a1", "at": "2024-03-01", "amount": 1.5, "more": {"note": ["x", 1]}, "user": None, "device": "", "phone": 13800000001},
        {"id": 7, "at": "2024-03-01"},
        {"id": "a3", "at": True, "amount": float("nan")},
    ]  # fmt: skip
    put(tmp_path, "\n".join(map(json.dumps, lines)), "rows.jsonl")
    found = staged(tmp_path, table)
    assert found.rows["_key"].to_list() == ["t:a1", "t:7"]
    assert found.rows["own.note"].to_list() == ['["x", 1]', None]
    assert found.lines == [(3, "time.format")]


@pytest.mark.parametrize("field", range(7))
def test_cypher_and_html_in_any_field_stay_text(tmp_path: Path, field: int) -> None:
    rows = []
    for n, hostile in enumerate(HOSTILE):
        row = GOOD.replace("a1", f"a{n}").strip().split(",")
        row[field] = hostile
        rows.append(row)
    out = io.StringIO()
    csv.writer(out).writerows([HEAD.strip().split(","), *rows])
    put(tmp_path, out.getvalue())
    found = staged(tmp_path)
    if field in (2, 3, 6):
        assert {line for line, _ in found.lines} == set(range(2, 2 + len(HOSTILE)))
        return
    column = {0: "own.id", 1: "user.id", 4: "own.note"}.get(field)
    if column:
        assert found.rows[column].to_list() == list(HOSTILE)
    else:
        assert found.rows.filter(pl.col("_key").is_not_null()).height == len(HOSTILE)
        assert not any(hostile in str(found.rows.rows()) for hostile in HOSTILE)


def test_repeated_rows_are_unchanged_and_of_two_that_differ_the_first_in_time_stands(tmp_path: Path) -> None:
    later = GOOD.replace("fine", "other").replace("10:00", "11:00")
    put(tmp_path, HEAD + later + GOOD, "rows-1.csv")
    put(tmp_path, HEAD + GOOD + GOOD.replace("a1", "a2"), "rows-2.csv")
    found = staged(tmp_path)
    assert (found.counts.created, found.counts.unchanged, found.counts.conflicts) == (2, 1, 1)
    assert sorted(found.rows["own.note"]) == ["fine", "fine"]
    assert [(one["_file"], one["_line"]) for one in found.conflicts] == [("rows-1.csv", 2)]


def test_a_repeated_row_gets_the_verdict_of_the_first_of_its_kind(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD)
    nobody, known = "nobody,yes,2024-04-01\n", "a1,yes,2024-04-01\n"
    put(tmp_path, "application,value,known\n" + nobody + known + nobody + known, "outcomes.csv")
    found = staged(tmp_path, TABLE, OUTCOMES, alone=True)
    assert sorted(found.lines) == [(2, "reference.missing"), (4, "reference.missing")]
    assert (found.counts.created, found.counts.unchanged, found.counts.conflicts) == (2, 1, 0)


def test_where_the_first_row_of_an_id_is_refused_the_next_stands(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD)
    rows = [("nobody", "yes"), ("a1", "no"), ("a1", "no"), ("a1", "yes"), ("nobody", "yes")]
    lines = [f"o1,{application},{value},2024-04-01" for application, value in rows]
    put(tmp_path, "id,application,value,known\n" + "\n".join(lines), "outcomes.csv")
    found = staged(tmp_path, TABLE, OUTCOMES + 'id = "id"\n', alone=True)
    assert sorted(found.lines) == [(2, "reference.missing"), (6, "reference.missing")]
    assert found.frames["outcomes"]["_line"].to_list() == [3]
    assert [one["_line"] for one in found.conflicts] == [5]
    assert found.counts.unchanged == 1


def test_an_outcome_may_be_known_before_its_application_and_stand_before_it_in_the_mapping(
    tmp_path: Path,
) -> None:
    put(tmp_path, HEAD + GOOD)
    put(tmp_path, "application,value,known\na1,yes,2024-02-01\n", "outcomes.csv")
    found = staged(tmp_path, OUTCOMES, TABLE)
    assert list(found.frames) == ["rows", "outcomes"]
    assert found.frames["outcomes"]["known_at"][0] < found.rows["known_at"][0]


def test_an_outcome_that_is_unlisted_empty_or_of_the_future_is_refused(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD)
    lines = ["a1,maybe,2024-02-01", "a1,,2024-02-01", "a1,yes,2026-01-01", "a1,yes,", ",yes,2024-02-01"]
    put(tmp_path, "application,value,known\n" + "\n".join(lines), "outcomes.csv")
    assert staged(tmp_path, TABLE, OUTCOMES).lines == [
        (2, "value.unlisted"), (3, "value.missing"), (4, "time.future"), (5, "time.missing"), (6, "id.missing"),
    ]  # fmt: skip


def test_an_outcome_is_neither_a_fraction_nor_below_nothing(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD)
    values = ("0.2", "-1", "1.0", "0", "250000")
    lines = [f"a1,{value},2024-02-0{day}" for day, value in enumerate(values, 1)]
    put(tmp_path, "application,value,known\n" + "\n".join(lines), "outcomes.csv")
    bare = OUTCOMES.replace('{ column = "value", values = { yes = 1.0, no = 0.0 } }', '{ column = "value" }')
    assert bare != OUTCOMES
    assert staged(tmp_path, TABLE, bare).lines == [(2, "value.range"), (3, "value.range")]


@pytest.mark.parametrize(
    ("name", "says", "fine", "bad"),
    [
        ("amount_cents", 'money = "cents"', ("0", "900"), ("-1", "-500")),
        ("income_cents", 'money = "major"', ("0", "0.01"), ("-0.09",)),
        ("term_months", 'type = "integer"', ("0", "360"), ("-3",)),
        ("birth_year", 'type = "integer"', ("1900", "2025", ""), ("1899", "2026", "3000", "-1")),
        ("birth_year", 'type = "integer", values = { old = 1899, young = 2000 }', ("young",), ("old",)),
    ],
)
def test_a_number_that_cannot_be_costs_its_row(
    tmp_path: Path, name: str, says: str, fine: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    values = (*fine, *bad)
    put(
        tmp_path, HEAD + "".join(GOOD.replace("a1", f"a{n}").replace("fine", v) for n, v in enumerate(values))
    )
    head = TABLE.partition("amount_cents")[0]
    found = staged(tmp_path, f'{head}{name} = {{ column = "note", {says} }}\n')
    assert found.lines == [(line, "value.range") for line in range(2 + len(fine), 2 + len(values))]
    assert {one["column"] for one in found.refused} == {"note"}
    assert found.counts.created == len(fine)


def test_a_constant_that_cannot_be_costs_every_row(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD)
    table = TABLE.replace(
        'amount_cents = { column = "amount", money = "major" }', "amount_cents = { constant = -5 }"
    )
    assert [one["column"] for one in staged(tmp_path, table).refused] == ["amount_cents"]


def test_what_a_mapping_declares_itself_may_be_below_nothing(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD.replace("fine", "-500"))
    table = TABLE.replace('note = { column = "note" }', 'debt_cents = { column = "note", money = "cents" }')
    assert staged(tmp_path, table).rows["own.debt_cents"].to_list() == [-500]


def test_calls_and_seconds_are_counted_from_nothing(tmp_path: Path) -> None:
    lines = [
        f"13800000001,1380000000{n},2024-03,{said}" for n, said in enumerate(("0,0", "-1,5", "5,-1", ","), 2)
    ]
    put(tmp_path, "a,b,month,calls,seconds\n" + "\n".join(lines))
    table = (
        '[[table]]\nname = "rows"\nfile = "rows.csv"\nbecomes = "contact"\nmonth = "month"\ncalls = "calls"\n'
        'seconds = "seconds"\nfrom = { type = "Phone", column = "a" }\nto = { type = "Phone", column = "b" }\n'
    )
    assert staged(tmp_path, table).lines == [(3, "value.range"), (4, "value.range")]


def test_a_month_of_contacts_that_has_not_begun_or_is_none_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "a,b,month\n" + "".join(
        f"13800000001,13800000002,{month}\n" for month in ("2024-03", "2025-01", "2025-02", "２０２４-03", "0000-01", "2024-13", "")
    ))  # fmt: skip
    table = (
        '[[table]]\nname = "rows"\nfile = "rows.csv"\nbecomes = "contact"\nmonth = "month"\n'
        'from = { type = "Phone", column = "a" }\nto = { type = "Phone", column = "b" }\n'
    )
    found = staged(tmp_path, table)
    assert [line for line, _ in found.lines] == [4, 5, 6, 7, 8]
    assert found.rows["known_at"].null_count() == 0


@pytest.mark.parametrize("value", ["12", "", " ", "\u200b", "not a phone"])
def test_a_row_about_an_identifier_needs_it_even_when_bad_ones_are_dropped(
    tmp_path: Path, value: str
) -> None:
    put(tmp_path, f"phone,x\n{value},1\n13800000001,1\n")
    table = (
        '[[table]]\nname = "rows"\nfile = "rows.csv"\nbecomes = "identifier"\n'
        'identifier = { type = "Phone", column = "phone", on_invalid = "drop" }\n'
    )
    found = staged(tmp_path, table)
    assert [line for line, _ in found.lines] == [2]
    assert found.rows.height == 1
    assert found.rows["_key"].null_count() == 0


def test_a_lookup_file_without_rows_refuses_references_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD + GOOD.replace("a1", "a2").replace("dev-1", ""))
    put(tmp_path, "ref,value\n", "devices.csv")
    lookup = 'column = "device", lookup = { file = "devices.csv", key = "ref", value = "value" }'
    found = staged(tmp_path, TABLE.replace('column = "device"', lookup))
    assert found.lines == [(2, "lookup.missing")]
    assert found.counts.created == 1


CELLS = st.one_of(
    st.sampled_from(["a1", "a2", "", "2024-03-01 10:00", "12.50", "13800000001", "dev-1", '"', '""', '"x', "x\ny", "nan"]),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=6),
)  # fmt: skip
ROWS = st.one_of(
    st.sampled_from([GOOD.strip(), GOOD.strip().replace("a1", "a2"), GOOD.strip().replace("fine", "other")]),
    st.lists(CELLS, min_size=6, max_size=8).map(",".join),
    st.text(max_size=20).map(lambda text: text.encode(errors="replace").decode()),
)


@given(rows=st.lists(st.one_of(ROWS.map(str.encode), st.binary(max_size=30)), max_size=8))
@example(rows=[b'x,"', b"", b'"y', b'z"'])
@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_line_of_any_file_is_accounted_for_once(tmp_path: Path, rows: list[bytes]) -> None:
    content = HEAD.encode() + GOOD.encode() + b"\n".join(rows)
    put(tmp_path, content)
    found = staged(tmp_path)
    places = [
        *found.rows["_line"],
        *(line for line, _ in found.lines),
        *(one["_line"] for one in found.conflicts),
    ]
    assert len(places) + found.counts.unchanged == found.counts.read
    assert len(set(places)) == len(places)
    physical = content.split(b"\n")
    filled = {n for n, line in enumerate(physical, 1) if n > 1 and line.strip(b"\r")}
    assert set(places) <= filled
    if b'"' not in content:
        assert found.counts.read == len(filled)


@given(rows=st.lists(st.one_of(st.binary(max_size=40), st.text(max_size=40).map(lambda t: json.dumps(t).encode()),
    st.dictionaries(st.sampled_from(HEAD.strip().split(",")), st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5))
    .map(lambda row: json.dumps(row).encode())), max_size=8))  # fmt: skip
@hypothesis_settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_line_of_json_is_accounted_for_once(tmp_path: Path, rows: list[bytes]) -> None:
    good = dict(zip(HEAD.strip().split(","), GOOD.strip().split(","), strict=True))
    content = json.dumps(good).encode() + b"\n" + b"\n".join(rows)
    put(tmp_path, content, "rows.jsonl")
    found = staged(tmp_path)
    blank = sum(not line.decode(errors="replace").strip() for line in content.split(b"\n"))
    assert found.counts.read == content.count(b"\n") + 1 - blank
