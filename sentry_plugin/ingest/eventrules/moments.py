"""Times, as Sentry reads them: seconds since 1970, or RFC 3339 and a little more."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentry_plugin.ingest.eventrules.kinds import Kind
from sentry_plugin.ingest.eventrules.values import is_too_large

if TYPE_CHECKING:
    from sentry_plugin.ingest.eventrules.place import Place

OLDEST, NEWEST = dt.timedelta(days=30), dt.timedelta(minutes=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FIRST, _LEAST = -62_135_596_800, -8_334_601_228_800
"""Seconds at which the year 1 begins, and before which there is no time."""
_TEXT = re.compile(
    r"\s*\+?([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})t([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})"
    r"(\.[0-9]+)?\s*(?:z|utc|([+-])([01][0-9]|2[0-3]):?([0-5][0-9]))?\s*",
    re.IGNORECASE,
)


def moment(value: Any) -> dt.datetime | None:
    """Read a time; None if Sentry does not take it for one."""
    try:
        if isinstance(value, str):
            return _of_text(value)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return EPOCH + dt.timedelta(seconds=_seconds(value)) if is_number else None
    except (OverflowError, ValueError):
        return None


def _seconds(number: float) -> float:
    """Return seconds as Sentry reads a number; of a time before the year 1, those of that year."""
    if is_too_large(number):
        return 0
    if isinstance(number, int) and number >= 1 << 63:
        number -= 1 << 64  # It is taken for a number with a sign.
    return max(number, _FIRST) if number > _LEAST else number


def _of_text(text: str) -> dt.datetime | None:
    if not (found := _TEXT.fullmatch(text)):
        return None
    *numbers, second, part, sign, hours, minutes = found.groups()
    year, month, day, hour, minute = map(int, numbers)
    leap = second == "60"
    read = dt.datetime(year, month, day, hour, minute, 59 if leap else int(second), tzinfo=dt.UTC)
    zone = dt.timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return read + dt.timedelta(seconds=leap + float(part or 0)) - (-zone if sign == "-" else zone)


@dataclass(frozen=True)
class Moment(Kind):
    """A time."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Write a number of seconds as RFC 3339."""
        if (found := moment(value)) is None:
            place.loses("it is not one of RFC 3339")
            return value
        return value if isinstance(value, str) else found.isoformat().replace("+00:00", "Z")


class OfEvent(Moment):
    """The time of an event, which is taken only if it is about now."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Look at its age."""
        if drift(value):
            place.loses("it is over 30 days ago or a minute ahead, so the time of arrival is taken")
        return super().read_given(value, place)


def drift(value: Any) -> dt.timedelta:
    """Return what Sentry adds to all times of an event, so that its own, *value*, is now."""
    now = dt.datetime.now(dt.UTC)
    age = now - (moment(value) or now)
    return dt.timedelta() if -NEWEST <= age <= OLDEST else age


def is_early(value: Any, added: dt.timedelta) -> bool:
    """Tell whether a time is before 1970, which Sentry takes for none."""
    found = moment(value)
    return found is not None and found - EPOCH + added < dt.timedelta()
