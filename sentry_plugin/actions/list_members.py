"""List the members of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import parameters
from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import below_organization
from sentry_plugin.steps.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListMembers(Listing):
    """List the members of an organization, also those who are invited and have not joined."""

    def run(self, params: types.ListMembersInput) -> types.ListMembersOutput:
        """https://docs.sentry.io/api/organizations/list-an-organizations-members/ ."""
        client = self.connection.client
        organization = organization_of(client, params)
        query = parameters.pick(params, "query")
        routes = [below_organization(organization, "members/", query)]
        output: types.ListMembersOutput = self.fetch("members", routes, "member:read", params)
        return output
