"""The JSON of an event: brought to one form, completed, given an ID.

Sends nothing and drops nothing: unknown fields stay.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from sentry_plugin import strictjson, times
from sentry_plugin.errors import InputError
from sentry_plugin.ingest import namerules
from sentry_plugin.ingest.envelope import Item
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON


def respelled(event: JSON) -> JSON:
    """Return an event in the form of the spec; Sentry accepts other forms too.

    https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
    """
    event = dict(event)
    for interface in ("exception", "breadcrumbs", "threads"):
        if isinstance(event.get(interface), list):
            event[interface] = {"values": event[interface]}
    if _is_pairs(event.get("tags")):
        event["tags"] = dict(event["tags"])
    if _is_number(event.get("timestamp")):
        event["timestamp"] = _rfc3339(event["timestamp"])
    if isinstance(event.get("message"), dict) and "logentry" not in event:
        event["logentry"] = event.pop("message")
    return event


def completed(event: JSON) -> JSON:
    """Return an event with ID, timestamp and platform, logging what was missing.

    A bad ID is refused, because one server replaces it, and another one loses the event.
    """
    event_id = event.get("event_id") or uuid.uuid4().hex
    if not (plain := plain_id(event_id)):
        raise InputError(
            "The input's `event_json.event_id` is not a UUID.",
            "Give 32 hexadecimal digits, or leave it out to have one made.",
        )
    defaults = {"timestamp": times.write(time.time()), "platform": "other"}
    whole = {**defaults, **event, "event_id": plain}
    for name in ("event_id", *defaults):
        if not event.get(name):
            whole[name] = defaults.get(name, whole[name])
            logger.info("The event has no %s; it is given %s.", name, whole[name])
    return whole


def item(event: JSON) -> Item:
    """Build the envelope item of a completed event."""
    # Imported late: an event that is refused does not need it.
    from sentry_plugin.transport.ratelimits import EVENT_CATEGORIES

    return Item("event", strictjson.encoded(event), EVENT_CATEGORIES, event["event_id"])


def plain_id(event_id: str) -> str:
    """Return a UUID in lower case without hyphens; an empty text if it is no UUID."""
    return event_id.replace("-", "").lower() if namerules.ID.pattern.fullmatch(event_id) else ""


def _is_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) for pair in value
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rfc3339(seconds: float) -> str:
    try:
        return times.write(seconds)
    except (OverflowError, ValueError, OSError) as error:
        raise InputError("The input's `event_json.timestamp` is not a time.") from error
