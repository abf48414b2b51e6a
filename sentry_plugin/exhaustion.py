"""Exceptions that mean that memory, threads, files or disk space ran out. Pure."""

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
"""Parts of the messages of Python, and of the loader of its libraries."""


def exhausted(error: BaseException) -> Exhausted | None:
    """Return an error that says what has run out; None if *error* has another reason."""
    what = next(filter(None, map(_what, causes(error))), None)
    if what is None:
        return None
    return Exhausted(f"This machine, or what the plugin may use of it, has no {what} left.")


def causes(error: BaseException | None) -> list[BaseException]:
    """List the exceptions that led to *error*, innermost first, and *error* itself last.

    Also those that libraries keep in `reason` or in their arguments.
    """
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
