"""Counts the events that each key sends, in time windows of the length that the key has.

Refuses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox import times

if TYPE_CHECKING:
    import sqlite3


class Quota:
    """How many events each key has sent in the present window."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, int]] = {}

    def spend(self, key: sqlite3.Row) -> int:
        """Count one event of *key*; return 0, or how many seconds to wait if it is one too many."""
        if not key["rate_count"]:
            return 0
        length = key["rate_window"] * times.SECOND
        window, into = divmod(times.now(), length)
        known, count = self._counts.get(key["public"], (window, 0))
        count = count if known == window else 0
        if count >= key["rate_count"]:
            seconds: int = -(-(length - into) // times.SECOND)
            return seconds
        self._counts[key["public"]] = (window, count + 1)
        return 0
