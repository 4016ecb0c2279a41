"""Bank cards (ISO/IEC 7812-1) and the accounts that stand in their place."""

from __future__ import annotations

import re

import polars as pl

from loaders.normalise import mask
from loaders.normalise.digits import luhn_holds, luhn_of, matrix
from loaders.normalise.kinds import (
    Normalised,
    One,
    Options,
    accepted,
    check_options,
    finished,
    first_reason,
    one_character,
    repeated,
    switch,
    tidied,
)

_LONGEST, _SHORTEST = 19, 12
_PLAIN = re.compile(f"[0-9]{{{_SHORTEST},{_LONGEST}}}")
# Numbers that payment companies publish for tests; they pass every check and belong to nobody.
_PUBLISHED = (
    *("4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556", "5555555555554444"),
    *("5105105105105100", "2223003122003222", "378282246310005", "371449635398431", "6011111111111117"),
    *("3530111333300000", "30569309025904", "38520000023237", "6200000000000005"),
)


def normalise_card(raw: pl.Series, options: Options) -> Normalised:
    """Card numbers as 12 to 19 digits that pass Luhn's check. Derived: `issuer`, the first six digits.

    Option `luhn = "false"` leaves the check out, for columns that hold account numbers too. The mask keeps
    the last four: with the issuer that is the most that PCI DSS 4.0 (requirement 3.4.1) lets be shown.
    """
    check_options("card", options, "luhn")
    tidy = tidied(raw).with_columns(value=pl.col("text").str.replace_all(r"[ \p{Pd}]", ""))
    value = pl.col("value")
    frame = tidy.with_columns(
        first_reason(
            (~value.str.contains(r"^[0-9]+$"), "card.form"),
            (value.str.len_chars() < _SHORTEST, "card.too_short"),
            (value.str.len_chars() > _LONGEST, "card.too_long"),
            (value.is_in(_PUBLISHED) | repeated("value", _SHORTEST), "card.placeholder"),
        )
    )
    if switch("card", options, "luhn", default=True):
        padded = pl.when(accepted()).then(value.str.zfill(_LONGEST)).otherwise(pl.lit("0" * _LONGEST))
        digits = matrix(frame.select(padded.alias("padded"))["padded"], _LONGEST)
        frame = frame.with_columns(wrong=pl.Series(~luhn_holds(digits)))
        frame = frame.with_columns(first_reason((pl.col("wrong"), "card.checksum")))
    frame = frame.with_columns(mask.ends("value", 0, 4, at_least=_SHORTEST), issuer=value.str.slice(0, 6))
    return finished(frame, "issuer")


def one_card(raw: str, options: Options) -> One | None:
    """As `normalise_card`, of one value."""
    value = raw.replace(" ", "").replace("-", "")
    if options or _PLAIN.fullmatch(value) is None or value in _PUBLISHED or not luhn_of(value):
        return None
    if one_character(value, _SHORTEST):
        return None
    return One(value, mask.ends_of(value, 0, 4, at_least=_SHORTEST), {"issuer": value[:6]})
