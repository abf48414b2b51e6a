"""What users say, before it is sent: an event of its own, or a report on one. Pure.

https://develop.sentry.dev/sdk/telemetry/feedbacks/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sentry_plugin import strictjson
from sentry_plugin.errors import InputError
from sentry_plugin.ingest import eventjson, names
from sentry_plugin.ingest.item import Item

LONGEST = 4096
"""Characters of a message that Sentry takes."""
_SAID = {
    "message": "message",
    "name": "name",
    "email": "contact_email",
    "url": "url",
    "associated_event_id": "associated_event_id",
}
_OF_EVENT = ("event_id", "environment", "release", "tags")


def event(params: Mapping[str, Any]) -> dict[str, Any]:
    """Give the event that carries what an input says, or refuse it."""
    names.check(
        params,
        event_id=names.ID,
        associated_event_id=names.ID,
        environment=names.ENVIRONMENT,
        release=names.RELEASE,
    )
    if len(params["message"]) > LONGEST:
        raise InputError(f"The input's `message` has more than {LONGEST} characters.")
    said = {name: params[field] for field, name in _SAID.items() if field in params}
    if "associated_event_id" in said:
        said["associated_event_id"] = eventjson.plain_id(said["associated_event_id"])
    given = {name: params[name] for name in _OF_EVENT if name in params}
    return eventjson.completed({**given, "contexts": {"feedback": said}})


def item(event: Mapping[str, Any]) -> Item:
    """Give the item that carries the event of what a user said."""
    return Item("feedback", strictjson.dumps(event), frozenset({"feedback"}), event["event_id"])


def report(params: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Give the same as older servers take it: the event that it is about, and what is said."""
    needed = [name for name in ("associated_event_id", "name", "email") if not params.get(name)]
    if needed:
        raise InputError(
            "This server is older than feedback without an event: it takes reports on events only.",
            f"Give also {', '.join(needed)}.",
        )
    event_id = eventjson.plain_id(params["associated_event_id"])
    said = {"name": params["name"], "email": params["email"], "comments": params["message"]}
    return event_id, said
