"""Postal addresses, Chinese and Latin."""

from __future__ import annotations

import re

import polars as pl

from loaders.normalise import mask
from loaders.normalise.fold import folded, folded_one
from loaders.normalise.kinds import (
    Normalised,
    One,
    Options,
    check_options,
    finished,
    first_reason,
    one_character,
    repeated,
    tidied,
    tidied_one,
)
from loaders.normalise.name import NOTHING

_SHORTEST_HAN, _SHORTEST = 4, 5
_NOTHING = (*NOTHING, "na", "no")


def _city(place: str) -> str:
    """A prefecture or municipality, with or without its province before it (GB/T 2260)."""
    return f"^(?:{place}{{2,8}}(?:省|自治区|特别行政区))?({place}{{2,10}}?(?:市|自治州|地区|盟))"


_CITY = _city(r"[\p{Han}&&[^省市区县旗镇乡村路街]]")
_HAN = "[\u3005\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff]"
"""Of the simple characters (`fold`)."""
_ONE_CITY, _ANY_HAN = re.compile(_city(f"(?:(?![省市区县旗镇乡村路街]){_HAN})")), re.compile(_HAN)


def normalise_address(raw: pl.Series, options: Options) -> Normalised:
    """Addresses folded over width, case, spaces and punctuation; no options, no look-up of places.

    `city` is derived from the canonical form: in Chinese what ends in 市, 自治州, 地区 or 盟 at the beginning or behind
    the province, null where nothing does. Elsewhere it is null: which word is the city only a look-up could tell.

    Refused: placeholders, text without a letter (a postcode names a town), and text too short to name a home
    (under four characters in Chinese, such as a city alone, under five elsewhere).
    """
    check_options("address", options)
    tidy = tidied(raw, lines=True)
    frame = tidy.with_columns(value=folded(tidy["text"]))
    value = pl.col("value")
    letters = value.str.replace_all(" ", "", literal=True).str.len_chars()
    shortest = pl.when(value.str.contains(r"\p{Han}")).then(_SHORTEST_HAN).otherwise(_SHORTEST)
    frame = frame.with_columns(
        first_reason(
            (value.is_in(_NOTHING) | repeated("value", 3), "address.placeholder"),
            (letters < shortest, "address.too_short"),
            (~value.str.contains(r"\p{L}"), "address.no_letters"),
        ),
        mask.words("value"),
        city=pl.col("value").str.extract(_CITY, 1),
    )
    return finished(frame, "city")


def one_address(raw: str, options: Options) -> One | None:
    """As `normalise_address`, of one value."""
    text = None if options else tidied_one(raw)
    value = None if text is None else folded_one(text)
    if value is None or value in _NOTHING or one_character(value, 3):
        return None
    shortest = _SHORTEST_HAN if _ANY_HAN.search(value) else _SHORTEST
    if len(value.replace(" ", "")) < shortest or not any(c.isalpha() for c in value):
        return None
    city = _ONE_CITY.match(value)
    return One(value, mask.words_of(value), {"city": city[1] if city else None})
