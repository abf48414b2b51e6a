"""The signals that end a process, taken to stop its work in good order.

Changes the process, so only the command line may use it. The handler interrupts nothing. Imports
little, because it is needed before all else is loaded.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

from sentry_plugin.runtime.stop import Stop

if TYPE_CHECKING:
    from types import FrameType

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """Handlers of signals: set by `take`, removed by `give_back`."""

    def __init__(self) -> None:
        self.stop = Stop()
        self._before: dict[int, Any] = {}
        self._number = 0

    def take(self) -> None:
        """Have the signals set `stop`, and do nothing else."""
        for number in NUMBERS:
            # Ignored from the start, as by `nohup`: the process is to outlive its terminal.
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue
            self._before[number] = signal.signal(number, self._told)

    def ignore(self) -> None:
        """Ignore the signals: if one interrupts a write, Python may write a part and report all."""
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)

    def give_back(self) -> None:
        """Restore the handlers of before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def decline(self) -> None:
        """Restore the handlers of before, and raise a signal again that has come already."""
        self.give_back()
        if self._number:
            signal.raise_signal(self._number)

    def _told(self, number: int, _: FrameType | None) -> None:
        self._number = number
        self.stop.now(signal.Signals(number).name)
