"""Create a deploy of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import release_route
from sentry_plugin.ingest import namerules
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types

NOT_SENT = {"organization_slug", "version", "unless_exists"}


class CreateDeploy(Action):
    """Say that a release was deployed."""

    does = Does.WRITES

    def run(self, params: types.CreateDeployInput) -> types.CreateDeployOutput:
        """https://docs.sentry.io/api/releases/create-a-deploy/ ."""
        namerules.check(params, version=namerules.RELEASE, environment=namerules.ENVIRONMENT)
        client = self.connection.client
        organization = organization_of(client, params)
        routes = [release_route(organization, params["version"], "deploys/")]
        if params.get("unless_exists"):
            for page in client.pages(routes, "project:releases"):
                if same := [deploy for deploy in page.items if _is_same(deploy, params)]:
                    return {"deploy": same[0], "created": False}
        body = {name: value for name, value in params.items() if name not in NOT_SENT}
        deploy = client.post(routes, body, "project:releases")
        return {"deploy": deploy, "created": True}


def _is_same(deploy: Any, params: types.CreateDeployInput) -> bool:
    return isinstance(deploy, dict) and all(
        (deploy.get(name) or "") == params.get(name, "") for name in ("environment", "name")
    )
