"""Device ids: IMEI (3GPP TS 23.003), Android id, advertising ids (UUID), MAC address, fingerprints."""

from __future__ import annotations

import re

import polars as pl

from loaders.normalise import mask
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

_UUID = r"^\{?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}?$"
_MAC = r"^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}$"
_IMEI = r"^[0-9]{2}[- ][0-9]{6}[- ][0-9]{6}[- ][0-9]$"
_HEX = r"^[0-9A-Fa-f]+$"

# Ids that many devices share: what a system call answers when it has nothing to say, emulators' ids, and the
# Android id that a fault gave to millions of phones (Android issue 10603).
_JUNK = (
    *(
        "unknown",
        "null",
        "none",
        "nil",
        "nan",
        "undefined",
        "n/a",
        "na",
        "-",
        "test",
        "default",
        "android_id",
    ),
    *("to be filled by o.e.m.", "system serial number", "default string", "not available", "(null)"),
    *("9774d56d682e549c", "0123456789abcdef", "0123456789abcde", "012345678912345", "123456789012345"),
    *("004999010640000", "358240051111110", "020000000000", "ffffffffffff", "dead00beef"),
)
_ZEROS = r"^[0:.\-]+$"
_SHAPED, _ALL_HEX, _ALL_ZEROS = re.compile(f"{_UUID}|{_MAC}|{_IMEI}"), re.compile(_HEX), re.compile(_ZEROS)
_BETWEEN = str.maketrans("", "", "-: {}")


def normalise_device(raw: pl.Series, options: Options) -> Normalised:
    """Device ids in one spelling. No options.

    Case: ids of hex digits, UUIDs and MAC addresses are one id in either case and become lower case without
    separators; any other id is kept as written, because fingerprints in base 64 tell by case. Refused
    (`device.placeholder`): zeros, one character repeated, and ids known to be shared by many devices.
    """
    check_options("device", options)
    text = pl.col("text")
    shaped = text.str.contains(_UUID) | text.str.contains(_MAC) | text.str.contains(_IMEI)
    frame = tidied(raw).with_columns(
        value=pl.when(shaped)
        .then(text.str.replace_all(r"[-: {}]", "").str.to_lowercase())
        .when(text.str.contains(_HEX))
        .then(text.str.to_lowercase())
        .otherwise(text)
    )
    value = pl.col("value")
    junk = value.str.to_lowercase().is_in(_JUNK) | value.str.contains(_ZEROS) | repeated("value", 8)
    frame = frame.with_columns(first_reason((junk, "device.placeholder")))
    return finished(frame.with_columns(mask.ends("value", 2, 2, at_least=8)))


def one_device(raw: str, options: Options) -> One | None:
    """As `normalise_device`, of one value."""
    value = None if options else tidied_one(raw)
    if value is None or not value.isascii():
        return None
    if _SHAPED.match(value):
        value = value.translate(_BETWEEN).lower()
    elif _ALL_HEX.match(value):
        value = value.lower()
    if value.lower() in _JUNK or _ALL_ZEROS.match(value) or one_character(value, 8):
        return None
    return One(value, mask.ends_of(value, 2, 2, at_least=8))
