"""The endpoint of the organization's repositories.

Changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox.messages import lookups, pages

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call
    from sentry_plugin.sandbox.messages.responses import Response


def listed(call: Call) -> Response:
    """List the repositories."""
    lookups.organization(call)
    where = lookups.name_filter(call, "name")
    return pages.listing_of_json(call, pages.of_table(call, "repository", where))
