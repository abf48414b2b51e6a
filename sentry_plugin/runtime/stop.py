"""How the work on a message is told to stop: by a signal, or by whoever runs several at once.

Interrupts nothing: it wakes who waits here. So a stop never cuts off what is being written.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue


class Stop:
    """Is told once to stop, and why. One thread waits for it, any may tell it."""

    def __init__(self) -> None:
        self.reason = ""
        """What told it to stop; empty as long as nothing did."""
        # The one queue that a signal handler may use while its own thread waits for it.
        self._bell: SimpleQueue[None] = SimpleQueue()

    def now(self, reason: str) -> None:
        """Tell it to stop; the first reason counts."""
        self.reason = self.reason or reason
        self._bell.put(None)

    def ring(self) -> None:
        """Let who waits look again whether there is still something to wait for."""
        self._bell.put(None)

    def wait(self, until: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait *until* something holds, at most some *seconds*, or until told to stop.

        Who makes it hold has to `ring`.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while not (self.reason or until()):
            try:
                self._bell.get(timeout=None if end is None else max(end - time.monotonic(), 0))
            except Empty:
                return
