"""List the releases of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin import belonging, parameters
from sentry_plugin.routes import below_organization
from sentry_plugin.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListReleases(Listing):
    """List the releases of an organization, the newest first."""

    def run(self, params: types.ListReleasesInput) -> types.ListReleasesOutput:
        """https://docs.sentry.io/api/releases/list-an-organizations-releases/ ."""
        client = self.connection.client
        of = belonging.organization(client, params)
        query = parameters.chosen(params, "query", environments="environment")
        query |= belonging.projects(client, of, params)
        routes = [below_organization(of, "releases/", query)]
        output: types.ListReleasesOutput = self.fetch("releases", routes, "project:read", params)
        return output
