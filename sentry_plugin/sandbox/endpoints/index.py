"""The endpoint that shows the version of the API and the user.

Needs no token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox.messages.responses import Response, as_json
from sentry_plugin.sandbox.shown import actors

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call


def show(call: Call) -> Response:
    """Show the version of the API, and the user and scopes of the token if there is one."""
    token = call.token
    who = actors.user(call.sandbox) if token else None
    auth = {"scopes": list(token.scopes)} if token else None
    return as_json({"version": "0", "auth": auth, "user": who})
