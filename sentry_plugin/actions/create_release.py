"""Create a release, unless it exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sentry_plugin import strictjson
from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import release_route
from sentry_plugin.errors import ApiError, ServerError
from sentry_plugin.ingest import namerules
from sentry_plugin.logs import logger, printable
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


SCOPE = "project:releases"


class CreateRelease(Action):
    """Create a release; an existing one is returned as it is."""

    does = Does.WRITES

    def run(self, params: types.CreateReleaseInput) -> types.CreateReleaseOutput:
        """https://docs.sentry.io/api/releases/create-a-new-release-for-an-organization/ ."""
        namerules.check(params, version=namerules.RELEASE)
        client = self.connection.client
        organization = organization_of(client, params)
        body = {name: value for name, value in params.items() if name != "organization_slug"}
        try:
            reply = client.make_once([release_route(organization)], body, SCOPE)
        except ServerError as error:
            return {"release": self._existing(organization, params["version"], error)}
        _warn_of_loss(body, reply.document)
        output: types.CreateReleaseOutput = {"release": reply.document}
        # Unknown if an earlier try, whose answer was lost, may have created it.
        if not reply.in_doubt:
            output["created"] = reply.status == 201
        return output

    def _existing(self, organization: str, version: str, error: ServerError) -> Any:
        """Return the release, on a server that fails at one that is there; else raise *error*."""
        client = self.connection.client
        if not client.make.fails_at_existing:
            raise error
        try:
            found = client.get_object([release_route(organization, version)], SCOPE)
        except ApiError:
            raise error from None
        self.connection.ledger.settle()
        return found


def _warn_of_loss(body: Mapping[str, Any], release: Mapping[str, Any]) -> None:
    """Warn of what was sent, and the server tells otherwise: some drop it without a word."""
    lost = [name for name in ("ref", "url") if name in body and not release.get(name)]
    if isinstance(told := release.get("projects"), list) and told:
        known = [str(strictjson.at(one, name)) for one in told for name in ("slug", "id")]
        lost += [f"the project {each}" for each in body["projects"] if each not in known]
    if lost:
        logger.warning("The server did not keep %s.", printable(", ".join(lost)))
