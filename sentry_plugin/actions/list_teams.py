"""List the teams of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import parameters
from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import below_organization
from sentry_plugin.steps.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListTeams(Listing):
    """List the teams of an organization."""

    def run(self, params: types.ListTeamsInput) -> types.ListTeamsOutput:
        """https://docs.sentry.io/api/teams/list-an-organizations-teams/ ."""
        client = self.connection.client
        organization = organization_of(client, params)
        query = parameters.pick(params, "query")
        if not params.get("detailed", True):
            query["detailed"] = "0"
        routes = [below_organization(organization, "teams/", query)]
        output: types.ListTeamsOutput = self.fetch("teams", routes, "team:read or org:read", params)
        return output
