"""List the issues of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import oldservers, parameters
from sentry_plugin.client.organization import organization_of, projects_of
from sentry_plugin.client.routes import below_organization
from sentry_plugin.errors import ApiError
from sentry_plugin.issues.issue import normalised
from sentry_plugin.steps.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types

SAME = ("query", "sort", "groupStatsPeriod", "shortIdLookup", "expand", "collapse")
LACKING = "lists of the issues of an organization"
INSTEAD = "Use List Project Issues, project by project."


class ListIssues(Listing):
    """List the issues of an organization: the unresolved ones, where no query is given."""

    page_size_parameters = ("limit",)

    def run(self, params: types.ListIssuesInput) -> types.ListIssuesOutput:
        """https://docs.sentry.io/api/events/list-an-organizations-issues/ ."""
        client = self.connection.client
        organization = organization_of(client, params)
        query = parameters.pick(params, *SAME, environments="environment")
        query |= parameters.time_range(params)
        query |= projects_of(client, organization, params)
        routes = [below_organization(organization, "issues/", query)]
        try:
            output: types.ListIssuesOutput = self.fetch(
                "issues", routes, "event:read", params, normalised
            )
        except ApiError as error:
            oldservers.raise_if_too_old(client, organization, error, LACKING, INSTEAD)
            raise
        return output
