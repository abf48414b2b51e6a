"""List the issues of one project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.issue import normalised
from sentry_plugin.routes import project_issue_routes
from sentry_plugin.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListProjectIssues(Listing):
    """List the issues of one project: the unresolved ones, where no query is given."""

    def run(self, params: types.ListProjectIssuesInput) -> types.ListProjectIssuesOutput:
        """https://docs.sentry.io/api/events/list-a-projects-issues/ ."""
        query: dict[str, str] = {
            name: params[name] for name in ("query", "statsPeriod") if name in params
        }
        if "shortIdLookup" in params:
            query["shortIdLookup"] = str(int(params["shortIdLookup"]))
        routes = project_issue_routes(params["organization_slug"], params["project_slug"], query)
        pages = self.connection.client.pages(
            routes, "event:read", limit=params.get("limit"), cursor=params.get("cursor")
        )
        output: types.ListProjectIssuesOutput = self.gather("issues", pages, normalised)
        return output
