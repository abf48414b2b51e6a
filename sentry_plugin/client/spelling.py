"""What servers spell in their own way, brought to the names and types of Sentry's answers. Pure.

A thing is known by a set of fields, so that data of any program, which an event holds, stays.
"""

from __future__ import annotations

from typing import Any

# GlitchTip's list of an issue's events.
EVENT = {
    "event_id": "eventID",
    "group_id": "groupID",
    "project_id": "projectID",
    "date_created": "dateCreated",
    "date_received": "dateReceived",
}
# Numbers there, of an event and of a comment.
NUMBERED = ("id", "projectID")
_IS_EVENT, _IS_COMMENT, _IS_TAG = {"eventID", "groupID"}, {"type", "data", "user"}, {"topValues"}


def respelt(document: Any) -> Any:
    """Return an object, or a list of them, in Sentry's spelling."""
    if isinstance(document, list):
        return [_respelt(one) for one in document]
    return _respelt(document)


def values_of(tags: list[Any]) -> list[Any]:
    """Return the values of one tag, if *tags* is the list of that tag alone; else *tags*."""
    is_tag = len(tags) == 1 and isinstance(tags[0], dict) and tags[0].keys() >= _IS_TAG
    values = tags[0]["topValues"] if is_tag else None
    return values if isinstance(values, list) else tags


def _respelt(thing: Any) -> Any:
    if not isinstance(thing, dict):
        return thing
    if thing.keys() >= EVENT.keys():
        thing = {EVENT.get(name, name): value for name, value in thing.items()}
    if thing.keys() >= _IS_EVENT or thing.keys() >= _IS_COMMENT:
        for name in NUMBERED:
            if type(thing.get(name)) is int:
                thing[name] = str(thing[name])
    return thing
