"""The time that one message may take, asked by everything that waits or sends.

Does not interrupt anything: it answers, and who asks obeys. `watchdog` is for those who do not ask.
"""

from __future__ import annotations

import threading
import time

from sentry_plugin.errors import Stopped, TimedOut


class Deadline:
    """A moment *seconds* from now, or an earlier one at which all has to stop."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._stopped = threading.Event()

    @staticmethod
    def now() -> float:
        """Give the time on the clock of all deadlines, in seconds."""
        return time.monotonic()

    def renew(self) -> None:
        """Let the seconds begin anew, for one who goes on without end."""
        self._end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        """The seconds left; less than none once it is over."""
        return self._end - time.monotonic()

    def remaining(self) -> float:
        """Give the seconds left, always more than none; a TimedOut where there are none."""
        if self._stopped.is_set():
            raise Stopped("The step was told to stop.")
        return self.remaining_to_end()

    def remaining_to_end(self) -> float:
        """Give the same to who ends what was begun, also when all has to stop."""
        if (left := self.left) > 0:
            return left
        raise TimedOut(f"The {self.seconds:g} seconds that this message may take are over.")

    def wait(self, seconds: float) -> None:
        """Wait that long, or until all has to stop."""
        self._stopped.wait(min(seconds, self.remaining()))
        self.remaining()

    def sleep(self, seconds: float) -> None:
        """Wait that long, whatever is left, or until all has to stop."""
        self.renew()
        self._stopped.wait(max(seconds, 0))
        self.renew()
        self.remaining()

    def stop(self) -> None:
        """Let everyone who asks stop."""
        self._stopped.set()
