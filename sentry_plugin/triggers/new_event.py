"""Tell of the events of issues and projects."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sentry_plugin import times
from sentry_plugin.watching import feeds, looking
from sentry_plugin.watching.occurrences import moment
from sentry_plugin.watching.trigger import Trigger

if TYPE_CHECKING:
    from sentry_plugin.generated import types
    from sentry_plugin.strictjson import JSON
    from sentry_plugin.watching.memory import Memory
    from sentry_plugin.watching.sweep import Sweep


HOUR = 3600.0


class NewEvent(Trigger):
    """Tell of each event of the issues and projects given."""

    def checked_input(self, params: Any) -> dict[str, Any]:
        """Refuse times that are none."""
        return looking.checked(super().checked_input(params))

    def pace(self, params: types.NewEventInput) -> tuple[float, float]:
        """Give the limits of the pause."""
        return looking.pace(params)

    def example(self, params: types.NewEventInput) -> Any:
        """Give the event that came last."""
        found = looking.newest(feeds.of_events(self.connection.client, params))
        return found and _output(found)

    def prove(self, params: types.NewEventInput, _memory: Memory) -> None:
        """Ask for a page of each list."""
        looking.newest(feeds.of_events(self.connection.client, params))

    def look(self, params: types.NewEventInput, memory: Memory) -> Generator[list[Any], None, None]:
        """Go down the lists of events."""

        def found(event: JSON, sweep: Sweep) -> list[Any]:
            at = _at(event)
            is_new = memory.is_new(f"event:{event.get('projectID')}:{_id(event)}", at)
            return [_output(event)] if is_new and at >= sweep.bound else []

        client = self.connection.client
        lists = feeds.of_events(client, params)
        span = looking.Span(params.get("since"), params.get("look_back_hours", 1) * HOUR)
        return looking.look(client, lists, memory, span, found)


def _id(event: JSON) -> str:
    return str(event.get("eventID") or event.get("id"))


def _at(event: JSON) -> float:
    return moment(event.get("dateCreated"))


def _output(event: JSON) -> JSON:
    return {"occurrence": _id(event), "at": times.write(_at(event)), "event": event}
