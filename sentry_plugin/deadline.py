"""The time that one message may take; everything that waits or sends asks for it.

Interrupts nothing: code has to ask. `watchdog` is for code that cannot.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from sentry_plugin.errors import Stopped, TimedOut


class Deadline:
    """A moment *seconds* from now; `stop` brings it forward to now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._stopped = threading.Event()
        self._kept = 0.0

    @staticmethod
    def now() -> float:
        """Return the time on the clock that deadlines use, in seconds."""
        return time.monotonic()

    def renew(self) -> None:
        """Start the seconds again, for work without an end, such as a trigger."""
        self._end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        """The seconds left; negative after the deadline."""
        return self._end - self._kept - time.monotonic()

    @property
    def words(self) -> str:
        """The time of the message, in words."""
        kept = f" (less {self._kept:.3g} for a last look)" if self._kept else ""
        return f"the {self.seconds:g} seconds{kept} that this message may take"

    @contextlib.contextmanager
    def keep_back(self, seconds: float) -> Iterator[None]:
        """Let the time end earlier inside of the block, so that *seconds* are left after it."""
        self._kept = seconds
        try:
            yield
        finally:
            self._kept = 0.0

    def remaining(self) -> float:
        """Return the seconds left, above 0; raise TimedOut if none are, Stopped after `stop`."""
        if self._stopped.is_set():
            raise Stopped("The step was told to stop.")
        return self.remaining_to_end()

    def remaining_to_end(self) -> float:
        """Return the seconds left also after `stop`, for work that must not be cut off."""
        if (left := self.left) > 0:
            return left
        raise TimedOut(f"{self.words.capitalize()} are over.")

    def wait(self, seconds: float) -> None:
        """Wait some seconds, but not past the deadline; raise Stopped after `stop`."""
        self._stopped.wait(min(seconds, self.remaining()))
        self.remaining()

    def sleep(self, seconds: float) -> None:
        """Wait some seconds, without counting them; raise Stopped after `stop`."""
        self.renew()
        self._stopped.wait(max(seconds, 0))
        self.renew()
        self.remaining()

    def stop(self) -> None:
        """Make `remaining`, `wait` and `sleep` raise Stopped from now on, in all threads."""
        self._stopped.set()
