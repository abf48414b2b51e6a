"""List the projects of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import parameters
from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import below_organization
from sentry_plugin.steps.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListProjects(Listing):
    """List the projects of an organization."""

    def run(self, params: types.ListProjectsInput) -> types.ListProjectsOutput:
        """https://docs.sentry.io/api/organizations/list-an-organizations-projects/ ."""
        client = self.connection.client
        organization = organization_of(client, params)
        query = parameters.pick(params, "query")
        routes = [below_organization(organization, "projects/", query)]
        output: types.ListProjectsOutput = self.fetch(
            "projects", routes, "project:read or org:read", params
        )
        return output
