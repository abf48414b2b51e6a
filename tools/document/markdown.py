"""Tables, links and values in Markdown, as the usual hosting services show it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    first, *lines = (f"| {' | '.join(row)} |" for row in (head, *rows))
    return "\n".join([first, "|" + " :--- |" * len(head), *lines])


def anchor(heading: str) -> str:
    """Return the name by which a link finds a heading."""
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")


def link(text: str, page: str = "", heading: str = "") -> str:
    """Return a link to a heading, of this page or another; its text may be the heading itself."""
    return f"[{text}]({page}#{anchor(heading or text)})"


def value(of: object) -> str:
    """Return a value as JSON has it; a text without its quotes, if there is any."""
    text = of if of and isinstance(of, str) else json.dumps(of, ensure_ascii=False)
    return f"`{text}`".replace("|", r"\|")
