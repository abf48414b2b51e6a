"""Terms of a search, and those that a make of server takes for something else. Pure.

Such a server finds nothing by them, which looks as if there were nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sentry_plugin.errors import Unsupported
from sentry_plugin.logs import printable

if TYPE_CHECKING:
    from sentry_plugin.client.makes import Make
    from sentry_plugin.client.routes import Route

# Linear time: what is between quotes, or else up to the next space.
_TERM = re.compile(r'(!?)([A-Za-z_][\w.-]*):("[^"]*"|\S*)|"[^"]*"|\S+')
_TIME_RANGE = "event.timestamp"
"""The term that stands for `start` and `end` where a list has no such parameters."""


def check(make: Make, route: Route) -> None:
    """Raise Unsupported if a route has a search of issues that the make would not understand."""
    search = route.query.get("query", "") if route.path.endswith("issues/") else ""
    for negation, key, value in _TERM.findall(str(search)):
        if key and _is_beyond(make, negation, key, value):
            raise _unsupported(make.name, f"{negation}{key}:{value}", key)


def advice(route: Route) -> str | None:
    """Return what to do about a server that failed on the search of a route; None if it is fine."""
    if str(route.query.get("query", "")).count('"') % 2:
        return "The search has a quote that is not closed: close it, or leave it out."
    return None


def _is_beyond(make: Make, negation: str, key: str, value: str) -> bool:
    if not make.not_searched:
        return False
    if key == "is" and not negation:
        return value not in make.statuses
    return bool(negation) or key in make.not_searched or value[:1] in {"<", ">", "["}


def _unsupported(name: str, term: str, key: str) -> Unsupported:
    cause = f"{name} cannot search for {printable(term)}: it would find nothing."
    if key == _TIME_RANGE:
        return Unsupported(
            cause, "Leave out `start` and `end`, and compare `firstSeen` and `lastSeen` yourself."
        )
    return Unsupported(cause, "Leave that out of the `query`.")
