"""Refuses events with the texts and statuses of Relay, Sentry's service that receives events.

Knows no request.
"""

from __future__ import annotations

from typing import NoReturn

from sentry_plugin.sandbox.messages.responses import TEXT, Refused, Response, as_json

DROPPED = (
    "Sentry dropped data due to a quota or internal rate limit being reached. This will not affect"
    " your application. See https://docs.sentry.io/product/accounts/quotas/ for more information."
)


def reject(status: int, detail: str, *causes: str) -> NoReturn:
    """Refuse with what happened, and what caused it."""
    body = {"detail": detail, "causes": list(causes)} if causes else {"detail": detail}
    raise Refused(as_json(body, status))


def reject_text(status: int, words: str) -> NoReturn:
    """Refuse in plain text, as the web framework of Relay does before Relay sees the request."""
    raise Refused(Response(status, words.encode(), TEXT))


def rate_limited(seconds: int, reason: str) -> Response:
    """Build the 429 for an event over its key's limit; *seconds* is how long to wait."""
    limits = f"{seconds}:default;error;security:key:{reason}"
    headers = {"Retry-After": str(seconds), "X-Sentry-Rate-Limits": limits}
    return as_json({"detail": DROPPED}, 429, headers)
