"""Values of JSON: whether they say something, and as texts. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentry_plugin.ingest.eventrules.place import Place

U64 = (1 << 64) - 1


def holds_nothing(value: Any) -> bool:
    """Tell whether nothing is lost with a value: it is empty, or holds what is empty."""
    if isinstance(value, dict | list):
        return all(map(holds_nothing, value.values() if isinstance(value, dict) else value))
    return value in (None, "")


def is_too_large(value: Any) -> bool:
    """Tell whether it is a whole number of more than 64 bits, which Sentry reads as 0."""
    return isinstance(value, int) and abs(value) > U64


def text_of(value: Any) -> Any:
    """Write a number or boolean as text, as Sentry does; return other values as they are."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value) if isinstance(value, bool | int) else value


def json_text(value: Any) -> str:
    """Write what is no text as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def too_large(value: Any, place: Place) -> Iterator[Place]:
    """Yield the places of such numbers, at and below *place*."""
    if is_too_large(value):
        yield place
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from too_large(inner, place.below(key))
