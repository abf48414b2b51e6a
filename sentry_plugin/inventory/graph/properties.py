"""How a property is read from an object of the API: each a function that gives None for unknown.

What the API does not say stays unsaid: nothing here has a default.
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
    """Read a text, number or truth value, or a list of texts; *path* has dots between its keys."""
    first, *rest = path.split(".")

    # Called a million times for a large organization: no other calls in here.
    def read(source: JSON) -> Any:
        value = source.get(first)
        for key in rest:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None or isinstance(value, (str, int, float)):
            return value
        is_texts = isinstance(value, list) and all(isinstance(inner, str) for inner in value)
        return value if is_texts else None

    return read


def either(*paths: str) -> Property:
    """Read the first of *paths* that says something."""
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


def moment(path: str) -> Property:
    """Read a time, as milliseconds since 1970."""
    read = text(path)
    return lambda source: milliseconds(read(source))


def there(path: str) -> Property:
    """Tell whether there is something, where the API says null for nothing."""

    def read(source: JSON) -> bool | None:
        return source[path] is not None if path in source else None

    return read


def always(value: Any) -> Property:
    """Give what is so for all things of a kind."""
    return lambda _: value


def milliseconds(iso: str | None) -> int | None:
    """Turn a time as RFC 3339 has it into milliseconds since 1970, cut as JavaScript cuts them."""
    try:
        return (times.read(iso) - _EPOCH) // _MILLISECOND
    except ValueError:
        return None
