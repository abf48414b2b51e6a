"""How a property is read from an object of the API: each a function that gives None for unknown.

What the API does not say stays unsaid: nothing here has a default.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

JSON = dict[str, Any]
Property = Callable[[JSON], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def at(path: str) -> Property:
    """Read a text, number or truth value, or a list of texts; *path* has dots between its keys."""
    keys = path.split(".")

    def read(source: JSON) -> Any:
        value = _walk(source, keys)
        if isinstance(value, list):
            return value if all(isinstance(inner, str) for inner in value) else None
        return value if isinstance(value, str | int | float) else None

    return read


def either(*paths: str) -> Property:
    """Read the first of *paths* that says something."""
    reads = [at(path) for path in paths]
    return lambda source: next((v for read in reads if (v := read(source)) is not None), None)


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
        time = datetime.fromisoformat(iso or "")
    except ValueError:
        return None
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MILLISECOND


def _walk(value: Any, keys: list[str]) -> Any:
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
