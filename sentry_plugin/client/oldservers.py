"""Errors of servers that are too old for a request, and do not say so.

Does not guess from an error alone: it asks the server for a route that only newer ones have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client.routes import organization_issue_route
from sentry_plugin.errors import ApiError, Unsupported

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient

SIGNS = ("Internal Error", "multi project stream")
"""Words in errors of Sentry 9, and of newer versions in trouble."""
# Any ID: old servers lack the path.
_ISSUE = "1"


def raise_if_too_old(
    client: SentryClient, organization: str, error: ApiError, lacking: str, instead: str
) -> None:
    """Raise Unsupported if *error* came from a Sentry before version 10; else return.

    *lacking* is what such a server cannot do, *instead* what the user can do.
    """
    if not any(sign in error.data for sign in SIGNS):
        return
    try:
        is_old = not client.has_route(organization_issue_route(organization, _ISSUE))
    except ApiError:
        return
    if is_old:
        cause = f"This Sentry is too old for {lacking}. {error.cause}"
        raise Unsupported(cause, instead, error.data) from error
