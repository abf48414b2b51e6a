"""Issues as Sentry's versions give them, brought to the spec's one shape. Pure."""

from __future__ import annotations

import html
import re
from typing import Any

# In a time that only grows as the text does, whatever a server sends.
_ANCHOR = re.compile(
    r"""<a\b (?> [^<>]*? \bhref= ["'] ([^"'<>]*) ["'] ) [^<>]*+ > ([^<]*+) </a>""", re.VERBOSE
)


def normalised(issue: Any) -> Any:
    """Make `annotations` a list of objects: Sentry before 24 gave links as HTML text."""
    if isinstance(issue, dict) and isinstance(issue.get("annotations"), list):
        issue["annotations"] = [_annotation(each) for each in issue["annotations"]]
    return issue


def _annotation(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    anchor = _ANCHOR.search(given)
    if not anchor:
        return {"displayName": html.unescape(given)}
    return {"displayName": html.unescape(anchor[2]), "url": html.unescape(anchor[1])}
