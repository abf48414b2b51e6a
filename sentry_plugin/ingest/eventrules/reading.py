"""Reads an event as Sentry does: brings it to the form of the spec, and tells what is lost.

What Sentry does not keep is sent all the same: another server may keep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin import strictjson
from sentry_plugin.ingest.eventrules.comparing import compare
from sentry_plugin.ingest.eventrules.containers import UNKNOWN
from sentry_plugin.ingest.eventrules.place import Place
from sentry_plugin.ingest.eventrules.table import EVENT, SAME
from sentry_plugin.ingest.eventrules.values import holds_nothing

if TYPE_CHECKING:
    from sentry_plugin.ingest.eventrules.place import Loss
    from sentry_plugin.strictjson import JSON

DEEPEST = 127
"""Levels of nesting; a deeper event is no JSON to Sentry."""


def read(given: JSON) -> tuple[JSON, list[Loss]]:
    """Return an event as it is sent, and what Sentry will not keep of it."""
    place = Place([])
    if strictjson.is_deeper(given, DEEPEST):
        place.loses_event(f"is nested more than {DEEPEST} levels deep")
        return given, place.losses
    # Empty, they would take the place of another name, or of the trace of an exception.
    empty = {same for name, same in SAME.items() if name in given} | {"stacktrace"}
    event = {
        name: value
        for name, value in given.items()
        if value is not None and not (name in empty and holds_nothing(value))
    }
    if isinstance(event.get("message"), dict) and "logentry" not in event:
        event["logentry"] = event.pop("message")
    event = {
        name: EVENT.get(name, UNKNOWN).read(value, place.below(name))
        for name, value in event.items()
    }
    compare(event, place)
    return event, place.losses
