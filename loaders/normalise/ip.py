"""Internet addresses, version 4 (RFC 791) and 6 (RFC 4291)."""

from __future__ import annotations

import ipaddress
import re

import polars as pl

from loaders.normalise.kinds import (
    Normalised,
    One,
    Options,
    check_options,
    finished,
    first_reason,
    switch,
    tidied,
)

_DOTTED = r"^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = rf"^{_OCTET}(?:\.{_OCTET}){{3}}$"
_LEADING_ZERO = r"(?:^|\.)0[0-9]"
_DECIMAL = r"^([0-9]{1,18})(?:\.[0-9]*)?$"
_UNUSABLE = r"^(?:0\.0\.0\.0|255\.255\.255\.255|127\..*|::1?)$"

# Ranges whose addresses mean another machine in every network (RFC 1918, shared by carriers RFC 6598,
# link-local RFC 3927). Written out because the library's own idea of "private" changes with its version.
_PRIVATE_V4 = (
    r"^(?:10|192\.168|169\.254|172\.(?:1[6-9]|2[0-9]|3[01])|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7]))\."
)
_UNIQUE_LOCAL, _LINK_LOCAL = 0xFC00 >> 9, 0xFE80 >> 6  # the leading bits of fc00::/7 (RFC 4193) and fe80::/10
_V6 = {"text": pl.String, "network": pl.String, "private": pl.Boolean, "masked": pl.String}
_ONE_V4, _ONE_UNUSABLE, _ONE_PRIVATE = re.compile(_V4), re.compile(_UNUSABLE), re.compile(_PRIVATE_V4)


def normalise_ip(raw: pl.Series, options: Options) -> Normalised:
    """Addresses in the form of RFC 5952. Derived: `version` (Int64), `network` (/24 or /48), `private`.

    A version 4 address inside version 6 (`::ffff:a.b.c.d`) is the version 4 address. Leading zeros are
    refused, because some programs read them as octal. Option `decimal = "true"` also takes the address as
    one number, as text that may carry a fraction to be cut off ("732758368.8").
    """
    check_options("ip", options, "decimal")
    frame = _without_version_6(tidied(raw))
    if switch("ip", options, "decimal", default=False):
        frame = _without_decimals(frame)
    text = pl.col("text")
    dotted, six = text.str.contains(_DOTTED), pl.col("network").is_not_null()
    frame = frame.with_columns(
        first_reason(
            (dotted & text.str.contains(_LEADING_ZERO), "ip.leading_zero"),
            (dotted & ~text.str.contains(_V4), "ip.out_of_range"),
            (~dotted & ~six, "ip.form"),
            (text.str.contains(_UNUSABLE), "ip.unusable"),
        ),
        value=text,
        version=pl.when(six).then(6).otherwise(4).cast(pl.Int64),
        network=pl.coalesce("network", text.str.replace(r"\.[0-9]+$", ".0/24")),
        private=pl.coalesce("private", text.str.contains(_PRIVATE_V4)),
        masked=pl.coalesce("masked", text.str.replace(r"\.[0-9]+\.[0-9]+$", ".x.x")),
    )
    return finished(frame, "version", "network", "private")


def _without_version_6(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `network`, `private`, `masked`, filled for version 6; its `text` canonical (dotted if mapped)."""
    colons = frame["text"].str.contains(":", literal=True)
    if not colons.any():
        return frame.with_columns(
            pl.lit(None, dtype).alias(name) for name, dtype in _V6.items() if name != "text"
        )
    rows = colons.arg_true()
    read = pl.DataFrame([_read_6(text) for text in frame["text"].gather(rows)], schema=_V6, orient="row")
    blank = pl.DataFrame({name: pl.Series(name, [None], dtype=dtype) for name, dtype in _V6.items()})
    # Row 0 of the look-up is for everything that is no version 6.
    place = colons.cum_sum().cast(pl.UInt32) * colons.cast(pl.UInt32)
    found = pl.concat([blank, read])[place]
    return frame.with_columns(
        pl.coalesce(found["text"], frame["text"]).alias("text"),
        found["network"],
        found["private"],
        found["masked"],
    )


def _read_6(text: str) -> tuple[str | None, str | None, bool | None, str | None]:
    """Text, network, private, masked of one version 6 address; all null for none, text alone if mapped."""
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None, None, None, None
    if address.scope_id is not None:
        return None, None, None, None
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped), None, None, None
    number = int(address)
    network = f"{ipaddress.IPv6Address(number >> 80 << 80)}/48"
    private = number >> 121 == _UNIQUE_LOCAL or number >> 118 == _LINK_LOCAL
    return str(address), network, private, f"{number >> 112:x}:{number >> 96 & 0xFFFF:x}:x"


def _without_decimals(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers become dotted text; one past 2^32 - 1 is out of range."""
    number = pl.col("text").str.extract(_DECIMAL, 1).cast(pl.Int64)
    octets = [(number // 2**shift % 256).cast(pl.String) for shift in (24, 16, 8, 0)]
    return frame.with_columns(
        first_reason((number >= 2**32, "ip.out_of_range")),
        pl.coalesce(pl.concat_str(octets, separator="."), "text").alias("text"),
    )


def one_ip(raw: str, options: Options) -> One | None:
    """As `normalise_ip`, of one value of version 4."""
    value = raw.strip(" ")
    if options or _ONE_V4.fullmatch(value) is None or _ONE_UNUSABLE.match(value):
        return None
    first, second, third, _ = value.split(".")
    private = _ONE_PRIVATE.match(value) is not None
    network = f"{first}.{second}.{third}.0/24"
    return One(value, f"{first}.{second}.x.x", {"version": 4, "network": network, "private": private})
