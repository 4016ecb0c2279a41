"""What every normaliser promises."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from normalising import reason, run

from core.errors import UsageError
from graph_schema.declaration import FINGRAPH, identifier_type
from graph_schema.model import Type
from loaders.normalise import NORMALISERS, REASONS

KINDS = sorted(NORMALISERS)
BASE = {prop.name for prop in identifier_type("Any", "", "ANY", normaliser="code").properties}
DTYPES = {Type.STRING: pl.String, Type.INTEGER: pl.Int64, Type.BOOLEAN: pl.Boolean}

# Text near to what each kind takes, beside text of any sort.
LIKELY = {
    "phone": st.text("0123456789０１３８+ -()转x", min_size=5, max_size=18),
    "email": st.from_regex(r"[a-zA-Z.+ß]{1,8}@[a-zA-Zü]{1,6}[.。](com|CN)", fullmatch=True)
    | st.builds(
        "{}@{}".format, st.text("aB.+1", min_size=1), st.sampled_from(["Gmail.com", "pm.me", "q.cn"])
    ),
    "ip": st.ip_addresses().map(str) | st.from_regex(r"[0-9a-f:.]{2,20}", fullmatch=True),
    "id_number": st.from_regex(r"[1-6][1-5][0-9]{4}(19)?[0-9]{2}0[1-9][12][0-9]{4}[0-9X]?", fullmatch=True),
    "card": st.text("0123456789 -", min_size=10, max_size=22),
    "address": st.text("海淀区路12号-, .aBé’'Σß\n", min_size=3, max_size=20),
    "name": st.text("东方科技（北京）有限公司 Ab.-&'", min_size=1, max_size=12),
    "device": st.uuids().map(str) | st.from_regex(r"[0-9a-fA-F:-]{1,20}", fullmatch=True),
    "code": st.text("Aa １-", max_size=10),
}
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)

EXAMPLES = {
    "value.blank": ("code", "\u200b"),
    "value.too_long": ("code", "x" * 513),
    "value.control": ("name", "a\x07b"),
    "value.broken_text": ("name", "a\ufffdb"),
    "phone.letters": ("phone", "call 13912341234"),
    "phone.form": ("phone", "13912341234;13912341235"),
    "phone.too_short": ("phone", "10086"),
    "phone.too_long": ("phone", "13912341234/13912341235"),
    "phone.country": ("phone", "+999 1234567"),
    "phone.repeated": ("phone", "00000000000"),
    "phone.placeholder": ("phone", "13800138000"),
    "phone.not_assigned": ("phone", "86123456"),
    "email.no_at": ("email", "nobody"),
    "email.local": ("email", "a..b@firm.cn"),
    "email.domain": ("email", "a@firm"),
    "email.too_long": ("email", "a" * 65 + "@firm.cn"),
    "email.placeholder": ("email", "test@test.com"),
    "ip.form": ("ip", "1.2.3"),
    "ip.leading_zero": ("ip", "10.01.2.3"),
    "ip.out_of_range": ("ip", "1.2.3.256"),
    "ip.unusable": ("ip", "127.0.0.1"),
    "id_number.form": ("id_number", "1101051990030700ab"),
    "id_number.length": ("id_number", "1101051990"),
    "id_number.region": ("id_number", "990105900307002"),
    "id_number.date": ("id_number", "110105900230002"),
    "id_number.future": ("id_number", "110105999903070021"),
    "id_number.checksum": ("id_number", "110105199003070024"),
    "id_number.placeholder": ("id_number", "11010519491231002X"),
    "card.form": ("card", "6222********1234"),
    "card.too_short": ("card", "12345678903"),
    "card.too_long": ("card", "62220212345678901234"),
    "card.checksum": ("card", "4539578763621487"),
    "card.placeholder": ("card", "4111 1111 1111 1111"),
    "address.placeholder": ("address", "无"),
    "address.too_short": ("address", "北京市"),
    "address.no_letters": ("address", "100084"),
    "name.placeholder": ("name", "N/A"),
    "name.too_short": ("name", "Q"),
    "name.no_letters": ("name", "12345"),
    "device.placeholder": ("device", "000000000000000"),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_canonical_value_normalises_to_itself(kind, data):
    raw = data.draw(st.lists(LIKELY[kind] | ANY, min_size=1, max_size=25, unique=True))
    first = run(kind, raw)
    kept = first.value.drop_nulls().unique()
    again = run(kind, kept.to_list())
    assert again.value.to_list() == kept.to_list()
    # What is derived is a property of the value, not of how it was spelled.
    told = pl.DataFrame({"value": first.value, "masked": first.masked, **first.derived}).drop_nulls("value")
    retold = pl.DataFrame({"value": again.value, "masked": again.masked, **again.derived})
    assert told.unique().sort("value").equals(retold.sort("value"))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_each_row_is_accepted_whole_or_refused_with_a_known_reason(kind, data):
    raw = data.draw(st.lists(LIKELY[kind] | ANY, min_size=1, max_size=25, unique=True))
    result = run(kind, raw)
    columns = [result.value, result.reason, result.masked, *result.derived.values()]
    assert {len(series) for series in columns} == {len(raw)}
    assert (result.value.is_null() == result.masked.is_null()).all()
    assert (result.value.is_null() == result.reason.is_not_null()).all()
    assert set(result.reason.drop_nulls()) <= set(REASONS)
    for series in result.derived.values():
        assert series.filter(result.value.is_null()).is_null().all()
    assert all(v != m for v, m in zip(result.value, result.masked, strict=True) if v is not None)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_row_does_not_depend_on_its_neighbours(kind, data):
    raw = data.draw(st.lists(LIKELY[kind] | ANY, min_size=1, max_size=6, unique=True))
    together = run(kind, raw)
    for place, text in enumerate(raw):
        alone = run(kind, [text])
        assert (alone.value[0], alone.reason[0]) == (together.value[place], together.reason[place])


@pytest.mark.parametrize("kind", KINDS)
def test_derived_columns_are_those_that_the_schema_declares(kind):
    result = run(kind, ["x"])
    empty = run(kind, [])
    for identifier in (i for i in FINGRAPH.identifiers if i.normaliser == kind):
        declared = {p.name: DTYPES[p.type] for p in identifier.properties if p.name not in BASE}
        assert {name: series.dtype for name, series in result.derived.items()} == declared
        assert {name: series.dtype for name, series in empty.derived.items()} == declared
    assert result.value.dtype == result.reason.dtype == result.masked.dtype == pl.String
    assert empty.value.dtype == empty.reason.dtype == empty.masked.dtype == pl.String


def test_every_normaliser_of_the_schema_exists():
    assert {i.normaliser for i in FINGRAPH.identifiers} | {"code"} == set(NORMALISERS)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_can_be_given_and_never_carries_the_value(code):
    kind, text = EXAMPLES[code]
    assert reason(kind, text) == code
    assert text not in REASONS[code]
    assert REASONS[code].endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_control_characters_and_slipped_cells_are_refused(kind):
    assert reason(kind, "1\x00234567") == "value.control"
    assert reason(kind, "1" * 513) == "value.too_long"
    assert reason(kind, "\u3000\u200b ") == "value.blank"


@pytest.mark.parametrize("kind", KINDS)
def test_a_misspelt_option_is_an_error_and_not_silence(kind):
    with pytest.raises(UsageError, match="has no option 'contry'") as caught:
        run(kind, ["x"], contry="CN")
    assert caught.value.code == "normalise.option"


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("phone", {"country": "XX"}),
        ("ip", {"decimal": "yes"}),
        ("card", {"luhn": ""}),
        ("id_number", {"today": "soon"}),
    ],
)
def test_an_option_with_an_impossible_content_is_an_error(kind, options):
    with pytest.raises(UsageError) as caught:
        run(kind, ["x"], **options)
    assert caught.value.code == "normalise.option"
