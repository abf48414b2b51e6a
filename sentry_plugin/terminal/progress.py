"""Standard error for a person: warnings stay, progress is one line that is overwritten.

The error that ends a step is not shown here, because the event has it. The log masks secrets.
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
    """A stream that shows the lines of the log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._passing = False

    def write(self, text: str, /) -> int:
        """Show a line of the log; progress only on a terminal."""
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
        """Remove the line of progress."""
        if self._passing:
            self._stream.write(_CLEAR)
            self._stream.flush()
        self._passing = False


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Replace standard error by a Progress until the end of the block."""
    stream = Progress(sys.stderr)
    with contextlib.redirect_stderr(stream):
        yield
    stream.clear()
