"""List the comments on an issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import issueids
from sentry_plugin.issues.comment import normalised
from sentry_plugin.steps.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListComments(Listing):
    """List the comments on an issue, the newest first."""

    def run(self, params: types.ListCommentsInput) -> types.ListCommentsOutput:
        """Use the endpoint of Sentry's own pages; it is not documented."""
        client = self.connection.client
        routes = issueids.routes(client, params["issue_id"], "comments/")
        output: types.ListCommentsOutput = self.fetch(
            "comments", routes, "event:read", params, normalised
        )
        return output
