"""Standard error for a person: a step's warnings stay, how far it has got is one passing line.

The error that ends a step is left to the event. Hides no secret: the log has done that before.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
from collections.abc import Iterator
from typing import TextIO

PASSING = "INFO "
_CLEAR = "\r\x1b[K"


class Progress(io.TextIOBase):
    """A stream that takes the lines of the log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._passing = False

    def write(self, text: str, /) -> int:
        """Show a line of the log; a passing one only on a terminal."""
        self.clear()
        if not text.startswith(PASSING):
            is_told_by_event = text.startswith("ERROR ") and text.count("\n") == 1
            self._stream.write("" if is_told_by_event else text)
        elif self._stream.isatty():
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(text.removeprefix(PASSING).rstrip("\n")[:width])
            self._passing = True
        self._stream.flush()
        return len(text)

    def clear(self) -> None:
        """Take the passing line away."""
        if self._passing:
            self._stream.write(_CLEAR)
            self._stream.flush()
        self._passing = False


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Show on standard error what a person wants to see of the log."""
    stream = Progress(sys.stderr)
    with contextlib.redirect_stderr(stream):
        yield
    stream.clear()
