"""Tells the work on a message to stop: by a signal, or by a caller with several messages.

Interrupts nothing: it only wakes the thread that waits here. So a stop never cuts off a write.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue


class Stop:
    """A request to stop. One thread may wait for it, any thread may make it."""

    def __init__(self) -> None:
        self.reason = ""
        """What made the request; empty until then."""
        # The only kind of queue that a signal handler may use while its own thread waits for it.
        self._bell: SimpleQueue[None] = SimpleQueue()

    def now(self, reason: str) -> None:
        """Request the stop; the first reason is kept."""
        self.reason = self.reason or reason
        self._bell.put(None)

    def ring(self) -> None:
        """Wake the waiting thread to check its condition again."""
        self._bell.put(None)

    def wait(self, until: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait until *until* returns true, at most some *seconds*, or until the stop.

        Whoever changes the result of *until* has to call `ring`.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while not (self.reason or until()):
            try:
                self._bell.get(timeout=None if end is None else max(end - time.monotonic(), 0))
            except Empty:
                return
