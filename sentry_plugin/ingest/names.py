"""What Sentry takes as the name of a release, an environment or a monitor. Pure.

Never repeats a name that is refused: it is the user's own text.
https://docs.sentry.io/product/releases/naming-releases/
https://docs.sentry.io/concepts/key-terms/environments/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from sentry_plugin.errors import InputError


class Rule(NamedTuple):
    """A pattern, and in words what it wants."""

    pattern: re.Pattern[str]
    words: str


RELEASE = Rule(
    re.compile(r"(?!\s|\.{1,2}$|latest$)[^\n\r\f\t/\\]{1,200}(?<!\s)"),
    "up to 200 characters without line breaks, tabs and slashes, no space at an end, and not "
    "., .. or latest",
)
ENVIRONMENT = Rule(
    re.compile(r"(?!None$)[^\s/]{1,64}"),
    "up to 64 characters without spaces and slashes, and not None",
)
MONITOR = Rule(
    re.compile(r"(?!\d+$)[a-z0-9_-]{1,50}"),
    "up to 50 lower-case letters, digits, underscores and hyphens, and not digits alone",
)
ID = Rule(
    re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
    "32 hexadecimal digits, with or without the hyphens of a UUID",
)


def check(given: Mapping[str, Any], **rules: Rule) -> None:
    """Refuse a field of *given*, where it is there, that is not as its rule wants it."""
    for field, rule in rules.items():
        if field in given and not rule.pattern.fullmatch(given[field]):
            raise InputError(f"The input's `{field}` is not {rule.words}.")
