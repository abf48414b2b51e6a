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
from sentry_plugin.ingest.envelope import LARGEST, Item
from sentry_plugin.logs import logger, printable

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON


def respelled(given: JSON) -> JSON:
    """Return an event in the form of the spec, logging what Sentry will not keep of it.

    One that Sentry would lose as a whole is refused.
    https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
    """
    # Imported late: an input that is refused does not need it.
    from sentry_plugin.ingest.eventrules import reading

    event, losses = reading.read(given)
    for loss in losses:
        if loss.of_event:
            name = ".".join(("event_json", *loss.path))
            raise InputError(
                f"The input's `{name}` {loss.words}.", "Sentry would lose the whole event."
            )
    for loss in losses:
        logger.warning("Sentry will not keep the event's %s.", printable(loss.name + loss.words))
    return event


def completed(event: JSON) -> JSON:
    """Return an event with ID, timestamp and platform, logging what was missing.

    A bad ID is refused, because one server replaces it, and another one loses the event.
    """
    event_id = event.get("event_id")
    if not (plain := uuid.uuid4().hex if event_id in (None, "") else plain_id(event_id)):
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

    data = strictjson.encoded(event)
    if len(data) > LARGEST:
        words = "The event has %d bytes; Sentry drops one of over %d."
        logger.warning(words, len(data), LARGEST)
    return Item("event", data, EVENT_CATEGORIES, event["event_id"])


def plain_id(event_id: Any) -> str:
    """Return a UUID in lower case without hyphens; an empty text if it is no UUID."""
    is_id = isinstance(event_id, str) and namerules.ID.pattern.fullmatch(event_id)
    return event_id.replace("-", "").lower() if is_id else ""
