"""Report the events of issues and projects."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sentry_plugin import times
from sentry_plugin.watching import polling, watchedlists
from sentry_plugin.watching.occurrences import timestamp
from sentry_plugin.watching.trigger import Trigger

if TYPE_CHECKING:
    from sentry_plugin.generated import types
    from sentry_plugin.strictjson import JSON
    from sentry_plugin.watching.scan import Scan
    from sentry_plugin.watching.triggerstate import TriggerState


HOUR = 3600.0


class NewEvent(Trigger):
    """Report each event of the given issues and projects."""

    def checked_input(self, params: Any) -> dict[str, Any]:
        """Check the times of the input."""
        return polling.check_times(super().checked_input(params))

    def pause_limits(self, params: types.NewEventInput) -> tuple[float, float]:
        """Return the shortest and the longest pause, in seconds."""
        return polling.pause_limits(params)

    def example(self, params: types.NewEventInput) -> Any:
        """Return the newest event."""
        found = polling.newest(watchedlists.of_events(self.connection.client, params))
        return found and _output(found)

    def check_access(self, params: types.NewEventInput, _state: TriggerState) -> None:
        """Request one page of each list."""
        polling.newest(watchedlists.of_events(self.connection.client, params))

    def poll(
        self, params: types.NewEventInput, state: TriggerState
    ) -> Generator[list[Any], None, None]:
        """Read the lists of events."""

        def found(event: JSON, scan: Scan) -> list[Any]:
            at = _at(event)
            is_new = state.remember_if_new(f"event:{event.get('projectID')}:{_id(event)}", at)
            return [_output(event)] if is_new and at >= scan.bound else []

        client = self.connection.client
        lists = watchedlists.of_events(client, params)
        span = polling.Span(params.get("since"), params.get("look_back_hours", 1) * HOUR)
        return polling.poll_lists(client, lists, state, span, found)


def _id(event: JSON) -> str:
    return str(event.get("eventID") or event.get("id"))


def _at(event: JSON) -> float:
    return timestamp(event.get("dateCreated"))


def _output(event: JSON) -> JSON:
    return {"occurrence": _id(event), "at": times.write(_at(event)), "event": event}
