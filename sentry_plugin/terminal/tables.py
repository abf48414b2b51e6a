"""An output as lines for people: lists as tables, the rest as names and values.

Whatever a server sent, nothing of it controls the terminal. Writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sentry_plugin.logs import printable

JSON = dict[str, Any]

# What tells things apart, the most telling first; a table has as many as fit.
TELLING = (
    *("shortId", "id", "eventID", "_key", "slug", "name", "check", "severity", "version"),
    *("title", "label", "email", "displayName", "orgRole", "role", "status", "level", "priority"),
    *("assignedTo", "count", "userCount", "lastSeen", "dateCreated", "text", "platform", "result"),
    *("value", "message", "reason", "pending"),
)
NAMING = ("name", "slug", "displayName", "id")
GAP = 2
WIDEST = 60


def lines(output: JSON, width: int) -> Iterator[str]:
    """Write *output* as lines of at most *width* characters."""
    several = sum(_is_table(value) for value in output.values()) > 1
    for field, value in output.items():
        if _is_table(value):
            if several:
                yield f"{field} ({len(value)})"
            yield from table(value, width)
        elif isinstance(value, dict) and value:
            yield field
            yield from _pairs(value, width)
        else:
            yield from _pairs({field: value}, width, indent=0)


def table(items: Sequence[JSON], width: int) -> Iterator[str]:
    """Write things with the same fields as a table with a heading."""
    columns: list[list[str]] = []
    room = width
    for name in _columns(items):
        texts = [printable(name).strip("_"), *(_text(each.get(name))[:WIDEST] for each in items)]
        widest = max(map(len, texts))
        if columns and widest > room:
            continue
        columns.append([f"{text:{widest}}" for text in texts])
        room -= widest + GAP
    for row in zip(*columns, strict=True):
        yield (" " * GAP).join(row).rstrip()[:width]


def _columns(items: Sequence[JSON]) -> list[str]:
    there = list(dict.fromkeys(name for each in items for name in each if each[name] is not None))
    simple = [name for name in there if any(_text(each.get(name)) for each in items)]
    telling = [name for name in TELLING if name in simple]
    return telling or simple


def _pairs(value: JSON, width: int, indent: int = 2) -> Iterator[str]:
    widest = max(map(len, value))
    for name, inner in value.items():
        text = _text(inner) or json.dumps(inner, ensure_ascii=False)
        yield printable(f"{'':{indent}}{name:{widest}}  {text}")[:width].rstrip()


def _text(value: Any) -> str:
    """Give one short text; an empty one for what has none."""
    match value:
        case bool():
            return "yes" if value else "no"
        case str() | int() | float():
            return printable(str(value))
        case dict():
            return next(
                (_text(value[name]) for name in ("name", "slug", "id") if name in value), ""
            )
        case list() if all(isinstance(each, str) for each in value):
            return printable(", ".join(value))
        case _:
            return ""


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(e, dict) for e in value)
