"""User feedback: the JSON of its event, or of a report for older servers. Pure.

https://develop.sentry.dev/sdk/telemetry/feedbacks/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sentry_plugin import strictjson
from sentry_plugin.errors import ApiError, InputError
from sentry_plugin.ingest import eventjson, namerules
from sentry_plugin.ingest.envelope import Item

LONGEST = 4096
"""Characters of a message that Sentry accepts."""
_FIELDS = {
    "message": "message",
    "name": "name",
    "email": "contact_email",
    "url": "url",
    "associated_event_id": "associated_event_id",
}
_EVENT_FIELDS = ("event_id", "environment", "release", "tags")


def event(params: Mapping[str, Any]) -> dict[str, Any]:
    """Build the event of the feedback in an input; or refuse the input."""
    namerules.check(
        params,
        event_id=namerules.ID,
        associated_event_id=namerules.ID,
        environment=namerules.EVENT_ENVIRONMENT,
        release=namerules.RELEASE,
    )
    if len(params["message"]) > LONGEST:
        raise InputError(f"The input's `message` has more than {LONGEST} characters.")
    said = {name: params[field] for field, name in _FIELDS.items() if field in params}
    if "associated_event_id" in said:
        said["associated_event_id"] = eventjson.plain_id(said["associated_event_id"])
    given = {name: params[name] for name in _EVENT_FIELDS if name in params}
    return eventjson.completed({**given, "contexts": {"feedback": said}})


def item(event: Mapping[str, Any]) -> Item:
    """Build the envelope item of an event of feedback."""
    return Item("feedback", strictjson.encoded(event), frozenset({"feedback"}), event["event_id"])


def report(params: Mapping[str, Any], why: ApiError) -> tuple[str, dict[str, str]]:
    """Build a report, the form of older servers: the event ID it is about, and its fields.

    *why* is the error that told that the server may be an old one.
    """
    needed = [name for name in ("associated_event_id", "name", "email") if not params.get(name)]
    if needed:
        why.assistance += (
            " Such a server takes feedback on an event of a user: for that, give also "
            f"{', '.join(needed)}."
        )
        raise why
    event_id = eventjson.plain_id(params["associated_event_id"])
    said = {"name": params["name"], "email": params["email"], "comments": params["message"]}
    return event_id, said
