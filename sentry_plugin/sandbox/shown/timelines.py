"""The points of a chart: how many events an issue had in each hour or day.

Does not read the counts.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentry_plugin.sandbox import times

# The length of one point in milliseconds and the number of points, by the timeline's name.
TIMELINES = {
    "24h": (times.HOUR, 24),
    "14d": (times.DAY, 14),
    "30d": (times.DAY, 30),
    "auto": (times.HOUR, 24),
}


class Timeline:
    """A chart that ends now; each point is a time in seconds and a number of events."""

    def __init__(self, name: str, present: int) -> None:
        self._step, size = TIMELINES[name]
        last_point = present // self._step
        self._first = last_point - size + 1
        points = range(self._first, last_point + 1)
        self._empty = [[point * self._step // times.SECOND, 0] for point in points]
        self.first_hour = self._first * self._step // times.HOUR

    def points(self, hours: Mapping[int, int]) -> list[list[int]]:
        """Build the points from numbers of events by hour since 1970."""
        points = list(self._empty)
        for hour, count in hours.items():
            place = hour * times.HOUR // self._step - self._first
            if 0 <= place < len(points):
                moment, before = points[place]
                points[place] = [moment, before + count]
        return points
