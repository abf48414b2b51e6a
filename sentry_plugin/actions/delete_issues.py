"""Delete issues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.errors import NotFound, PluginError
from sentry_plugin.issues.bulk import BulkAction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentry_plugin.generated import types
    from sentry_plugin.issues.selection import SelectedIssue


class DeleteIssues(BulkAction):
    """Delete issues one by one: it cannot be undone, so each request has one issue in its path."""

    scope = "event:admin"

    def change(self, selected: Sequence[SelectedIssue], params: types.DeleteIssuesInput) -> None:
        """https://docs.sentry.io/api/events/remove-an-issue/ ."""
        if params.get("dry_run"):
            self.tell(selected, "would_change")
            return
        for one in selected:
            self.begin([one])
            try:
                self.connection.client.delete(one.routes, self.scope)
            except NotFound as error:
                self.tell([one], "not_found", error.cause)
            except PluginError as error:
                self.fail([one], error)
            else:
                self.tell([one], "done")
