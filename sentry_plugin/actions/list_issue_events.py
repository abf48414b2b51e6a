"""List the events of one issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import issueids, parameters
from sentry_plugin.client.routes import with_query
from sentry_plugin.steps.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListIssueEvents(Listing):
    """List the events of one issue, the newest first."""

    def run(self, params: types.ListIssueEventsInput) -> types.ListIssueEventsOutput:
        """https://docs.sentry.io/api/events/list-an-issues-events/ ."""
        client = self.connection.client
        query = parameters.pick(params, "query", "environment", "full")
        query |= parameters.time_range(params)
        routes = with_query(issueids.routes(client, params["issue_id"], "events/"), query)
        output: types.ListIssueEventsOutput = self.fetch("events", routes, "event:read", params)
        return output
