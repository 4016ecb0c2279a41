"""Resident identity numbers of mainland China (GB 11643-1999).

Six digits of the place (GB/T 2260; the first two are the province), eight of the birth date, three of a
sequence that is odd for men, and a check character by ISO 7064 MOD 11-2. Numbers given out before 1999 have
two digits for the year and no check character; they meet their eighteen-digit successors here.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import polars as pl

from core.errors import UsageError
from loaders.normalise import mask
from loaders.normalise.digits import matrix, mod_11_2, mod_11_2_of
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
)

PROVINCES = (
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37"),
    *("41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"),
    *("71", "81", "82", "83"),
)
"""First two digits of GB/T 2260; 81 to 83 are the residence permits for Hong Kong, Macao and Taiwan."""

_PLAIN = re.compile("[0-9]{17}[0-9X]")
_EARLIEST = date(1900, 1, 1)
# The standard's own examples, copied into every article about it.
_PUBLISHED = ("11010519491231002X", "440524188001010014")


def normalise_id_number(raw: pl.Series, options: Options) -> Normalised:
    """Identity numbers as eighteen characters. Derived: `birth_year` (Int64), `sex` (F, M), `region`.

    Option `today` (ISO date) is the day that no birth may follow; default: today in China. The mask keeps
    the province and the last two characters: with what is derived, some thousand people share it.
    """
    check_options("id_number", options, "today")
    today = _today(options)
    frame = _shaped(raw)
    body = pl.col("body")
    born = body.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    frame = frame.with_columns(check=mod_11_2(matrix(frame["body"], 17)), born=born)
    frame = frame.with_columns(value=body + pl.col("check"), region=body.str.slice(0, 2))
    checksum = (pl.col("text").str.len_chars() == 18) & (pl.col("text") != pl.col("value"))
    published = pl.col("value").is_in(_PUBLISHED)
    frame = frame.with_columns(
        first_reason(
            (~pl.col("region").is_in(PROVINCES), "id_number.region"),
            (pl.col("born").is_null() | (pl.col("born") < _EARLIEST), "id_number.date"),
            (pl.col("born") > today, "id_number.future"),
            (checksum, "id_number.checksum"),
            (published, "id_number.placeholder"),
        ),
        mask.ends("value", 2, 2, at_least=18),
        birth_year=pl.col("born").dt.year().cast(pl.Int64),
        sex=pl.when(body.str.slice(16, 1).is_in(("1", "3", "5", "7", "9")))
        .then(pl.lit("M"))
        .otherwise(pl.lit("F")),
    )
    return finished(frame, "birth_year", "sex", "region")


def _shaped(raw: pl.Series) -> pl.DataFrame:
    """Column `body`: the seventeen digits before the check character, zeros where there are none."""
    text = pl.col("text")
    tidy = tidied(raw).with_columns(text.str.replace_all(r"[ \p{Pd}]", "").str.to_uppercase())
    length = text.str.len_chars()
    frame = tidy.with_columns(
        first_reason(
            (~text.str.contains(r"^[0-9]+X?$"), "id_number.form"),
            (repeated("text", 15), "id_number.placeholder"),
            (~length.is_in((15, 18)), "id_number.length"),
            ((length == 15) & text.str.ends_with("X"), "id_number.form"),
        )
    )
    body = (
        pl.when(pl.col("reason").is_not_null())
        .then(pl.lit("0" * 17))
        .when(length == 18)
        .then(text.str.slice(0, 17))
        .otherwise(pl.concat_str(text.str.slice(0, 6), pl.lit("19"), text.str.slice(6)))
    )
    return frame.with_columns(body=body)


def _today(options: Options) -> date:
    text = options.get("today")
    if text is None:
        return (datetime.now(UTC) + timedelta(hours=8)).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            "normalise.option", "Option 'today' of id_number is a date like 2026-01-31."
        ) from None


def one_id_number(raw: str, options: Options) -> One | None:
    """As `normalise_id_number`, of one value of eighteen characters."""
    value = raw.strip(" ").upper()
    if options or _PLAIN.fullmatch(value) is None or value in _PUBLISHED or one_character(value, 15):
        return None
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
    if (
        value[:2] not in PROVINCES
        or not _EARLIEST <= born <= _today({})
        or mod_11_2_of(value[:17]) != value[17]
    ):
        return None
    sex = "M" if int(value[16]) % 2 else "F"
    masked = mask.ends_of(value, 2, 2, at_least=18)
    return One(value, masked, {"birth_year": born.year, "sex": sex, "region": value[:2]})
