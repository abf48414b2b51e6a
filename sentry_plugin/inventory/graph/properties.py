"""Ways to read a property from an object of the API.

Each is a function that returns None where the API does not say: nothing here has a default.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sentry_plugin import times
from sentry_plugin.strictjson import JSON

Property = Callable[[JSON], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def at(path: str) -> Property:
    """Read a text, number, truth value or list of texts; *path* has dots between its keys."""
    first, *rest = path.split(".")

    # Called a million times for a large organization, so it calls nothing else.
    def read(source: JSON) -> Any:
        value = source.get(first)
        for key in rest:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None or isinstance(value, (str, int, float)):
            return value
        is_texts = isinstance(value, list) and all(isinstance(inner, str) for inner in value)
        return value if is_texts else None

    return read


def first_of(*paths: str) -> Property:
    """Read the first of several paths that has a value."""
    reads = [at(path) for path in paths]

    def read(source: JSON) -> Any:
        for each in reads:
            if (value := each(source)) is not None:
                return value
        return None

    return read


def text(path: str) -> Property:
    """Read a text, and nothing else."""
    read = at(path)
    return lambda source: value if isinstance(value := read(source), str) else None


def timestamp(path: str) -> Property:
    """Read a time, as milliseconds since 1970."""
    read = text(path)
    return lambda source: milliseconds(read(source))


def is_set(key: str) -> Property:
    """Tell whether a key has a value: the API says null where it has none."""

    def read(source: JSON) -> bool | None:
        return source[key] is not None if key in source else None

    return read


def always(value: Any) -> Property:
    """Return the same value for every object."""
    return lambda _: value


def milliseconds(iso: str | None) -> int | None:
    """Turn a time of RFC 3339 into milliseconds since 1970, rounded down as in JavaScript."""
    try:
        return (times.read(iso) - _EPOCH) // _MILLISECOND
    except ValueError:
        return None
