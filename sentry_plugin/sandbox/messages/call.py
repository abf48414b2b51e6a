"""One request, as the endpoints see it.

Reads parameters and bodies as Sentry does, and refuses those that are wrong. Does not know the web
framework.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.messages.responses import refuse

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.tokens import Token
    from sentry_plugin.sandbox.sandbox import Sandbox

MAX_PAGE = 100
TRUE = ("1", "true", "yes", "on")


@dataclass
class Call:
    """One request, and the sandbox that got it; *params* are the parts of the path by name."""

    sandbox: Sandbox
    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    params: Mapping[str, str]
    remote: str | None = None
    token: Token | None = None

    def __post_init__(self) -> None:
        self.query = parse_qsl(self.query_string, keep_blank_values=True)

    def all(self, name: str) -> list[str]:
        """Return all values of a query parameter."""
        return [value for key, value in self.query if key == name]

    def first(self, name: str) -> str | None:
        """Return the last value of a query parameter, or None."""
        values = self.all(name)
        return values[-1] if values else None

    def flag(self, name: str) -> bool:
        """Tell whether a query parameter is 1, true, yes or on."""
        return (self.first(name) or "").lower() in TRUE

    def per_page(self) -> int:
        """Return the page size; lists of issues use `limit` instead."""
        text = self.first("per_page")
        if not text:
            return MAX_PAGE
        try:
            size = int(text)
        except ValueError:
            refuse(400, "Invalid per_page parameter.")
        if not 1 <= size <= MAX_PAGE:
            refuse(400, f"Invalid per_page value. Must be between 1 and {MAX_PAGE}.")
        return size

    def window(self) -> tuple[int, int] | None:
        """Return the start and end that `statsPeriod`, or `start` and `end` ask for, or None."""
        if period := self.first("statsPeriod"):
            length = times.length(period)
            if length is None:
                refuse(400, "Invalid statsPeriod")
            return times.last(length)
        ends = [self.first("start"), self.first("end")]
        if not any(ends):
            return None
        if not all(ends):
            refuse(400, "start and end are both required")
        start, end = (_moment(text or "") for text in ends)
        if start >= end:
            refuse(400, "start must be before end")
        return start, end

    def url(self, cursor: str) -> str:
        """Return this request's address with another cursor, as a Link header has it."""
        kept = [(key, value) for key, value in self.query if key != "cursor"]
        query = urlencode(kept, quote_via=quote)
        return f"{self.sandbox.base_url}{self.path}?{query}&cursor={cursor}"

    def json(self) -> Any:
        """Return the JSON of the body, or refuse it, as Django REST framework does."""
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            refuse(415, f'Unsupported media type "{kind}" in request.')
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            refuse(400, f"JSON parse error - {error}")
        # A database refuses texts with lone surrogates.
        return json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))

    def json_object(self) -> dict[str, Any]:
        """Return the JSON of the body; refuse all but an object."""
        value = self.json()
        if not isinstance(value, dict):
            name = type(value).__name__
            refuse(400, f"Invalid data. Expected a dictionary, but got {name}.")
        return value


def _moment(text: str) -> int:
    moment = times.moment_of(text)
    if moment is None:
        refuse(400, f"{text} is not a valid ISO8601 date query")
    return moment
