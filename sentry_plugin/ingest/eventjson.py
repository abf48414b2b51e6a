"""The JSON of an event before it is sent: other spellings, what is missing, its id.

Sends nothing and drops nothing: what is not known here passes on.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from sentry_plugin import strictjson, times
from sentry_plugin.errors import InputError
from sentry_plugin.ingest import names
from sentry_plugin.ingest.item import Item
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON


def respelled(event: JSON) -> JSON:
    """Bring the spellings that Sentry takes beside the spec's one to that one.

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
    """Fill in what Sentry needs and the event lacks, and say so; an id that is none is refused.

    Servers differ in what they make of a bad id: one invents another, one loses the event.
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
    """Give the item that carries a completed event."""
    # Not needed, and not loaded, for an event that is refused.
    from sentry_plugin.transport.ratelimits import EVENT_CATEGORIES

    return Item("event", strictjson.dumps(event), EVENT_CATEGORIES, event["event_id"])


def plain_id(event_id: str) -> str:
    """Give a UUID as servers keep it, or nothing where it is none."""
    return event_id.replace("-", "").lower() if names.ID.pattern.fullmatch(event_id) else ""


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
