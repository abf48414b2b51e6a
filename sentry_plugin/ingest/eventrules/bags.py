"""Bags: free-form data of which Sentry keeps a number of bytes. Pure.

https://github.com/getsentry/relay/blob/master/relay-event-normalization/src/trimming.rs
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Bag(NamedTuple):
    """How much of free-form data is kept."""

    bytes: int
    depth: int
    """Levels; what is below them is kept as a text of JSON."""

    def is_cut(self, value: Any) -> bool:
        """Tell whether something of *value*, which has no lone surrogates, is not kept."""
        if isinstance(value, str):
            return len(value) > self.bytes
        try:
            _room_after_all(value, self.depth - 1, self.bytes)
        except _Full:
            return True
        return False


EXTRA, LARGE, MEDIUM, SMALL = (
    *(Bag(16 << 10, 7), Bag(8 << 10, 7), Bag(2 << 10, 5), Bag(1 << 10, 3)),
)
FLAGS = Bag(132_072, 7)
ALL_EXTRA = Bag(256 << 10, 7)


class _Full(Exception):
    """No room is left."""


def _room_after_all(value: Any, depth: int, room: int) -> int:
    """Return the bytes that are left after what is in *value*."""
    items: Iterable[Any] = ()
    if isinstance(value, list):
        items = value
    elif isinstance(value, dict):
        items = (value[key] for key in sorted(value))
    for item in items:
        room = _room_after(item, depth, room)
    return room


def _room_after(value: Any, depth: int, room: int) -> int:
    if depth == 1 and isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # A text is cut where its characters do not fit; what it takes of the room are its bytes.
    if room <= 0 or (isinstance(value, str) and len(value) > room):
        raise _Full
    return max(0, _room_after_all(value, depth - 1, room) - _size(value) - 1)


def _size(value: Any) -> int:
    """Return the bytes of a value without what is in it, as Relay estimates them."""
    match value:
        case None:
            return 0
        case str():
            return len(value.encode(errors="replace")) + 2
        case dict() | list():
            return 2
        case float() if value.is_integer():
            return len(str(int(value)))
        case _:
            return len(json.dumps(value))
