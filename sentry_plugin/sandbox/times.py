"""Times as Sentry writes them, the windows that requests name, and timelines.

All times inside the sandbox are milliseconds since 1970. Knows no table.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sentry_plugin.sandbox.answers import refuse

if TYPE_CHECKING:
    from sentry_plugin.sandbox.call import Call

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}

PERIOD = re.compile(r"(\d{1,6})([smhdw])")
# Name of a timeline: how long one point is, and how many there are.
TIMELINES = {"24h": (HOUR, 24), "14d": (DAY, 14), "30d": (DAY, 30), "auto": (HOUR, 24)}
BAD_TIMELINE = "Invalid stats_period. Valid choices are '', '24h', and '14d'"


def now() -> int:
    """Give the present."""
    return time.time_ns() // 1_000_000


def iso(moment: int | None) -> str | None:
    """Write a time, or None where there is none."""
    if moment is None:
        return None
    text = datetime.fromtimestamp(moment / SECOND, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def length(text: str) -> int | None:
    """Read a length of time such as `24h`; None where it is none."""
    match = PERIOD.fullmatch(text)
    return int(match[1]) * UNITS[match[2]] if match else None


def moment_of(text: str) -> int | None:
    """Read a point in time; None where it is none."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    zoned = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return int(zoned.timestamp() * SECOND)


def window(call: Call) -> tuple[int, int] | None:
    """Give the span that the request asks for, if any: `statsPeriod`, else `start` and `end`."""
    if period := call.first("statsPeriod"):
        span = length(period)
        if span is None:
            refuse(400, "Invalid statsPeriod")
        return last(span)
    ends = [call.first("start"), call.first("end")]
    if not any(ends):
        return None
    if not all(ends):
        refuse(400, "start and end are both required")
    start, end = (_moment(text or "") for text in ends)
    if start >= end:
        refuse(400, "start must be before end")
    return start, end


def last(span: int) -> tuple[int, int]:
    """Give the span up to now, and a day more: clocks differ."""
    present = now()
    return present - span, present + DAY


def _moment(text: str) -> int:
    moment = moment_of(text)
    if moment is None:
        refuse(400, f"{text} is not a valid ISO8601 date query")
    return moment


class Timeline:
    """The points of a timeline, in seconds, each with its count of events."""

    def __init__(self, name: str, present: int) -> None:
        self._step, size = TIMELINES[name]
        last_point = present // self._step
        self._first = last_point - size + 1
        points = range(self._first, last_point + 1)
        self._empty = [[point * self._step // SECOND, 0] for point in points]
        self.first_hour = self._first * self._step // HOUR

    def points(self, hours: Mapping[int, int]) -> list[list[int]]:
        """Give the points from counts by hour."""
        points = list(self._empty)
        for hour, count in hours.items():
            place = hour * HOUR // self._step - self._first
            if 0 <= place < len(points):
                moment, before = points[place]
                points[place] = [moment, before + count]
        return points
