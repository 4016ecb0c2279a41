"""Telephone numbers in E.164 (ITU-T), by Google's libphonenumber and a fast path for mainland mobiles."""

from __future__ import annotations

import re
from typing import NamedTuple

import phonenumbers
import polars as pl
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult, carrier

from core.errors import UsageError
from loaders.normalise import mask
from loaders.normalise.kinds import (
    Normalised,
    One,
    Options,
    accepted,
    check_options,
    finished,
    first_reason,
    tidied,
)
from loaders.normalise.phone_plan import LANGUAGE, mobile_plan

_PUNCTUATION = r"[\s().\[\]/~·•_\p{Pd}]"
_EXTENSION = r"(?i)\s*(?:转|轉|extension|ext\.?|x|#)\s*[0-9]{1,6}$"
_SHORTEST_REPEATED = 5
_LINE = 4
"""Digits that tell the lines of a block apart."""

# 179 is left to the library: 179xx are dialling prefixes of carriers, and 179xx00 leads abroad.
_MOBILE = "1(?:[3-689][0-9]|7[0-8])[0-9]{8}"
_ANYWHERE = rf"^\+86({_MOBILE})$"
_IN_CHINA = rf"^(?:\+86|0086|86|0)?({_MOBILE})$"

# 13800138000 is China Mobile's own service number; 1300000… and …12345678 are typed by people who give none.
# They are real numbers, but none is the applicant's: as links they would tie strangers.
_PLACEHOLDER = r"(?:^\+8613800138000|0{8}|12345678)$"
_ONE_NUMBER = re.compile(r"\+?[0-9]{1,25}")
_ONE_IN_CHINA, _ONE_PLACEHOLDER = re.compile(_IN_CHINA), re.compile(_PLACEHOLDER)
_NAMES = ("value", "reason", "country", "region", "carrier")
_SCHEMA = dict.fromkeys(_NAMES, pl.String)

_IMPOSSIBLE = {
    ValidationResult.TOO_SHORT: "phone.too_short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "phone.too_short",
    ValidationResult.TOO_LONG: "phone.too_long",
    ValidationResult.INVALID_COUNTRY_CODE: "phone.country",
    ValidationResult.INVALID_LENGTH: "phone.not_assigned",
}
_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: "phone.country",
    NumberParseException.NOT_A_NUMBER: "phone.too_short",
    NumberParseException.TOO_SHORT_AFTER_IDD: "phone.too_short",
    NumberParseException.TOO_SHORT_NSN: "phone.too_short",
    NumberParseException.TOO_LONG: "phone.too_long",
}


class _Read(NamedTuple):
    value: str | None = None
    reason: str | None = None
    country: str | None = None
    region: str | None = None
    carrier: str | None = None


def normalise_phone(raw: pl.Series, options: Options) -> Normalised:
    """Numbers in E.164. Derived: `country` (ISO 3166), `region`, `carrier` (of the prefix; in English), `block`
    (all but the last four digits: numbers given out together).

    Option `country` (default CN) is where numbers without a country code are dialled. Extensions go: they
    lead to the same line. Accepted are numbers that fit their country's numbering plan, and mainland mobiles
    (1, then 3 to 9, then nine digits; not 179) of any prefix, because prefixes are given out before the
    plan's data learns of them. `region` is null where nothing finer than the country is known.
    """
    check_options("phone", options, "country")
    country = options.get("country", "CN")
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise UsageError("normalise.option", "Option 'country' of phone is an ISO 3166 code such as CN.")
    frame = _dialled(raw, _IN_CHINA if country == "CN" else _ANYWHERE)
    fast = frame.filter(pl.col("mobile").is_not_null())
    slow = frame.filter(pl.col("mobile").is_null())
    out = pl.concat([_mobiles(fast), _others(slow, country)]).sort("row")
    out = out.with_columns(first_reason((pl.col("value").str.contains(_PLACEHOLDER), "phone.placeholder")))
    out = out.with_columns(mask.ends("value", 6, 2, at_least=12), block=pl.col("value").str.head(-_LINE))
    return finished(out, "country", "region", "carrier", "block")


def _dialled(raw: pl.Series, mobile: str) -> pl.DataFrame:
    """Columns `row`, `reason`, `dialled` (no extension, no punctuation), `mobile` (eleven digits or null)."""
    frame = tidied(raw).with_row_index("row")
    dialled = pl.col("text").str.replace(_EXTENSION, "").str.replace_all(_PUNCTUATION, "")
    frame = frame.select("row", "reason", dialled=dialled)
    return frame.with_columns(mobile=pl.when(accepted()).then(pl.col("dialled").str.extract(mobile, 1)))


def _mobiles(frame: pl.DataFrame) -> pl.DataFrame:
    """Mainland mobiles, from the arrays of the plan."""
    if frame.is_empty():
        return pl.DataFrame(schema={"row": pl.UInt32, **_SCHEMA})
    region, carried_by = mobile_plan().of(frame["mobile"])
    return frame.select(
        "row",
        pl.lit("+86").add(pl.col("mobile")).alias("value"),
        "reason",
        pl.lit("CN").alias("country"),
        region.alias("region"),
        carried_by.alias("carrier"),
    )


def _others(frame: pl.DataFrame, country: str) -> pl.DataFrame:
    """Everything else, one number at a time by the library."""
    if frame.is_empty():
        return pl.DataFrame(schema={"row": pl.UInt32, **_SCHEMA})
    dialled = pl.col("dialled")
    frame = frame.with_columns(
        first_reason(
            (dialled.str.contains(r"\p{L}"), "phone.letters"),
            (~dialled.str.contains(r"^\+?\p{Nd}*$"), "phone.form"),
        )
    )
    read = [
        _Read(reason=reason) if reason else _read(text, country)
        for text, reason in zip(frame["dialled"], frame["reason"], strict=True)
    ]
    return pl.DataFrame(read, schema=_SCHEMA, orient="row").insert_column(0, frame["row"])


def _read(text: str, country: str) -> _Read:
    """One number as the library reads it when dialled in `country`."""
    if _one_digit(text.removeprefix("+")):
        return _Read(reason="phone.repeated")
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException as error:
        return _Read(reason=_UNREADABLE.get(error.error_type, "phone.form"))
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != ValidationResult.IS_POSSIBLE:
        return _Read(reason=_IMPOSSIBLE[possible])
    if _one_digit(phonenumbers.national_significant_number(number)):
        return _Read(reason="phone.repeated")
    if not phonenumbers.is_valid_number(number):
        return _Read(reason="phone.not_assigned")
    home = phonenumbers.region_code_for_number(number)
    return _Read(
        value=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        # Numbers of no country (+800, satellites) have the library's code 001.
        country=home if home and home.isalpha() else None,
        region=_region(number),
        carrier=carrier.name_for_number(number, LANGUAGE) or None,
    )


def _one_digit(digits: str) -> bool:
    return len(digits) >= _SHORTEST_REPEATED and len(set(digits)) == 1


def _region(number: PhoneNumber) -> str | None:
    """Where the number was given out; null where that is only the country."""
    # Imported here because whoever loads no phone should not pay for its 150 MB.
    from phonenumbers import geocoder  # noqa: PLC0415

    region = geocoder.description_for_number(number, LANGUAGE)
    return region if region and region != geocoder.country_name_for_number(number, LANGUAGE) else None


def one_phone(raw: str, options: Options) -> One | None:
    """As `normalise_phone`, of one value of digits, spaces and hyphens."""
    dialled = raw.replace(" ", "").replace("-", "")
    if options not in ({}, {"country": "CN"}) or _ONE_NUMBER.fullmatch(dialled) is None:
        return None
    mobile = _ONE_IN_CHINA.fullmatch(dialled)
    read = _mobile(mobile[1]) if mobile else _read(dialled, "CN")
    if read.value is None or _ONE_PLACEHOLDER.search(read.value):
        return None
    derived = {
        "country": read.country,
        "region": read.region,
        "carrier": read.carrier,
        "block": read.value[:-_LINE],
    }
    return One(read.value, mask.ends_of(read.value, 6, 2, at_least=12), derived)


def _mobile(number: str) -> _Read:
    return _Read(f"+86{number}", None, "CN", *mobile_plan().of_one(number))
