"""How many events there were in each hour or day: the points of a chart of an issue.

Counts nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentry_plugin.sandbox import times

# Name of a timeline: how long one point is, and how many there are.
TIMELINES = {
    "24h": (times.HOUR, 24),
    "14d": (times.DAY, 14),
    "30d": (times.DAY, 30),
    "auto": (times.HOUR, 24),
}


class Timeline:
    """The points of a timeline, in seconds, each with its count of events."""

    def __init__(self, name: str, present: int) -> None:
        self._step, size = TIMELINES[name]
        last_point = present // self._step
        self._first = last_point - size + 1
        points = range(self._first, last_point + 1)
        self._empty = [[point * self._step // times.SECOND, 0] for point in points]
        self.first_hour = self._first * self._step // times.HOUR

    def points(self, hours: Mapping[int, int]) -> list[list[int]]:
        """Give the points from counts by hour."""
        points = list(self._empty)
        for hour, count in hours.items():
            place = hour * times.HOUR // self._step - self._first
            if 0 <= place < len(points):
                moment, before = points[place]
                points[place] = [moment, before + count]
        return points
