"""List the issues of one project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin import parameters
from sentry_plugin.errors import InputError
from sentry_plugin.issue import normalised
from sentry_plugin.routes import project_issue_routes
from sentry_plugin.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListProjectIssues(Listing):
    """List the issues of one project: the unresolved ones, where no query is given."""

    def run(self, params: types.ListProjectIssuesInput) -> types.ListProjectIssuesOutput:
        """https://docs.sentry.io/api/events/list-a-projects-issues/ ."""
        query = parameters.chosen(
            params, "query", "statsPeriod", "sort", "environment", "shortIdLookup"
        )
        # Here `statsPeriod` is no time range: it is what the counts are of.
        span = parameters.span({name: params.get(name) for name in ("start", "end")})
        if span and "shortIdLookup" in query:
            raise InputError(
                "The input has a time range beside `shortIdLookup`, which does not regard it.",
                "Leave out one of the two.",
            )
        routes = project_issue_routes(
            params["organization_slug"], params["project_slug"], query, span
        )
        pages = self.connection.client.pages(
            routes, "event:read", limit=params.get("limit"), cursor=params.get("cursor")
        )
        output: types.ListProjectIssuesOutput = self.gather("issues", pages, normalised)
        return output
