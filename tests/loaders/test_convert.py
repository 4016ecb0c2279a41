"""Times and money become what slow and obvious code makes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from loaders.convert import (
    EARLIEST,
    FUTURE_SLACK,
    convert_number,
    convert_time,
    convert_value,
    name_of,
    whole_number,
)
from loaders.mapping.model import Time, Value

NOW = 1_735_689_600_000_000  # 2025-01-01
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"]
quick = hypothesis_settings(max_examples=150, deadline=None)


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def in_zone(naive: datetime, zone: str) -> int | None:
    """Microseconds of a clock's reading; of an hour that came twice the first, None for one that never came."""
    there = naive.replace(tzinfo=ZoneInfo(zone), fold=0)
    back = there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return micros(there.astimezone(UTC)) if back == naive else None


def times(
    texts: list[str | None], zone: str = "UTC", format_: str = "auto", now: int = NOW
) -> list[tuple[int | None, str | None]]:
    found = convert_time(pl.Series(texts, dtype=pl.String), Time(format=format_), zone, now)
    return list(zip(found.value, found.reason, strict=True))


def money(texts: list[str], unit: str = "major") -> list[tuple[int | None, str | None]]:
    value = Value(column="x", money=unit)  # type: ignore[arg-type]
    found = convert_value(pl.Series(texts, dtype=pl.String), value, "UTC", NOW)
    return list(zip(found.value, found.reason, strict=True))


NAIVE = st.datetimes(datetime(1971, 1, 1), datetime(2024, 12, 31))


@given(moments=st.lists(NAIVE, min_size=1, max_size=10), zone=st.sampled_from(ZONES))
@quick
def test_iso_times_are_clock_readings_of_the_zone(moments: list[datetime], zone: str) -> None:
    for separator in (" ", "T"):
        expected = [in_zone(moment, zone) for moment in moments]
        found = times([moment.isoformat(separator) for moment in moments], zone)
        assert found == [(at, None if at is not None else "time.format") for at in expected]


@given(moment=NAIVE, minutes=st.integers(-14 * 60, 14 * 60), zone=st.sampled_from(ZONES))
@quick
def test_times_that_name_their_offset_do_not_mind_the_zone(moment: datetime, minutes: int, zone: str) -> None:
    sign, size = "-" if minutes < 0 else "+", abs(minutes)
    text = f"{moment.isoformat()}{sign}{size // 60:02d}:{size % 60:02d}"
    expected = micros(moment.replace(tzinfo=UTC)) - minutes * 60_000_000
    assert times([text, f"{moment.isoformat(' ')}Z"], zone) == [
        (expected, None),
        (micros(moment.replace(tzinfo=UTC)), None),
    ]


@given(day=st.dates(date(1971, 1, 1), date(2024, 12, 31)), zone=st.sampled_from(ZONES))
@quick
def test_a_day_is_its_first_moment(day: date, zone: str) -> None:
    midnight = datetime(day.year, day.month, day.day)
    expected = next(
        at for minutes in (0, 60) if (at := in_zone(midnight + timedelta(minutes=minutes), zone)) is not None
    )
    texts = [day.isoformat(), day.strftime("%Y%m%d"), day.strftime("%Y/%m/%d")]
    assert times(list(texts), zone) == [(expected, None)] * 3
    typed = convert_time(pl.Series([day]), Time(), zone, NOW)
    assert typed.value.to_list() == [expected]


GAPS = [
    ("Asia/Shanghai", "1986-05-04 02:30"),
    ("Asia/Shanghai", "1991-04-14 02:30"),
    ("America/New_York", "2024-03-10 02:30"),
    ("Australia/Lord_Howe", "2023-10-01 02:15"),
]
TWICE = [
    ("Asia/Shanghai", "1986-09-14 01:30"),
    ("Asia/Shanghai", "1991-09-15 01:30"),
    ("America/New_York", "2024-11-03 01:30"),
]


@pytest.mark.parametrize(("zone", "text"), GAPS)
def test_an_hour_that_never_came_is_refused(zone: str, text: str) -> None:
    assert in_zone(datetime.fromisoformat(text), zone) is None
    assert times([text], zone) == [(None, "time.format")]


@pytest.mark.parametrize(("zone", "text"), TWICE)
def test_of_an_hour_that_came_twice_the_first_counts(zone: str, text: str) -> None:
    naive = datetime.fromisoformat(text)
    first, second = (naive.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    assert first.utcoffset() != second.utcoffset()
    assert times([text], zone) == [(micros(first.astimezone(UTC)), None)]


@given(year=st.integers(1986, 1991), hours=st.integers(0, 366 * 24 * 4 - 1))
@quick
def test_summer_times_of_shanghai_are_those_of_the_tables(year: int, hours: int) -> None:
    naive = datetime(year, 1, 1) + timedelta(minutes=15 * hours)
    at = in_zone(naive, "Asia/Shanghai")
    assert times([naive.isoformat()], "Asia/Shanghai") == [(at, None if at is not None else "time.format")]


@given(at=st.integers(EARLIEST, NOW + FUTURE_SLACK))
@quick
def test_counted_times_are_exact(at: int) -> None:
    assert times([str(at)], format_="unix_us") == [(at, None)]
    assert times([str(at // 1_000)], format_="unix_ms") == [(at // 1_000 * 1_000, None)]
    assert times([str(at // 10**6)], format_="unix_s") == [(at // 10**6 * 10**6, None)]
    shown = Decimal(at) / 10**6
    assert times([f"{shown:f}"], format_="unix_s") == [(at, None)]


@given(number=st.integers(-(10**25), 10**25), format_=st.sampled_from(["unix_s", "unix_ms", "unix_us"]))
@quick
def test_a_counted_time_never_wraps_around(number: int, format_: str) -> None:
    scale = {"unix_s": 10**6, "unix_ms": 10**3, "unix_us": 1}[format_]
    (_, reason), allowed = times([str(number)], format_=format_)[0], range(EARLIEST, NOW + FUTURE_SLACK + 1)
    assert (reason is None) == (number * scale in allowed)


@pytest.mark.parametrize(
    "text", ["9223372036854775807", "18446744073709", "18446744073710", "1e300", "nan", "inf"]
)
@pytest.mark.parametrize("format_", ["unix_s", "unix_ms", "unix_us"])
def test_a_counted_time_past_every_calendar_is_refused_as_a_time_and_as_a_year(
    text: str, format_: str
) -> None:
    found = times([text], "Asia/Shanghai", format_)[0]
    year = convert_value(
        pl.Series([text]), Value(column="x", type="year", format=format_), "Asia/Shanghai", NOW
    )
    inside = found[1] is None
    assert inside == (EARLIEST <= (found[0] or EARLIEST - 1) <= NOW + FUTURE_SLACK)
    assert year.reason.to_list() == [found[1]]


@pytest.mark.parametrize(
    ("format_", "text", "expected"),
    [
        ("%d.%m.%Y %H:%M", "05.03.2024 09:30", datetime(2024, 3, 5, 9, 30)),
        ("%m/%d/%Y %I:%M %p", "03/05/2024 09:30 PM", datetime(2024, 3, 5, 21, 30)),
        ("%Y-%m-%d %-H:%M", "2024-03-05 9:30", datetime(2024, 3, 5, 9, 30)),
        ("%Y-%m-%d %k:%M", "2024-03-05  9:30", datetime(2024, 3, 5, 9, 30)),
        ("%Y-%m-%d %H:%M:%S.%f", "2024-03-05 09:30:00.25", datetime(2024, 3, 5, 9, 30, 0, 250_000)),
        ("%Y%m%d%H%M%S%f", "20240305093000000250", datetime(2024, 3, 5, 9, 30, 0, 250)),
        ("%Y-%m-%dT%H:%M:%S%z", "2024-03-05T09:30:00+0800", datetime(2024, 3, 5, 1, 30)),
        ("%d %b %Y", "05 Mar 2024", datetime(2024, 3, 5)),
        ("%Y年%m月%d日", "2024年03月05日", datetime(2024, 3, 5)),
    ],
)
def test_a_declared_format_reads_what_it_says(format_: str, text: str, expected: datetime) -> None:
    assert times([text, "05-2024"], format_=format_) == [
        (micros(expected.replace(tzinfo=UTC)), None),
        (None, "time.format"),
    ]


def test_times_before_1900_and_more_than_a_day_ahead_are_refused() -> None:
    found = times(
        ["1899-12-31T23:59:59.999999", "1900-01-01", "2025-01-02", "2025-01-02 00:00:01", "2099-01-01"]
    )
    assert [reason for _, reason in found] == ["time.range", None, None, "time.future", "time.future"]


@given(cents=st.integers(-9 * 10**15, 9 * 10**15), zeros=st.integers(0, 3))
@quick
def test_money_in_text_is_decimal(cents: int, zeros: int) -> None:
    amount = Decimal(cents) / 100
    texts = [f"{amount:.2f}" + "0" * zeros, f"{amount:,.2f}", f" {amount:.2f} "]
    assert money(texts) == [(cents, None)] * 3
    assert money([str(cents), f"{cents:,}", f"{cents}.00"], "cents") == [(cents, None)] * 3


@given(text=st.from_regex(r"-?[0-9]{0,5}[.,]?[0-9]{0,4}[.,]?[0-9]{0,4}", fullmatch=True))
@quick
def test_money_is_read_as_it_stands_or_refused(text: str) -> None:
    [(cents, reason)] = money([text])
    if not text.strip():
        assert (cents, reason) == (None, None)
    elif reason is None:
        assert cents is not None
        whole, _, rest = text.partition(".")
        assert Decimal(cents) == Decimal(f"{whole.replace(',', '')}.{rest or 0}") * 100
        assert "," not in rest
        assert all(len(group) == 3 for group in whole.split(",")[2:] + whole.split(",")[1:][-1:])
    else:
        assert (cents, reason) == (None, "value.money")


@pytest.mark.parametrize(
    "text", ["1,50", "1.005", ",5", "1,,000", "1e3", "nan", "inf", "１２", "--1", "1 000", "0x1", "9" * 30]
)
def test_what_is_no_plain_amount_is_refused(text: str) -> None:
    assert money([text]) == [(None, "value.money")]


@given(cents=st.integers(-(10**11), 10**11))
@quick
def test_money_in_floats_is_the_nearest_cent(cents: int) -> None:
    for value, unit in ((cents / 100, "major"), (float(cents), "cents")):
        found = convert_value(pl.Series([value]), Value(column="x", money=unit), "UTC", NOW)  # type: ignore[arg-type]
        assert found.value.to_list() == [cents]
    short = cents % 10**6
    single = convert_value(
        pl.Series([short / 100], dtype=pl.Float32), Value(column="x", money="major"), "UTC", NOW
    )
    assert single.value.to_list() == [short]


def test_floats_between_cents_are_refused_as_their_text_is() -> None:
    raw = pl.Series([1.005, 0.29, 0.1 + 0.2, 1.234, float("nan"), float("inf"), 1e300, None])
    found = convert_value(raw, Value(column="x", money="major"), "UTC", NOW)
    assert found.value.to_list() == [None, 29, 30, None, None, None, None, None]
    assert found.reason.to_list() == ["value.money", None, None, *["value.money"] * 4, None]


@given(number=st.integers(-(2**70), 2**70))
@quick
def test_whole_numbers_end_where_64_bits_do(number: int) -> None:
    inside = -(2**63) <= number < 2**63
    raw = pl.Series([str(number), f"{number}.0"])
    found = convert_value(raw, Value(column="x", type="integer"), "UTC", NOW)
    assert found.value.to_list() == [number if inside else None] * 2
    assert found.reason.to_list() == [None if inside else "value.integer"] * 2
    order = whole_number(raw)
    assert order.reason.to_list() == [None if inside and number >= 0 else "order.integer"] * 2


@given(number=st.floats(allow_subnormal=False) | st.integers(0, 2**40).map(float))
@quick
def test_what_became_of_somebody_is_a_whole_number_from_nothing(number: float) -> None:
    finite = number == number and abs(number) != float("inf")
    fine = finite and number >= 0 and number.is_integer()
    for raw in (pl.Series([number]), pl.Series([repr(number)])):
        found = convert_number(raw, None, None)
        assert found.value.to_list() == [number if fine else None]
        assert found.reason.to_list() == [None if fine else "value.range" if finite else "value.number"]


def test_listed_texts_of_whole_and_broken_numbers_are_numbers() -> None:
    found = convert_value(
        pl.Series(["a", "b", "c", None]), Value(column="x", values={"a": 1, "b": 2.5}), "UTC", NOW
    )
    assert found.value.to_list() == [1.0, 2.5, None, None]
    assert found.reason.to_list() == [None, None, "value.unlisted", None]


def test_a_float_that_is_no_number_names_nothing() -> None:
    floats = pl.Series([1.0, float("nan"), None, 2.5])
    assert name_of(floats).to_list() == ["1", None, None, "2.5"]
