"""What old servers fail at without a word, told as what it is.

Guesses nothing from an error alone: whether a server is old is asked of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client.routes import organization_issue_route
from sentry_plugin.errors import ApiError, Unsupported

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient

SIGNS = ("Internal Error", "multi project stream")
"""Words of Sentry 9, also of newer ones that are in trouble."""
# Any will do: it is the path that old servers lack.
_ISSUE = "1"


def tell(
    client: SentryClient, organization: str, error: ApiError, lacking: str, instead: str
) -> None:
    """Raise what *error* is if a Sentry before version 10 made it, and do nothing if not.

    *lacking* is what such a server cannot do, *instead* what to do about it.
    """
    if not any(sign in error.data for sign in SIGNS):
        return
    try:
        is_old = not client.has(organization_issue_route(organization, _ISSUE))
    except ApiError:
        return
    if is_old:
        cause = f"This Sentry is too old for {lacking}. {error.cause}"
        raise Unsupported(cause, instead, error.data) from error
