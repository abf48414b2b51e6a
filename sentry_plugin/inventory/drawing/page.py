"""Writes the page: template, styles, program and data in one file that may load nothing else.

The data cannot become markup: it is parsed as JSON, and each `<` in it is written as an escape, so
that no name can end its element. Knows nothing of the data.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

SCRIPTS = (
    *("data", "graph", "looks", "camera", "picture"),
    *("details", "overview", "search", "table", "page"),
)
"""The parts of the program, in the order in which they run."""
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def write_page(data: JSON) -> str:
    """Write the page that shows *data*."""
    program = "\n".join(_part(f"{name}.js") for name in SCRIPTS)
    program = f'"use strict";\n(() => {{\n{program}}})();\n'
    style = _part("page.css")
    policy = (
        f"default-src 'none'; script-src {_hash(program)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    parts = {
        "TITLE": html.escape(data["title"]),
        "POLICY": policy,
        "STYLE": style,
        "DATA": _ENCODER.encode(data).replace("<", "\\u003c"),
        "PROGRAM": program,
    }
    template = _part("page.html").split("@@")
    return "".join(parts[each] if place % 2 else each for place, each in enumerate(template))


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
