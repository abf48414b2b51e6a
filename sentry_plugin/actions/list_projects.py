"""List the projects of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin import belonging, parameters
from sentry_plugin.routes import below_organization
from sentry_plugin.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListProjects(Listing):
    """List the projects of an organization."""

    def run(self, params: types.ListProjectsInput) -> types.ListProjectsOutput:
        """https://docs.sentry.io/api/organizations/list-an-organizations-projects/ ."""
        client = self.connection.client
        of = belonging.organization(client, params)
        query = parameters.chosen(params, "query")
        routes = [below_organization(of, "projects/", query)]
        output: types.ListProjectsOutput = self.fetch(
            "projects", routes, "project:read or org:read", params
        )
        return output
