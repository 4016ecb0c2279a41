from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from graph_schema.declaration import FINGRAPH, identifier_type
from loaders.hashing import Hasher
from loaders.identify import identify

HASHER = Hasher(b"k" * 32)
PHONE = FINGRAPH.identifier("Phone")
TERMINAL = identifier_type("Terminal", "A till.", "AT_TERMINAL", normaliser="code", scope="source")


def phones(*raw: str | None) -> pl.DataFrame:
    return identify(pl.Series(raw, dtype=pl.String), PHONE, "acme", HASHER, {})


def test_rows_come_back_in_their_places():
    seen = phones("139 1234 1234", None, "junk", "+8613912341234", "  ", "\u200b", "13912341235")
    assert seen.columns == ["key", "masked", "reason", "country", "region", "carrier", "block"]
    assert seen["key"][0] == seen["key"][3] == HASHER.keys("Phone", "", pl.Series(["+8613912341234"]))[0]
    assert seen["key"].is_null().to_list() == [False, True, True, False, True, True, False]
    assert seen["reason"].to_list() == [None, None, "phone.letters", None, None, None, None]
    assert seen["masked"].to_list() == ["+86139***34", None, None, "+86139***34", None, None, "+86139***35"]


def test_numbers_of_one_block_meet_and_the_block_is_hashed():
    seen = phones("13912341234", "+8613912349999", "13912351234")
    assert (
        seen["block"][0] == seen["block"][1] == HASHER.keys("Phone.block", "", pl.Series(["+861391234"]))[0]
    )
    assert seen["block"][2] != seen["block"][0]
    assert not any("1391234" in text for row in seen.rows() for text in row if text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["13912341234", "1391234", "x", None, "", "13912341235"]), max_size=40))
def test_a_column_is_its_rows_one_by_one(raw):
    together = phones(*raw)
    assert len(together) == len(raw)
    if raw:
        assert together.equals(pl.concat([phones(text) for text in raw]))


def test_no_raw_value_stands_in_any_column():
    raw = ["13912341234", "8613912341235", "139x", "call me maybe"]
    text = str(phones(*raw).to_dicts())
    assert not any(value in text for value in raw)


def test_global_values_meet_across_sources_and_scoped_ones_do_not():
    raw = pl.Series(["13912341234"])
    one, other = (identify(raw, PHONE, source, HASHER, {})["key"][0] for source in ("acme", "best"))
    assert one == other
    one, other = (identify(raw, TERMINAL, source, HASHER, {})["key"][0] for source in ("acme", "best"))
    assert one != other


def test_a_type_that_declares_nothing_derived_gets_nothing_derived():
    agent = identifier_type("AgentPhone", "An agent's phone.", "SOLD_BY", normaliser="phone")
    seen = identify(pl.Series(["13912341234"]), agent, "acme", HASHER, {})
    assert seen.columns == ["key", "masked", "reason"]


@pytest.mark.parametrize("raw", [pl.Series([13912341234, None]), pl.Series([13912341234.0, None])])
def test_numbers_are_read_as_a_person_would_write_them(raw):
    assert identify(raw, PHONE, "acme", HASHER, {})["key"].equals(phones("13912341234", None)["key"])


def test_fractions_of_a_float_column_stay():
    seen = identify(
        pl.Series([732758368.8]), FINGRAPH.identifier("IpAddress"), "acme", HASHER, {"decimal": "true"}
    )
    assert seen["masked"][0] == "43.173.x.x"
    assert seen["network"][0] == "43.173.1.0/24"


@pytest.mark.parametrize("identifier", FINGRAPH.identifiers, ids=lambda identifier: identifier.label)
def test_columns_of_nothing_have_the_right_types(identifier):
    empty = identify(pl.Series([], dtype=pl.String), identifier, "acme", HASHER, {})
    nulls = identify(pl.Series([None, None], dtype=pl.String), identifier, "acme", HASHER, {})
    assert len(empty) == 0
    assert nulls.null_count().row(0) == (2,) * len(nulls.columns)
    assert empty.schema == nulls.schema
    assert nulls.schema["key"] == pl.String


def test_an_unknown_normaliser_is_named():
    broken = identifier_type("Odd", "Odd.", "IS_ODD", normaliser="fone")
    with pytest.raises(UsageError, match="'fone'") as caught:
        identify(pl.Series(["x"]), broken, "acme", HASHER, {})
    assert caught.value.code == "normalise.unknown"
