"""List the values that a tag has in the events of an issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client import issueids, parameters
from sentry_plugin.client.routes import path, with_query
from sentry_plugin.logs import printable
from sentry_plugin.steps.step import Listing

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ListTagValues(Listing):
    """List the values of a tag of an issue."""

    def run(self, params: types.ListTagValuesInput) -> types.ListTagValuesOutput:
        """https://docs.sentry.io/api/events/list-a-tags-values-for-an-issue/ ."""
        client, key = self.connection.client, params["key"]
        below = path("tags/{key}/values/", key=key)
        absent = (
            f"The issue was deleted, the token cannot see it, or none of its events has the tag "
            f"{printable(key)}: Get Issue lists its tags."
        )
        query = parameters.pick(params, "environment", "sort")
        routes = with_query(issueids.routes(client, params["issue_id"], below), query, absent)
        # Where the values have no route of their own, they are in the list of tags.
        tags = routes[-1].path.removesuffix(below) + "tags/"
        routes += with_query([routes[-1]._replace(path=tags)], {"key": key})
        output: types.ListTagValuesOutput = self.fetch("values", routes, "event:read", params)
        return output
