"""Reads and writes times, and tells the present time.

A point in time is milliseconds since 1970; a length of time is milliseconds. Only the journal, and
what the normaliser is told, are more exact. The plugin has a module of the same name, which is
not used here: the sandbox imports nothing of the plugin.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}

PERIOD = re.compile(r"(\d{1,6})([smhdw])")


def now() -> int:
    """Return the present time."""
    return time.time_ns() // 1_000_000


def iso(moment: int | None) -> str | None:
    """Write a point in time as Sentry does: ISO 8601 in UTC, with milliseconds; None stays None."""
    if moment is None:
        return None
    text = datetime.fromtimestamp(moment / SECOND, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def length(text: str) -> int | None:
    """Read a length of time such as `24h`; None if it is not one."""
    match = PERIOD.fullmatch(text)
    return int(match[1]) * UNITS[match[2]] if match else None


def moment_of(text: str) -> int | None:
    """Read a point in time in ISO 8601, in UTC if it names no zone; None if it is not one."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    zoned = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return int(zoned.timestamp() * SECOND)


def last(span: int) -> tuple[int, int]:
    """Return start and end of the last *span*; the end is a day from now, as clocks differ."""
    present = now()
    return present - span, present + DAY
