from __future__ import annotations

import hashlib
import hmac
import stat

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.settings import load_settings
from loaders import hashing
from loaders.hashing import Hasher, load_hasher

HASHER = Hasher(bytes(range(32)))
PART = st.text(st.characters(exclude_characters="\x1f", exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=0, max_size=80), PART, PART, st.lists(PART | st.none(), max_size=8))
def test_a_key_is_the_standard_library_s_hmac_cut_to_128_bits(key, label, scope, values):
    expected = [
        None
        if value is None
        else hmac.new(key, f"{label}\x1f{scope}\x1f{value}".encode(), hashlib.sha256).hexdigest()[:32]
        for value in values
    ]
    assert Hasher(key).keys(label, scope, pl.Series(values, dtype=pl.String)).to_list() == expected


def test_keys_differ_by_label_scope_key_and_value():
    values = pl.Series(["a", "b"])
    keys = [
        *HASHER.keys("Phone", "", values),
        *HASHER.keys("Device", "", values),
        *HASHER.keys("Phone", "acme", values),
        *Hasher(b"another").keys("Phone", "", values),
        *HASHER.keys("Phonea", "cme", values),
    ]
    assert len(set(keys)) == len(keys)


def test_rows_keep_their_places_across_slices(monkeypatch):
    values = pl.Series([str(n) if n % 7 else None for n in range(100)])
    whole = HASHER.keys("Phone", "", values)
    monkeypatch.setattr(hashing, "_SLICE", 9)
    assert HASHER.keys("Phone", "", values).equals(whole)
    assert HASHER.keys("Phone", "", values.head(0)).dtype == pl.String


def test_a_separator_in_a_name_is_refused():
    for label, scope in (("a\x1f", ""), ("a", "b\x1fc")):
        with pytest.raises(UsageError) as caught:
            HASHER.keys(label, scope, pl.Series(["x"]))
        assert caught.value.code == "hash.name"


def test_the_key_id_names_the_key_and_the_key_is_never_shown():
    assert HASHER.key_id == hashlib.sha256(b"fingraph key id" + HASHER.key).hexdigest()[:8]
    assert HASHER.key_id != Hasher(b"another").key_id
    assert repr(HASHER) == "Hasher()"


def test_a_home_makes_its_key_once_and_keeps_it(tmp_path):
    home = load_settings({"FINGRAPH_HOME": str(tmp_path)})
    first = load_hasher(home)
    assert len(first.key) == 32
    assert load_hasher(home) == first
    assert stat.S_IMODE((tmp_path / "secrets" / "hash.key").stat().st_mode) == 0o600


def test_the_key_of_the_settings_goes_first(tmp_path):
    home = load_settings({"FINGRAPH_HOME": str(tmp_path), "FINGRAPH_HASH_KEY": "0f" * 32})
    assert load_hasher(home).key == b"\x0f" * 32
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize("text", ["short", "zz" * 32, "0f" * 31, "0f" * 33])
def test_a_key_that_is_none_is_refused_without_being_shown(tmp_path, text):
    home = load_settings({"FINGRAPH_HOME": str(tmp_path), "FINGRAPH_HASH_KEY": text})
    with pytest.raises(UsageError) as caught:
        load_hasher(home)
    assert caught.value.code == "hash.key"
    assert text not in str(caught.value.as_dict())
