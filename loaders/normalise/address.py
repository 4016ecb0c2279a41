"""Postal addresses, Chinese and Latin."""

from __future__ import annotations

import polars as pl

from loaders.normalise import mask
from loaders.normalise.fold import folded
from loaders.normalise.kinds import (
    Normalised,
    Options,
    check_options,
    finished,
    first_reason,
    repeated,
    tidied,
)
from loaders.normalise.name import NOTHING

_SHORTEST_HAN, _SHORTEST = 4, 5
_PLACE = r"[\p{Han}&&[^省市区县旗镇乡村路街]]"
_CITY = f"^(?:{_PLACE}{{2,8}}(?:省|自治区|特别行政区))?({_PLACE}{{2,10}}?(?:市|自治州|地区|盟))"
"""A prefecture or municipality, with or without its province before it (GB/T 2260)."""


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
            (value.is_in((*NOTHING, "na", "no")) | repeated("value", 3), "address.placeholder"),
            (letters < shortest, "address.too_short"),
            (~value.str.contains(r"\p{L}"), "address.no_letters"),
        ),
        mask.words("value"),
        city=pl.col("value").str.extract(_CITY, 1),
    )
    return finished(frame, "city")
