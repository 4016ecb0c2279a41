"""Addresses, names, devices and codes."""

from __future__ import annotations

import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from normalising import meet, reason, run, value

from loaders.normalise import fold
from loaders.normalise.kinds import tidied


def all_characters() -> pl.Series:
    return pl.Series([chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF])


def test_the_fast_fold_is_the_slow_one_for_every_character_and_beside_letters():
    characters = all_characters()
    simple = characters.filter(characters.str.contains(fold._SIMPLE))
    assert len(simple) > 20_000
    for frame in ("{}", "a{}b", "1 {}2", "路{}号"):
        text = tidied(pl.Series([frame.format(character) for character in simple]))["text"]
        assert fold.folded(text).to_list() == [fold._settled(t) for t in text]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("aAéÉßΣςİıŁﬁ\u0301 -'’.·12路号（）Ж１"), max_size=12))
def test_the_fast_fold_is_the_slow_one_for_texts(text):
    tidy = tidied(pl.Series([text], dtype=pl.String))["text"]
    assert fold.folded(tidy)[0] == fold._settled(tidy[0])


@pytest.mark.parametrize(
    "texts",
    [
        (
            "湖南省长沙县翔安韩路z座\\ 443881",
            "湖南省 长沙县，翔安韩路Ｚ座443881",
            "湖南省长沙县\n翔安韩路z座443881",
        ),
        ("中关村大街1号-2-301", "中关村大街１号 2—301"),
        ("12 Oak St., Apt. 4", "12  OAK ST APT 4", "12 oak st/apt 4"),
        ("Hauptstraße 5", "HAUPTSTRASSE 5"),
        ("12 Rue de l'Église", "12 rue de l’E\u0301GLISE"),
    ],
)
def test_spellings_of_an_address_meet(texts):
    assert meet("address", *texts)


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("江苏省南京市玄武区友谊路44号东方公寓8栋3单元1201室", "南京市"),
        ("江苏省 南京市，玄武区 友谊路44号", "南京市"),
        ("北京市海淀区中关村大街1号", "北京市"),
        ("湖北省荆州市沙市区北京路5号", "荆州市"),
        ("云南省大理白族自治州大理市古城12号", "大理白族自治州"),
        ("内蒙古自治区锡林郭勒盟正蓝旗1号", "锡林郭勒盟"),
        ("海淀区城市花园12号", None),
        ("中关村大街1号超市楼上", None),
        ("12 Oak St, Springfield, IL 62704", None),
    ],
)
def test_a_chinese_address_says_its_city(text, city):
    assert run("address", [text]).derived["city"][0] == city


def test_house_numbers_keep_what_parts_them():
    assert not meet("address", "中关村大街1-2-301", "中关村大街12-301")
    assert not meet("address", "1 23 Oak Street", "12 3 Oak Street")


def test_spellings_of_a_name_meet_and_suffixes_stay():
    assert meet("name", "东方（北京）科技有限公司", "东方(北京) 科技有限公司", "东方北京科技有限公司")
    assert meet("name", "O'Brien & Sons Ltd.", "O’BRIEN  SONS LTD")
    assert meet("name", "阿里木·买买提", "阿里木•买买提")
    assert not meet("name", "东方科技", "东方科技有限公司")


@pytest.mark.parametrize("text", ["无", "none", "N/A", "test", "（暂无）", "xxxx", "啊啊啊", "- NULL -"])
def test_placeholders_are_no_address_and_no_name(text):
    assert reason("address", text) == "address.placeholder"
    assert reason("name", text) == "name.placeholder"


def test_having_no_employer_ties_nobody():
    assert reason("name", "自由职业") == "name.placeholder"
    assert reason("name", "Self-employed") == "name.placeholder"


def test_masks_of_text_keep_its_beginning():
    assert run("address", ["湖南省长沙县翔安韩路1号"]).masked[0] == "湖南省***"
    assert run("name", ["王英", "东方峻景网络有限公司"]).masked.to_list() == ["王***", "东方峻***"]


@pytest.mark.parametrize(
    "texts",
    [
        ("6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}"),
        ("6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "6ba7b8109dad11d180b400c04fd430c8"),
        ("AA:BB:CC:DD:EE:F1", "aa-bb-cc-dd-ee-f1"),
        ("35-209900-176148-1", "352099001761481"),
        ("de52F540368BAB94", " DE52f540368bab94 "),
    ],
)
def test_spellings_of_a_device_meet(texts):
    assert meet("device", *texts)


def test_opaque_device_ids_tell_by_case():
    assert not meet("device", "QVPSPJUOCKZAR", "qvpspjuockzar")
    assert value("device", "dev_1") == "dev_1"


@pytest.mark.parametrize(
    "text",
    [
        *("000000000000000", "0", "00000000-0000-0000-0000-000000000000", "00:00:00:00:00:00"),
        *("02:00:00:00:00:00", "9774D56D682E549C", "Unknown", "null", "N/A", "ffffffffffffffff", "XXXXXXXX"),
    ],
)
def test_ids_that_many_devices_report_are_refused(text):
    assert reason("device", text) == "device.placeholder"


def test_codes_are_only_trimmed_and_made_one_width():
    assert value("code", "  Ａb-１ ") == "Ab-1"
    assert not meet("code", "ab", "AB")
