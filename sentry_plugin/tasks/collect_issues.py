"""Collect the issues that got events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.issues.issue import normalised
from sentry_plugin.steps.step import Task, TaskResult
from sentry_plugin.watching import newitems, polling, watchedlists

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class CollectIssues(Task):
    """Collect the issues that got events since the last run."""

    def checked_input(self, params: Any) -> dict[str, Any]:
        """Check the times of the input."""
        return polling.check_times(super().checked_input(params))

    def run(self, params: types.CollectIssuesInput, state: dict[str, Any]) -> TaskResult:
        """https://docs.sentry.io/api/events/list-an-organizations-issues/ ."""
        client = self.connection.client
        lists = watchedlists.of_issues(client, params)
        result = newitems.next_page(client, lists, state, params.get("since"), _key)
        return result._replace(items=[normalised(each) for each in result.items])


def _key(issue: dict[str, Any]) -> str:
    return f"{issue.get('id')}:{issue.get('lastSeen')}"
