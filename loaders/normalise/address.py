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


def normalise_address(raw: pl.Series, options: Options) -> Normalised:
    """Addresses folded over width, case, spaces and punctuation; no options, no look-up of places.

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
    )
    return finished(frame)
