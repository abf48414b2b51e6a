"""Get one issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import issueids, parameters
from sentry_plugin.client.routes import with_query
from sentry_plugin.issues.issue import normalised
from sentry_plugin.steps import ignored
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class GetIssue(Action):
    """Get an issue with its activity, its tags and the users who take part."""

    does = Does.READS

    def run(self, params: types.GetIssueInput) -> types.GetIssueOutput:
        """https://docs.sentry.io/api/events/retrieve-an-issue/ ."""
        client = self.connection.client
        query = parameters.pick(params, "environment", "expand", "collapse")
        routes = with_query(issueids.routes(client, params["issue_id"]), query)
        found = client.get_object(routes, "event:read")
        unregarded = client.make.ignored(routes[-1].path, query)
        ignored.choose(client.make.name, unregarded, self.name, params, client.server_time)
        return {"issue": normalised(found)}
