"""Standard error that nobody has to read: a thread passes on what is written.

It may be closed, full, or a pipe whose reader sleeps: who writes neither waits for it nor fails.
"""

from __future__ import annotations

import contextlib
import io
import threading
from queue import SimpleQueue
from typing import TextIO

LARGEST = 1 << 20
"""Characters that may wait to be passed on."""
PATIENCE = 0.5
"""Seconds in which a reader may catch up at the end."""


class Stderr(io.TextIOBase):
    """A stream in front of *stream*, which may be None."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._texts: SimpleQueue[str | None] = SimpleQueue()
        self._waiting = 0
        self._lost = self._late = 0
        self._passed = threading.Condition()
        self._thread: threading.Thread | None = None

    def write(self, text: str, /) -> int:
        """Have *text* passed on, if there is room for it."""
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
        """Give the lines that were not passed on, once the reader had a moment to catch up."""
        with self._passed:
            self._passed.wait_for(lambda: not self._waiting, PATIENCE)
            return self._lost + self._late

    def end(self) -> None:
        """Let the thread end, if it is not stuck."""
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
