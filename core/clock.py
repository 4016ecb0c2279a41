"""Time as the graph holds it: UTC, whole microseconds since 1970."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from core.errors import UsageError

Clock = Callable[[], int]
"""Returns the present moment in microseconds since 1970-01-01 UTC."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_UNITS = {"s": SECOND, "m": 60 * SECOND, "h": 3_600 * SECOND, "d": DAY, "w": 7 * DAY}


def now_us() -> int:
    """The present moment, microseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000


def duration_us(text: str) -> int:
    """Microseconds of a duration such as `90s`, `15m`, `12h`, `7d`, `2w`.

    Raises `UsageError` (`duration.invalid`).
    """
    match = re.fullmatch(r"(\d+)([smhdw])", text.strip())
    if match is None:
        raise UsageError("duration.invalid", f"'{text}' is no duration; write 90s, 15m, 12h, 7d or 2w.")
    return int(match[1]) * _UNITS[match[2]]


def day_us(text: str) -> int:
    """The moment (µs) at which the UTC day `2025-01-01` begins; raises `UsageError` (`day.invalid`)."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError("day.invalid", f"'{text[:40]}' is no day; write it as 2025-01-01.") from None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * SECOND


def moment_us(text: str) -> int:
    """The moment (µs) of `2025-03-01T09:30:00Z`, of one with another offset, or of a UTC day `2025-03-01`.

    Raises `UsageError` (`moment.invalid`); a time of day without an offset could mean several moments.
    """
    wrong = UsageError(
        "moment.invalid", "Write the moment as 2025-03-01T09:30:00Z, or the day as 2025-03-01."
    )
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise wrong from None
    if read.tzinfo is None:
        if (read.hour, read.minute, read.second, read.microsecond) != (0, 0, 0, 0) or "T" in text:
            raise wrong
        read = read.replace(tzinfo=UTC)
    return (read - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def iso(moment: int | None) -> str | None:
    """`2015-01-18T09:31:00Z` for a moment in microseconds; None stays None."""
    if moment is None:
        return None
    whole = datetime.fromtimestamp(moment // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    rest = moment % SECOND
    return f"{whole}.{rest:06d}Z" if rest else f"{whole}Z"
