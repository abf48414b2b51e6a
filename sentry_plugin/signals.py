"""The signals that end a process, as a stop of what it does.

Touches the process, so that only the command line may use it. The handler interrupts nothing, and
what is imported here is little: it is there from the first lines on.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

from sentry_plugin.runtime.stop import Stop

if TYPE_CHECKING:
    from types import FrameType

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """Signals that are taken for a stop until they are given back."""

    def __init__(self) -> None:
        self.stop = Stop()
        self._before: dict[int, Any] = {}
        self._number = 0

    def take(self) -> None:
        """Let them stop what is done, and nothing else."""
        for number in NUMBERS:
            # A process that is to outlive its terminal was started so.
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue
            self._before[number] = signal.signal(number, self._told)

    def ignore(self) -> None:
        """Let them do nothing: of what one interrupts, Python may write a part and say all."""
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)

    def give_back(self) -> None:
        """Let them do what they did before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def decline(self) -> None:
        """Give them back to who wants none to be a stop, also one that came already."""
        self.give_back()
        if self._number:
            signal.raise_signal(self._number)

    def _told(self, number: int, _: FrameType | None) -> None:
        self._number = number
        self.stop.now(signal.Signals(number).name)
