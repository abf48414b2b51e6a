"""Rules for the names of releases and environments, and for IDs. Pure.

Never repeats a name that is refused, because it comes from a user.
https://docs.sentry.io/product/releases/naming-releases/
https://docs.sentry.io/concepts/key-terms/environments/
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from sentry_plugin.errors import InputError


class NameRule(NamedTuple):
    """A pattern, and what it demands in words."""

    pattern: re.Pattern[str]
    words: str
    most_bytes: int = sys.maxsize
    """Of UTF-8, without space at the ends."""

    def fits(self, text: str) -> bool:
        """Tell whether a text keeps to the rule."""
        size = len(text.strip().encode(errors="surrogatepass"))
        return size <= self.most_bytes and bool(self.pattern.fullmatch(text))


# Relay takes what Unicode calls white space off the ends; to Python, four control characters are
# white space, too.
_BLANK = r"[^\S\x1c-\x1f]"
RELEASE = NameRule(
    re.compile(r"(?!\s|\.{1,2}$|latest$)[^\n\r\f\t/\\]{1,200}(?<!\s)"),
    "up to 200 characters without line breaks, tabs and slashes, no space at an end, and not "
    "., .. or latest",
)
# As Sentry takes them, of a deploy or a check-in: `Environment.is_valid_name` in
# https://github.com/getsentry/sentry/blob/master/src/sentry/models/environment.py
ENVIRONMENT = NameRule(
    re.compile(r"(?=.*\S)[^\n\r\f/]{1,64}"),
    "up to 64 characters without line breaks and slashes",
)


def _of_event(most: int, never: str) -> NameRule:
    """Make a rule of Relay's crate sentry-release-parser for a name that belongs to an event."""
    pattern = rf"{_BLANK}*(?!({never}|\.{{1,2}}){_BLANK}*\Z)(?=\S)[^/\\\0-\x1f\x7f]*{_BLANK}*"
    words = f"up to {most} bytes without line breaks, tabs and slashes, and not ., .. or {never}"
    return NameRule(re.compile(pattern, re.IGNORECASE), words, most)


EVENT_ENVIRONMENT, EVENT_RELEASE = _of_event(64, "none"), _of_event(200, "latest")
# As Relay keeps it: `Event::dist` of its crate relay-event-schema.
DIST = NameRule(
    re.compile(rf"{_BLANK}*[a-zA-Z0-9_.-]{{1,64}}{_BLANK}*"),
    "up to 64 letters a to z, digits, and the signs _.-",
)
ID = NameRule(
    re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
    "32 hexadecimal digits, with or without the hyphens of a UUID",
)


def check(given: Mapping[str, Any], **rules: NameRule) -> None:
    """Raise InputError for a field of *given* that is present and breaks its rule."""
    for field, rule in rules.items():
        if field in given and not rule.fits(given[field]):
            raise InputError(f"The input's `{field}` is not {rule.words}.")
