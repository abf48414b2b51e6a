"""List the issues of one project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import oldservers, parameters
from sentry_plugin.client.routes import project_issue_routes
from sentry_plugin.errors import ApiError, InputError
from sentry_plugin.issues.issue import normalised
from sentry_plugin.steps.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types

LACKING = "such a `sort`, or for a time range within an `environment`"
INSTEAD = "Sort by date, new, freq or priority; leave out the `environment` or the time range."


class ListProjectIssues(Listing):
    """List the issues of one project: the unresolved ones, where no query is given."""

    page_size_parameters = ("limit",)

    def run(self, params: types.ListProjectIssuesInput) -> types.ListProjectIssuesOutput:
        """https://docs.sentry.io/api/events/list-a-projects-issues/ ."""
        query = parameters.pick(
            params, "query", "statsPeriod", "sort", "environment", "shortIdLookup"
        )
        # On this endpoint `statsPeriod` is the period of the counts, not a time range.
        span = parameters.time_range({name: params.get(name) for name in ("start", "end")})
        if span and "shortIdLookup" in query:
            raise InputError(
                "The input has a time range beside `shortIdLookup`, which does not regard it.",
                "Leave out one of the two.",
            )
        client, organization = self.connection.client, params["organization_slug"]
        routes = project_issue_routes(organization, params["project_slug"], query, span)
        try:
            output: types.ListProjectIssuesOutput = self.fetch(
                "issues", routes, "event:read", params, normalised
            )
        except ApiError as error:
            if query.keys() & {"sort", "environment"}:
                oldservers.raise_if_too_old(client, organization, error, LACKING, INSTEAD)
            raise
        return output
