"""Issues from any version of Sentry, brought to the form of the spec. Pure."""

from __future__ import annotations

import html
import re
from typing import Any

# Linear time, whatever a server sends.
_ANCHOR = re.compile(
    r"""<a\b (?> [^<>]*? \bhref= ["'] ([^"'<>]*) ["'] ) [^<>]*+ > ([^<]*+) </a>""", re.VERBOSE
)


def normalised(issue: Any) -> Any:
    """Make `annotations` a list of objects, in place: before version 24 they are HTML texts."""
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
