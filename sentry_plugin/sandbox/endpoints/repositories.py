"""The endpoint of the organization's repositories.

Changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox.messages import lookups, pages

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.answers import Answer
    from sentry_plugin.sandbox.messages.call import Call


def listed(call: Call) -> Answer:
    """List the repositories."""
    lookups.organization(call)
    where = lookups.name_has(call, "name")
    return pages.listing_of_texts(call, pages.of_table(call, "repository", where))
