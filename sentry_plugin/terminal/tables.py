"""Formats an output as lines for people: lists as tables, the rest as names and values.

Nothing that a server sent can control the terminal. Writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sentry_plugin.logs import printable

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

# Columns to show, the most useful first, as many as fit.
TELLING = (
    *(
        "issue_id",
        "shortId",
        "id",
        "eventID",
        "_key",
        "slug",
        "name",
        "check",
        "severity",
        "version",
    ),
    *(
        "version",
        "title",
        "label",
        "email",
        "displayName",
        "orgRole",
        "role",
        "status",
        "level",
        "priority",
    ),
    *("assignedTo", "count", "userCount", "lastSeen", "dateCreated", "text", "platform", "result"),
    *("value", "message", "reason", "pending"),
)
FEW = 8
"""If there are no more columns than that, all are shown, in the order of the fields."""
GAP = 2
LONGEST = (60, 40, 30, 20)
"""Characters of a cell, tried in order until the table fits."""


def lines(output: JSON, width: int) -> Iterator[str]:
    """Yield *output* as lines of at most *width* characters."""
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
    """Yield a table of items, with a heading; long texts are cut first."""
    names = _columns(items)
    for longest in LONGEST:
        columns = [_cells(items, name, longest) for name in names]
        if sum(len(each[0]) + GAP for each in columns) - GAP <= width:
            break
    for row in zip(*_fitting(columns, width), strict=True):
        yield (" " * GAP).join(row).rstrip()[:width]


def _cells(items: Sequence[JSON], name: str, longest: int) -> list[str]:
    texts = [printable(name).strip("_"), *(_text(each.get(name))[:longest] for each in items)]
    widest = max(map(len, texts))
    return [f"{text:{widest}}" for text in texts]


def _fitting(columns: Sequence[list[str]], width: int) -> list[list[str]]:
    fitting: list[list[str]] = []
    for each in columns:
        if not fitting or len(each[0]) <= width:
            fitting.append(each)
            width -= len(each[0]) + GAP
    return fitting


def _columns(items: Sequence[JSON]) -> list[str]:
    there = list(dict.fromkeys(name for each in items for name in each if each[name] is not None))
    simple = [name for name in there if any(_text(each.get(name)) for each in items)]
    telling = [name for name in TELLING if name in simple]
    return telling if telling and len(simple) > FEW else simple


def _pairs(value: JSON, width: int, indent: int = 2) -> Iterator[str]:
    widest = max(map(len, value))
    for name, inner in value.items():
        text = _text(inner) or json.dumps(inner, ensure_ascii=False)
        yield printable(f"{'':{indent}}{name:{widest}}  {text}")[:width].rstrip()


def _text(value: Any) -> str:
    """Return a value as one short text; empty if it has none."""
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
