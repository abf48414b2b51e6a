"""Create a release, unless it exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import release_route
from sentry_plugin.ingest import namerules
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class CreateRelease(Action):
    """Create a release; an existing one is returned as it is."""

    does = Does.WRITES

    def run(self, params: types.CreateReleaseInput) -> types.CreateReleaseOutput:
        """https://docs.sentry.io/api/releases/create-a-new-release-for-an-organization/ ."""
        namerules.check(params, version=namerules.RELEASE)
        client = self.connection.client
        route = release_route(organization_of(client, params))
        body = {name: value for name, value in params.items() if name != "organization_slug"}
        reply = client.make_once([route], body, "project:releases")
        output: types.CreateReleaseOutput = {"release": reply.document}
        # Unknown if an earlier try, whose answer was lost, may have created it.
        if not reply.in_doubt:
            output["created"] = reply.status == 201
        return output
