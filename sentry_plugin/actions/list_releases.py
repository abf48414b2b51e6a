"""List the releases of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import parameters
from sentry_plugin.client.organization import organization_of, projects_of
from sentry_plugin.client.routes import below_organization
from sentry_plugin.steps.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListReleases(Listing):
    """List the releases of an organization, the newest first."""

    def run(self, params: types.ListReleasesInput) -> types.ListReleasesOutput:
        """https://docs.sentry.io/api/releases/list-an-organizations-releases/ ."""
        client = self.connection.client
        organization = organization_of(client, params)
        query = parameters.pick(params, "query", environments="environment")
        query |= projects_of(client, organization, params)
        routes = [below_organization(organization, "releases/", query)]
        output: types.ListReleasesOutput = self.fetch("releases", routes, "project:read", params)
        return output
