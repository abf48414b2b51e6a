"""List the events of one issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import parameters, references
from sentry_plugin.client.routes import asking
from sentry_plugin.steps.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListIssueEvents(Listing):
    """List the events of one issue, the newest first."""

    def run(self, params: types.ListIssueEventsInput) -> types.ListIssueEventsOutput:
        """https://docs.sentry.io/api/events/list-an-issues-events/ ."""
        client = self.connection.client
        query = parameters.chosen(params, "query", "environment", "full") | parameters.span(params)
        routes = asking(references.routes(client, params["issue_id"], "events/"), query)
        output: types.ListIssueEventsOutput = self.fetch("events", routes, "event:read", params)
        return output
