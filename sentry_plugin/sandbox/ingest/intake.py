"""Stores events, each in its issue.

Checks nothing: the events are normalised already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept import releases
from sentry_plugin.sandbox.kept.store import equal
from sentry_plugin.sandbox.rules import lifecycle
from sentry_plugin.sandbox.rules.grouping import grouping
from sentry_plugin.sandbox.shown.eventparts import message_of, tags_of, user_of

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.store import Store


# The type of an issue, by the type of its events; any other gives `default`.
TYPES = {"error": "error", "feedback": "generic"}


def keep(store: Store, project_id: int, event: dict[str, Any]) -> None:
    """Store an event and count it in its issue, unless it is stored already."""
    if store.count("event", equal("project_id", project_id) & equal("event_id", event["event_id"])):
        return
    kept = {name: value for name, value in event.items() if name != "_meta"}
    kept["grouping"] = grouping(event)
    time = int(event["timestamp"] * times.SECOND)
    with store.transaction():
        number = _issue_of(store, project_id, kept, time)
        place = store.insert(
            "event",
            {
                "project_id": project_id,
                "event_id": event["event_id"],
                "issue_id": number,
                "time": time,
                "environment": event.get("environment"),
                "body": orjson.dumps(kept),
            },
        )
        _count_event(store, number, kept, time)
        tags = [(key, value, number, place) for key, value in tags_of(kept).items()]
        store.insert_many("tag", tags)
        _note_names(store, project_id, kept, time)
        lifecycle.reopen_if_due(store, number, kept, time)


def _issue_of(store: Store, project_id: int, event: dict[str, Any], time: int) -> int:
    found = event["grouping"]
    shown = {
        "title": found["title"],
        "culprit": found["culprit"],
        "metadata": orjson.dumps(found["metadata"]).decode(),
        "level": event.get("level", "error"),
        "logger": event.get("logger") or None,
        "platform": event.get("platform", "other"),
        "message": "\n".join((found["title"], message_of(event), found["culprit"])),
    }
    row = store.first("issue", equal("project_id", project_id) & equal("hash", found["hash"]))
    if row is None:
        return _new_issue(store, project_id, event, shown, time)
    shown |= {
        "count": row["count"] + 1,
        "first_seen": min(row["first_seen"], time),
        "last_seen": max(row["last_seen"], time),
    }
    store.update("issue", shown, equal("id", row["id"]))
    number: int = row["id"]
    return number


def _new_issue(
    store: Store, project_id: int, event: dict[str, Any], shown: dict[str, Any], time: int
) -> int:
    store.write(
        "UPDATE project SET issues = issues + 1, first_event = coalesce(first_event, ?)"
        " WHERE id = ?",
        *(time, project_id),
    )
    fields = shown | {
        "project_id": project_id,
        "number": store.value("SELECT issues FROM project WHERE id = ?", project_id),
        "hash": event["grouping"]["hash"],
        "type": TYPES.get(event.get("type", ""), "default"),
        "category": "feedback" if event.get("type") == "feedback" else "error",
        "unhandled": _unhandled(event),
        "release": event.get("release"),
        "priority": "high" if event.get("level") in ("error", "fatal", None) else "medium",
        "count": 1,
        "first_seen": time,
        "last_seen": time,
    }
    return store.insert("issue", fields)


def _unhandled(event: dict[str, Any]) -> bool:
    values = (event.get("exception") or {}).get("values") or []
    mechanisms = [(value or {}).get("mechanism") or {} for value in values]
    return any(mechanism.get("handled") is False for mechanism in mechanisms)


def _count_event(store: Store, number: int, event: dict[str, Any], time: int) -> None:
    store.write(
        "INSERT INTO issue_hour VALUES (?, ?, 1)"
        " ON CONFLICT (issue_id, hour) DO UPDATE SET count = count + 1",
        *(number, time // times.HOUR),
    )
    if user := user_of(event):
        store.write("INSERT OR IGNORE INTO issue_user VALUES (?, ?)", number, user)
        users = {"users": store.count("issue_user", equal("issue_id", number))}
        store.update("issue", users, equal("id", number))


def _note_names(store: Store, project_id: int, event: dict[str, Any], time: int) -> None:
    if name := event.get("environment"):
        store.write("INSERT OR IGNORE INTO environment VALUES (?, ?)", project_id, name)
    if version := event.get("release"):
        releases.add_to_project(store, project_id, version, time)
