"""What this machine has run out of, told by the exceptions that say so. Pure.

Knows nothing of what was being done: whoever catches such an exception knows that.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

from sentry_plugin.errors import Exhausted

_BY_NUMBER = {
    errno.EMFILE: "file descriptors",
    errno.ENFILE: "file descriptors",
    errno.ENOMEM: "memory",
    errno.ENOSPC: "disk space",
    errno.EDQUOT: "disk space",
}
_BY_WORDS = {
    "can't start new thread": "threads",
    "failed to map segment": "memory",
    "annot allocate memory": "memory",
    "oo many open files": "file descriptors",
}
"""All that Python, or who loads its libraries, says of it."""


def exhausted(error: BaseException) -> Exhausted | None:
    """Give the error that says what has run out, or None where *error* tells of nothing such."""
    what = next(filter(None, map(_what, causes(error))), None)
    if what is None:
        return None
    return Exhausted(f"This machine, or what the plugin may use of it, has no {what} left.")


def causes(error: BaseException | None) -> list[BaseException]:
    """List what led to *error*, the innermost first; also what libraries only wrap."""
    found: list[BaseException] = []
    while error and error not in found:
        found.insert(0, error)
        error = next(_inner(error), None)
    return found


def _inner(error: BaseException) -> Iterator[BaseException]:
    inner = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
    return (one for one in inner if isinstance(one, BaseException))


def _what(error: BaseException) -> str | None:
    match error:
        case MemoryError():
            return "memory"
        case OSError():
            return _BY_NUMBER.get(error.errno or 0)
        case ImportError() | RuntimeError():
            return next((what for words, what in _BY_WORDS.items() if words in str(error)), None)
        case _:
            return None
