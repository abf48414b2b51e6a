"""The help of one step, from its generated schemas: its fields and its output."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sentry_plugin.steps import schema

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

HOW = """
field=text        a text, number, or true and false; a field that is a list is given several times
field=@file       what a file holds; @- is standard input
field:=json       JSON as it is
field.inner=text  a part of an object
"""


def lines(name: str, about: JSON, command: str) -> Iterator[str]:
    """Yield the lines of the help of one step, which *about* describes as in the spec."""
    width = min(shutil.get_terminal_size().columns, 100)
    yield f"usage: sentry-plugin {command} {name} [options] field=value ..."
    yield ""
    yield from textwrap.wrap(f"{about['description']}.", width)
    for part, heading in (("input", "Fields:"), ("output", "Answer:")):
        whole = schema.load(name, part)
        yield ""
        yield heading
        for field, what in _ordered(whole.get("properties", {})):
            yield f"  {field}  ({_kind(what, whole, field)})"
            indent = " " * 6
            yield from textwrap.wrap(
                _said(what), width, initial_indent=indent, subsequent_indent=indent
            )
    yield HOW.rstrip()


def _ordered(properties: JSON) -> list[tuple[str, JSON]]:
    return sorted(properties.items(), key=lambda each: each[1].get("order", 0))


def _kind(what: JSON, whole: JSON, field: str) -> str:
    found = schema.resolved(what, whole.get("definitions", {}))
    kind = "file" if found.get("id") == "file" else found["type"]
    if kind == "array":
        items = schema.resolved(found["items"], whole.get("definitions", {}))
        kind = f"list of {items.get('title') or items['type']}"
    return kind + (", required" if field in whole.get("required", ()) else "")


def _said(what: JSON) -> str:
    said = f"{what.get('description') or what.get('title', '')}."
    if "enum" in what:
        said += f" One of: {', '.join(map(str, what['enum']))}."
    if "default" in what:
        said += f" Default: {json.dumps(what['default'], ensure_ascii=False)}."
    return said
