"""Standard error that never blocks: a thread writes what was given to it.

The real stream may be closed, full, or a pipe that nobody reads: writing neither waits nor fails.
"""

from __future__ import annotations

import contextlib
import io
import threading
from queue import SimpleQueue
from typing import TextIO

LARGEST = 1 << 20
"""Characters that may wait to be written; what exceeds them is dropped."""
PATIENCE = 0.5
"""Seconds to wait at the end for a slow reader."""


class Stderr(io.TextIOBase):
    """A stream that writes to *stream* in a thread; None drops everything."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._texts: SimpleQueue[str | None] = SimpleQueue()
        self._waiting = 0
        self._lost = self._late = 0
        self._passed = threading.Condition()
        self._thread: threading.Thread | None = None

    def write(self, text: str, /) -> int:
        """Queue *text* to be written, if there is room for it."""
        if self._stream is None:
            return len(text)
        with self._passed:
            if self._waiting + len(text) > LARGEST or not self._is_started():
                self._lost += text.count("\n")
                return len(text)
            self._waiting += len(text)
            self._late += text.count("\n")
        self._texts.put(text)
        return len(text)

    def unwritten(self) -> int:
        """Count the lines not written, after waiting a moment for a slow reader."""
        with self._passed:
            self._passed.wait_for(lambda: not self._waiting, PATIENCE)
            return self._lost + self._late

    def end(self) -> None:
        """End the thread, unless it is stuck in a write."""
        self.unwritten()
        self._texts.put(None)

    def _is_started(self) -> bool:
        if self._thread is None:
            thread = threading.Thread(target=self._pass_on, args=(self._stream,), daemon=True)
            with contextlib.suppress(RuntimeError):  # no thread can be had
                thread.start()
                self._thread = thread
        return self._thread is not None

    def _pass_on(self, stream: TextIO) -> None:
        while (text := self._texts.get()) is not None:
            lost = text.count("\n")
            with contextlib.suppress(OSError, ValueError):
                stream.write(text)
                stream.flush()
                lost = 0
            with self._passed:
                self._waiting -= len(text)
                self._late -= text.count("\n")
                self._lost += lost
                self._passed.notify_all()
