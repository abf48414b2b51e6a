"""How many events each key may still send, in windows of the length that the key says.

Counts; does not keep events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.answers import Refused
from sentry_plugin.sandbox.rejections import limited

if TYPE_CHECKING:
    import sqlite3


class Quota:
    """The counts of the present windows."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, int]] = {}

    def spend(self, key: sqlite3.Row) -> None:
        """Count one event of *key*, or refuse it."""
        if not key["rate_count"]:
            return
        length = key["rate_window"] * times.SECOND
        window, into = divmod(times.now(), length)
        known, count = self._counts.get(key["public"], (window, 0))
        count = count if known == window else 0
        if count >= key["rate_count"]:
            raise Refused(limited(-(-(length - into) // times.SECOND), "key_quota"))
        self._counts[key["public"]] = (window, count + 1)
