"""Writes tables, links and values in Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    first, *lines = (f"| {' | '.join(row)} |" for row in (head, *rows))
    return "\n".join([first, "|" + " :--- |" * len(head), *lines])


def anchor(heading: str) -> str:
    """Return the anchor of a heading, as the usual hosting services make it."""
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")


def link(text: str, page: str = "", heading: str = "") -> str:
    """Return a link to a heading of this page or another; without a heading to that of its text."""
    return f"[{text}]({page}#{anchor(heading or text)})"


def value(shown: object) -> str:
    """Return a value as JSON; a text without its quotes, unless it is empty."""
    text = shown if shown and isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
    return f"`{text}`".replace("|", r"\|")
