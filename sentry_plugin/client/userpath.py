"""A path that a user gives, below the root of the connection's API. Pure.

Refuses whatever could lead elsewhere: a host, `..`, and either of them encoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from sentry_plugin.address import API
from sentry_plugin.client.routes import Route
from sentry_plugin.errors import InputError

_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~@:+,!$&'()*=;-]|%[0-9A-Fa-f]{2})+")
_SPLITS = re.compile(r"[/\\%?#]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_OF_ORGANIZATION = {"organizations", "projects", "teams"}
_FORM = (
    "Give what follows the API's root, such as organizations/my-organization/projects/; the query "
    "goes into `query`."
)


def route(text: str, query: Mapping[str, Any]) -> Route:
    """Return the route to the path *text*; InputError if it is refused."""
    below = text.strip().removeprefix(API).removeprefix("/")
    segments = below.removesuffix("/").split("/") if below else []
    if _SCHEME.match(below) or not all(map(_is_one, segments)):
        raise InputError("The input's `path` is no path below the root of the API.", _FORM)
    organization = (
        unquote(segments[1]) if len(segments) > 1 and segments[0] in _OF_ORGANIZATION else ""
    )
    # Without a final slash Sentry redirects, which would lose a change.
    return Route(
        "".join(f"{segment}/" for segment in segments),
        _texts(query),
        organization,
        is_raw=True,
    )


def _is_one(segment: str) -> bool:
    """Tell whether a segment stays one if a server decodes it."""
    if not _SEGMENT.fullmatch(segment):
        return False
    decoded = unquote(segment)
    # Some proxies drop what follows a semicolon.
    return (
        decoded.partition(";")[0] not in {".", ".."}
        and decoded.isprintable()
        and not _SPLITS.search(decoded)
    )


def _texts(query: Mapping[str, Any]) -> dict[str, str | list[str]]:
    return {
        name: [_text(one) for one in value] if isinstance(value, list) else _text(value)
        for name, value in query.items()
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise InputError(
        "The input's `query` holds what is neither a text, a number, a boolean nor a list of them.",
        "Leave out what is empty; write an object as its JSON text.",
    )
