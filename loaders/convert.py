"""From a column of a file to a typed column of facts, or a reason for each row that has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from core.clock import DAY, duration_us
from loaders.mapping.model import Time, Value

_ISO = (
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
)
_ISO_DAY = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")
_UNIX = {"unix_s": 1_000_000, "unix_ms": 1_000, "unix_us": 1}
EARLIEST = -2_208_988_800_000_000
"""1900-01-01 UTC in microseconds: a time before it is a mistake."""
FUTURE_SLACK = DAY
"""Clocks and zones differ; what happened later than this past the present is a mistake."""
_HOURS = re.compile(r"%[-_0]?[HIklTRcsXr+]")
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
LONGEST_TEXT = 2_000
_THOUSANDS = r"^-?[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.|$)"
_LARGEST = 2**63 - 1
_LARGEST_CENTS = 9_000_000_000_000_000


@dataclass(frozen=True)
class Converted:
    """A typed column and, for each row that could not be converted, a reason (String, null where fine)."""

    value: pl.Series
    reason: pl.Series


def _result(raw: pl.Series, value: pl.Series, reason: str) -> Converted:
    bad = value.is_null() & raw.is_not_null()
    return Converted(value, _reasons(bad, reason))


def _reasons(bad: pl.Series, reason: str) -> pl.Series:
    return pl.select(pl.when(bad).then(pl.lit(reason)).otherwise(None).cast(pl.String)).to_series()


def text_of(raw: pl.Series) -> pl.Series:
    """The column as trimmed text, blank as null."""
    text = raw if raw.dtype == pl.String else as_text(raw)
    return text.str.strip_chars().replace("", None)


def name_of(raw: pl.Series) -> pl.Series:
    """As `text_of`, for what names something: a float that is no number names nothing."""
    return text_of(raw.fill_nan(None) if raw.dtype.is_float() else raw)


def as_text(raw: pl.Series) -> pl.Series:
    """`raw` as a person would have typed it: whole floats lose the `.0` that files add to numbers."""
    if raw.dtype.is_float():
        whole = (raw == raw.floor()) & (raw.abs() < 2**53)
        return raw.cast(pl.String).zip_with(
            ~whole.fill_null(False), raw.cast(pl.Int64, strict=False).cast(pl.String)
        )
    return raw.cast(pl.String, strict=False)


def convert_time(raw: pl.Series, how: Time, zone: str, now: int, slack: int = FUTURE_SLACK) -> Converted:
    """Microseconds since 1970 UTC (Int64), the delay counted in. Reasons: `time.format`, `time.range`, `time.future`
    (further ahead of `now` than `slack`)."""
    raw, moment = _parse_time(raw, how, zone)
    parsed = _result(raw, moment, "time.format")
    later = moment + duration_us(how.after)
    early = _reasons(moment < EARLIEST, "time.range")
    # What no integer holds after its delay was too late before it.
    late = _reasons((moment > now + slack) | (later > now + slack), "time.future")
    return Converted(later, pl.select(pl.coalesce(parsed.reason, early, late)).to_series())


def _parse_time(raw: pl.Series, how: Time, zone: str) -> tuple[pl.Series, pl.Series]:
    """The column as it counts (blank is null) and its moments."""
    if raw.dtype == pl.Date:
        return raw, _day(raw, zone)
    if isinstance(raw.dtype, pl.Datetime):
        aware = raw.dtype.time_zone is not None
        plain = raw.dt.cast_time_unit("us")
        return raw, plain.dt.timestamp("us") if aware else _local(plain, zone)
    if how.format in _UNIX:
        return text_of(raw), _unix(text_of(raw), _UNIX[how.format])
    text = text_of(raw)
    if how.format != "auto":
        return text, _with_format(text, how.format, zone)
    return text, _auto(text, zone)


def _unix(text: pl.Series, scale: int) -> pl.Series:
    """Counted moments; whole ones exactly, those that no integer holds as null."""
    whole = text.cast(pl.Int64, strict=False)
    bounded = pl.select(
        pl.when(whole.is_between(-_LARGEST // scale, _LARGEST // scale)).then(whole)
    ).to_series()
    scaled = (text.cast(pl.Float64, strict=False) * scale).round()
    return (bounded * scale).fill_null(scaled.cast(pl.Int64, strict=False))


def _auto(text: pl.Series, zone: str) -> pl.Series:
    """ISO 8601 in its usual forms, with or without a zone."""
    moment = pl.Series([None] * len(text), dtype=pl.Int64)
    for pattern in (*_ISO, *_ISO_DAY):
        if moment.null_count() == text.null_count():
            return moment
        moment = moment.fill_null(_with_format(text, pattern, zone))
    zoned = text.str.replace(r"[zZ]$", "+00:00").str.replace(" ", "T", literal=True)
    return moment.fill_null(_with_format(zoned, "%Y-%m-%dT%H:%M:%S%.f%:z", zone))


def _with_format(text: pl.Series, pattern: str, zone: str) -> pl.Series:
    # What every other strptime calls %f, the fraction of a second, polars would read as nanoseconds.
    pattern = pattern.replace(".%f", "%.f").replace("%f", "%6f")
    if not _HOURS.search(pattern):
        return _day(text.str.to_date(pattern, strict=False), zone)
    parsed = text.str.to_datetime(pattern, strict=False, time_unit="us")
    aware = isinstance(parsed.dtype, pl.Datetime) and parsed.dtype.time_zone is not None
    return parsed.dt.timestamp("us") if aware else _local(parsed, zone)


def _day(day: pl.Series, zone: str) -> pl.Series:
    """When the day began; where its midnight never came (Shanghai, 1940-06-01), an hour later."""
    midnight = day.cast(pl.Datetime("us"))
    return _local(midnight, zone).fill_null(_local(midnight.dt.offset_by("1h"), zone))


def _local(naive: pl.Series, zone: str) -> pl.Series:
    """A clock's reading in `zone`; of an hour that came twice the first, one that never came is null."""
    if zone == "UTC":
        return naive.dt.timestamp("us")
    placed = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return placed.dt.convert_time_zone("UTC").dt.timestamp("us")


def convert_value(raw: pl.Series, value: Value, zone: str, now: int) -> Converted:
    """The column as the mapping's `Value` says; `name` is left to the hasher.

    Reasons: `value.unlisted`, `value.number`, `value.integer`, `value.boolean`, `value.money`,
    `value.too_long` and those of times.
    """
    if value.values is not None:
        listed = _listed(raw, value.values)
        return Converted(listed.value.cast(pl.Float64), listed.reason) if value.type == "float" else listed
    if value.money is not None:
        return _money(raw, value.money)
    if value.type in ("time", "year"):
        moment = convert_time(raw, Time(format=value.format), zone, now)
        return moment if value.type == "time" else _year(moment, zone)
    return _PLAIN[value.type](raw)


def _year(moment: Converted, zone: str) -> Converted:
    there = moment.value.cast(pl.Datetime("us")).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return Converted(there.dt.year().cast(pl.Int64), moment.reason)


def _integer(raw: pl.Series) -> Converted:
    return _result(text_of(raw), _whole(raw), "value.integer")


def _float(raw: pl.Series) -> Converted:
    number = text_of(raw).cast(pl.Float64, strict=False)
    finite = pl.select(pl.when(number.is_finite()).then(number)).to_series()
    return _result(text_of(raw), finite, "value.number")


def _boolean(raw: pl.Series) -> Converted:
    low = text_of(raw).str.to_lowercase()
    truth = pl.when(low.is_in(_TRUE)).then(True).when(low.is_in(_FALSE)).then(False)
    return _result(low, pl.select(truth.cast(pl.Boolean)).to_series(), "value.boolean")


def _string(raw: pl.Series) -> Converted:
    text = text_of(raw)
    short = pl.select(pl.when(text.str.len_chars() <= LONGEST_TEXT).then(text)).to_series()
    return _result(text, short, "value.too_long")


_PLAIN: dict[str, Callable[[pl.Series], Converted]] = {
    "integer": _integer,
    "float": _float,
    "boolean": _boolean,
    "string": _string,
    "name": _string,
}


def convert_number(raw: pl.Series, values: dict[str, float] | None, money: str | None) -> Converted:
    """An outcome's value (Float64), a whole number from 0: listed texts, money in cents, or a number. Of its own reason: `value.range`."""
    if values is not None:
        found = _listed(raw, dict(values))
    elif money is not None:
        found = _money(raw, money)
    else:
        found = _float(raw)
    value = found.value.cast(pl.Float64)
    bad = ((value < 0) | (value != value.round())).fill_null(False)
    reason = pl.select(pl.coalesce(found.reason, _reasons(bad, "value.range"))).to_series()
    return Converted(pl.select(pl.when(~bad).then(value)).to_series(), reason)


def whole_number(raw: pl.Series) -> Converted:
    """An order column: Int64 from 0."""
    number = _whole(raw)
    positive = pl.select(pl.when(number >= 0).then(number)).to_series()
    return _result(text_of(raw), positive, "order.integer")


def _whole(raw: pl.Series) -> pl.Series:
    if raw.dtype.is_integer():
        return raw.cast(pl.Int64, strict=False)
    return text_of(raw).str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)


def _listed(raw: pl.Series, values: dict[str, str | float | int | bool] | dict[str, float]) -> Converted:
    text = text_of(raw)
    stands = pl.Series(list(values.values()), strict=False)
    found = text.replace_strict(pl.Series(list(values)), stands, default=None)
    return _result(text, found, "value.unlisted")


def _money(raw: pl.Series, unit: str) -> Converted:
    """Whole cents. Text is read digit by digit: 0.29 is 29 cents, which 0.29 * 100 as a float is not."""
    if raw.dtype.is_float():
        scaled = raw.cast(pl.Float64) * (100 if unit == "major" else 1)
        # As much as the column's own precision may be off, and no more: 1.234 is refused as its text is.
        slack = 1e-4 + scaled.abs() * (4e-7 if raw.dtype == pl.Float32 else 1e-15)
        whole = pl.select(pl.when((scaled - scaled.round()).abs() <= slack).then(scaled.round())).to_series()
        return _result(raw, _bounded(whole.cast(pl.Int64, strict=False)), "value.money")
    text = text_of(raw)
    # 1,50 is no 150: a comma counts only where it parts thousands.
    plain = text.str.replace_all(",", "", literal=True)
    parted = text.str.contains(",", literal=True) & ~text.str.contains(_THOUSANDS)
    text = pl.select(pl.when(parted).then(text).otherwise(plain)).to_series()
    if unit == "cents":
        return _result(text, _bounded(_whole(text)), "value.money")
    parts = text.str.extract_groups(r"^(-?)(\d{1,14})(?:\.(\d{1,2})0*)?$").struct.unnest()
    sign, units, rest = parts.get_columns()
    cents = units.cast(pl.Int64, strict=False) * 100 + rest.fill_null("0").str.pad_end(2, "0").cast(
        pl.Int64, strict=False
    )
    signed = pl.select(pl.when(sign == "-").then(-cents).otherwise(cents)).to_series()
    return _result(text, _bounded(signed), "value.money")


def _bounded(cents: pl.Series) -> pl.Series:
    return pl.select(pl.when(cents.abs() <= _LARGEST_CENTS).then(cents)).to_series()


CONVERSION_REASONS = {
    "time.format": "no time in the declared format; set format, or mend the value",
    "time.range": "a time before 1900",
    "time.future": "a time more than a day ahead of now, or learned after now; check the time zone, the format and the delay",
    "value.unlisted": "a text that `values` does not list",
    "value.number": "no number",
    "value.range": "a number that cannot be: below 0, a year that has not begun; an outcome is 0 or 1, an amount whole cents",
    "value.integer": "no whole number",
    "value.boolean": "neither true nor false",
    "value.money": "no amount of money with at most two decimals",
    "value.too_long": "a text of more than 2,000 characters",
    "order.integer": "the order column holds no whole number from 0",
}
