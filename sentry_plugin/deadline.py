"""The time that one message may take, asked by everything that waits or sends.

Does not interrupt anything: it answers, and who asks obeys.
"""

from __future__ import annotations

import time

from sentry_plugin.errors import TimedOut


class Deadline:
    """A moment *seconds* from now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Give the seconds left, always more than none; a TimedOut where there are none."""
        if (left := self._end - time.monotonic()) > 0:
            return left
        raise TimedOut(f"The {self.seconds:g} seconds that this message may take are over.")
