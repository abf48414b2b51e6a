"""Update the attributes of one issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin import references
from sentry_plugin.errors import InputError
from sentry_plugin.issue import normalised
from sentry_plugin.step import Action

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class UpdateIssue(Action):
    """Update an issue: only the attributes given are changed."""

    writes = True

    def run(self, params: types.UpdateIssueInput) -> types.UpdateIssueOutput:
        """https://docs.sentry.io/api/events/update-an-issue/ ."""
        changes = {name: value for name, value in params.items() if name != "issue_id"}
        if not changes:
            raise InputError(
                "The input names nothing to update.", "Give at least one attribute, such as status."
            )
        client = self.connection.client
        issue = client.put(
            references.routes(client, params["issue_id"]),
            changes,
            "event:write",
            # Between two tries the next release may become another one.
            repeatable=params.get("status") != "resolvedInNextRelease",
        )
        return {"issue": normalised(issue)}
