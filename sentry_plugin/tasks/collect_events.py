"""Collect the events of issues and projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.steps.step import Task, TaskResult
from sentry_plugin.watching import newitems, polling, watchedlists

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class CollectEvents(Task):
    """Collect the events that came since the last run."""

    def checked_input(self, params: Any) -> dict[str, Any]:
        """Check the times of the input."""
        return polling.check_times(super().checked_input(params))

    def run(self, params: types.CollectEventsInput, state: dict[str, Any]) -> TaskResult:
        """https://docs.sentry.io/api/events/list-a-projects-error-events/ ."""
        client = self.connection.client
        lists = watchedlists.of_events(client, params)
        return newitems.next_page(client, lists, state, params.get("since"), _key)


def _key(event: dict[str, Any]) -> str:
    return f"{event.get('projectID')}:{event.get('eventID') or event.get('id')}"
