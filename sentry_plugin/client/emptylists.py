"""Whether an empty list is one, where a server gives it also of what does not exist.

Asks for what contains the list, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.errors import ApiError, NotFound

if TYPE_CHECKING:
    from sentry_plugin.client.belonging import Client
    from sentry_plugin.client.routes import Route

_SCOPES = {
    "organizations": "org:read",
    "projects": "project:read",
    "issues": "event:read",
}
"""What the token needs to look at what contains a list, by the first part of its path."""


def check(client: Client, route: Route) -> None:
    """Raise an ApiError unless what contains an empty list exists; NotFound if it does not."""
    if route.within is None:
        return
    unknown = (
        f"{client.make.name} gave an empty list, as it does also of what does not exist, and which "
        "of the two it is could not be found out."
    )
    try:
        client.get([route.within], _SCOPES[route.within.path.partition("/")[0]])
    except NotFound as error:
        if not error.lacks_route:
            raise
        raise ApiError(f"{unknown} {error.cause}", error.assistance, error.data) from error
    except ApiError as error:
        error.cause = f"{unknown} {error.cause}"
        raise
