"""Delete issues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.errors import NotFound, PluginError
from sentry_plugin.issues import results
from sentry_plugin.issues.bulk import BulkAction, is_in_doubt
from sentry_plugin.issues.selection import ERROR
from sentry_plugin.logs import logger, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentry_plugin.generated import types
    from sentry_plugin.issues.selection import SelectedIssue

MAY_BE_REFUSED = "It is no error but of the category {}, and many servers delete errors only."


class DeleteIssues(BulkAction):
    """Delete issues one by one: it cannot be undone, so each request has one issue in its path."""

    scope = "event:admin"

    def change(self, selected: Sequence[SelectedIssue], params: types.DeleteIssuesInput) -> None:
        """https://docs.sentry.io/api/events/remove-an-issue/ ."""
        for one in selected:
            words = "" if one.category == ERROR else MAY_BE_REFUSED.format(printable(one.category))
            if words:
                logger.warning("The issue %s may be refused. %s", one.name, words)
            if params.get("dry_run"):
                self.results.tell([one], results.WOULD_CHANGE, words)
        if not params.get("dry_run"):
            for one in selected:
                self._delete(one)

    def _delete(self, one: SelectedIssue) -> None:
        self.begin([one])
        try:
            self.attempt(lambda: self.connection.client.delete(one.routes, self.scope))
        except NotFound as error:
            # After a try that was not answered, it is gone because of that.
            status = results.DONE if is_in_doubt(error) else results.NOT_FOUND
            self.results.tell([one], status, "" if is_in_doubt(error) else error.cause)
        except PluginError as error:
            if is_in_doubt(error):
                self.results.tell([one], results.UNKNOWN, error.cause)
                if self._is_gone(one):
                    self.results.tell([one], results.DONE)
            self.fail([one], error)
        else:
            self.results.tell([one], results.DONE)

    def _is_gone(self, one: SelectedIssue) -> bool:
        try:
            self.connection.client.get(one.routes, self.scope)
        except NotFound:
            return True
        except PluginError:
            pass  # it stays unknown
        return False
