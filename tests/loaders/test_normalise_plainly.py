"""One value by itself is normalised as a column of one is."""

from __future__ import annotations

import string
from datetime import date

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from normalising import run
from test_normalise_all import ANY, LIKELY

from graph_schema.declaration import FINGRAPH
from loaders.hashing import Hasher
from loaders.identify import identify, identify_one
from loaders.normalise import NORMALISERS, PLAINLY
from loaders.normalise.digits import mod_11_2_of
from loaders.rows import is_id, is_one_id
from simulator import Order, simulate

HAN = "\u3005\u3007\u3021\u3029东方省市区自治州地盟路街无没有测试保密\u3400\u9fff"
SIMPLE = st.text(HAN + "ÀÞß×éĀįıŽѐџ·’“、aZ09 .,-_'`&()#", max_size=24)


def _id_number(place: str, born: str, order: int) -> str:
    body = f"{place}{born}{order:03d}"
    return body + mod_11_2_of(body)


COLUMNS = (
    ("Device", "device_id"), ("IpAddress", "ip"), ("Phone", "phone"), ("Phone", "contact_phone"), ("BankCard", "card_number"),
    ("IdNumber", "id_number"), ("Address", "address"), ("Employer", "employer"), ("Email", "email"),
)  # fmt: skip
NEAR = {
    "phone": st.from_regex(r"(\+86|0086|86|0)?[ -]?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}", fullmatch=True)
    | st.sampled_from(["+8613800138000", "13900000000", "13912345678", "17911112222", "13333333333"]),
    "email": st.from_regex(r"[a-zA-Z0-9._+-]{1,8}@([a-zA-Z0-9-]{1,5}\.){1,2}[a-zA-Z]{2,4}", fullmatch=True)
    | st.sampled_from(["None@qq.com", "ab@example.com", "123@QQ.com", "a.b+c@GMAIL.com", "\u212aim@q.cn"]),
    "ip": st.ip_addresses(v=4).map(str) | st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", fullmatch=True),
    "id_number": st.builds(
        _id_number, st.sampled_from(["110105", "310104", "990105"]),
        st.from_regex(r"(18|19|20|21)[0-9]{2}(0[1-9]|1[0-3])[0-3][0-9]", fullmatch=True), st.integers(0, 999),
    ) | st.from_regex(r"[1-6][1-5][0-9]{4}19[0-9]{2}0[1-9][12][0-9]{4}[0-9Xx]", fullmatch=True),
    "card": st.from_regex(r"[0-9]{11,20}", fullmatch=True) | st.sampled_from(["0" * 16, "4111 1111 1111 1111"]),
    "address": SIMPLE | st.from_regex("(河北省|内蒙古自治区)?[海南唐山石家庄]{2,11}(市|自治州|盟)[路号0-9 -]{0,8}", fullmatch=True),
    "name": SIMPLE,
    "device": st.text(string.hexdigits, max_size=18) | st.uuids().map(lambda one: f"{{{one}}}")
    | st.from_regex(r"[0-9A-F]{2}([:-][0-9A-F]{2}){5}|[0-9]{2}[- ][0-9]{6}[- ][0-9]{6}[- ][0-9]", fullmatch=True)
    | st.sampled_from(["Android_ID", "0:0:-", "Default String", "zzzzzzzz", "abc_DEF"]),
    "code": SIMPLE,
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(NORMALISERS))
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_what_one_value_says_the_column_says_too(kind, data):
    text = data.draw(NEAR[kind] | LIKELY[kind] | ANY)
    options = data.draw(st.sampled_from([{}, {"country": "CN"}])) if kind == "phone" else {}
    _require_equal(kind, text, options)


@pytest.mark.parametrize("kind", sorted(NORMALISERS))
def test_characters_that_are_rare_are_left_to_the_column(kind):
    for number in [
        *range(0x20, 0x2100),
        *range(0x3000, 0x3500),
        *range(0x9FF0, 0xA010),
        0xFFFD,
        0xFF11,
        0x1F600,
    ]:
        _require_equal(kind, f"东方a{chr(number)}b{chr(number)}", {})


def _require_equal(kind: str, text: str, options: dict[str, str]) -> None:
    one = PLAINLY[kind](text, options)
    if one is None or len(text) > 512:
        return
    many = run(kind, [text], **options)
    assert (many.value[0], many.masked[0], many.reason[0]) == (one.value, one.masked, None)
    assert {name: series[0] for name, series in many.derived.items()} == one.derived


def test_what_lenders_send_takes_the_plain_way_and_gets_the_same_keys(tmp_path):
    simulate(Order(applications=2_000, start=date(2025, 1, 1), days=60, seed=3), tmp_path)
    made = pl.read_parquet(tmp_path / "applications.parquet")
    hasher, refused, total = Hasher(b"k" * 32), 0, 0
    for label, column in COLUMNS:
        kind = FINGRAPH.identifier(label)
        values = made[column].drop_nulls().unique()
        seen = identify(values, kind, "s", hasher, {}).drop("reason").to_dicts()
        for text, row in zip(values, seen, strict=True):
            one = identify_one(text, kind, "s", hasher, {})
            total += 1
            refused += one is None
            assert one is None or one == row
    assert refused < total / 100


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@example("x" * 200)
@example("x" * 201)
def test_one_id_is_checked_as_a_column_is(text):
    assert is_one_id(text) == is_id(pl.Series([text]))[0]
