"""The answers that faults replace or change.

Pure. Faults that cut or slow the connection are in `wire`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.ingest.rejections import rate_limited
from sentry_plugin.sandbox.messages.responses import HTML, TEXT, Response, as_json, without_body

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.faults import Fault

PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
REASONS = {
    200: "Sign in to continue",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}
ELSEWHERE = "https://elsewhere.example"

_NEXT = re.compile(r'<([^>]*)>; rel="next"; results="\w+"; cursor="([^"]*)"')


def _page(status: int) -> Response:
    return Response(status, PAGE.format(REASONS[status]).encode(), HTML)


def _rate_limit(fault: Fault) -> Response:
    reset = times.now() // times.SECOND + max(1, round(fault.seconds))
    headers = {
        "X-Sentry-Rate-Limit-Limit": "5",
        "X-Sentry-Rate-Limit-Remaining": "0",
        "X-Sentry-Rate-Limit-Reset": str(reset),
        "X-Sentry-Rate-Limit-ConcurrentLimit": "25",
        "X-Sentry-Rate-Limit-ConcurrentRemaining": "24",
    }
    detail = (
        "You are attempting to use this endpoint too frequently. Limit is 5 requests in 1 seconds"
    )
    return replace(as_json({"detail": detail}, 429, headers), content_type=HTML)


def _gone(_fault: Fault) -> Response:
    headers = {"X-Sentry-Deprecation-Date": "2026-05-15T00:00:00+00:00"}
    return as_json({"message": "This API no longer exists."}, 410, headers)


# The answers of faults that replace the endpoint's.
INSTEAD: dict[str, Callable[[Fault], Response]] = {
    "rate_limit": _rate_limit,
    "ingest_rate_limit": lambda fault: rate_limited(max(1, round(fault.seconds)), "quota_exceeded"),
    "server_error": lambda fault: _page(fault.status),
    "html": lambda _fault: _page(200),
    "gone": _gone,
    "empty": lambda _fault: without_body(),
}


def _linked(given: Response, change: Callable[[re.Match[str]], str]) -> Response:
    link = given.headers.get("Link")
    if link is None:
        return given
    return replace(given, headers=given.headers | {"Link": _NEXT.sub(change, link)})


def _foreign(found: re.Match[str]) -> str:
    address = re.sub(r"^\w+://[^/]+", ELSEWHERE, found[1])
    return f'<{address}>; rel="next"; results="true"; cursor="{found[2]}"'


def _endless(given: Response) -> Response:
    first = "0:0:0"

    def again(found: re.Match[str]) -> str:
        address = found[1].replace(f"cursor={found[2]}", f"cursor={first}")
        return f'<{address}>; rel="next"; results="true"; cursor="{first}"'

    return _linked(given, again)


# What faults change in the endpoint's answer.
CHANGED: dict[str, Callable[[Response], Response]] = {
    "foreign_next": lambda given: _linked(given, _foreign),
    "endless_next": _endless,
    "content_type": lambda given: replace(given, content_type=TEXT),
}
