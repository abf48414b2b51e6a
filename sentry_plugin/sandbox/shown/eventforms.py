"""Events as Sentry's web API shows them: in lists, with content, and in detail.

Changes nothing and answers no request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import Where, equal
from sentry_plugin.sandbox.shown import releaseforms
from sentry_plugin.sandbox.shown.entries import entries
from sentry_plugin.sandbox.shown.eventparts import message_of, tags_of

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.sandbox import Sandbox

NEWEST, OLDEST = "time DESC, id DESC", "time, id"
PERSON = ("id", "email", "username", "ip_address", "name", "geo", "data")
# What was cut or scrubbed of an event is not said here.
NO_REMARKS: dict[str, Any] = {
    **dict.fromkeys(("message", "user", "contexts", "context", "packages", "sdk")),
    "entries": {},
    "tags": {},
}
ERROR_WORDS = {
    "invalid_data": "Discarded invalid value",
    "invalid_attribute": "Discarded unknown attribute",
    "past_timestamp": "Invalid timestamp (too old)",
    "future_timestamp": "Invalid timestamp (in future)",
    "missing_attribute": "Missing value for required attribute",
}


def _common(row: sqlite3.Row) -> tuple[dict[str, Any], dict[str, Any]]:
    body = orjson.loads(row["body"])
    tags = []
    for key, value in tags_of(body).items():
        field, _, word = value.partition(":")
        query = {"query": f'user.{field}:"{word}"'} if key == "user" else {}
        tags.append({"key": key, "value": value, **query})
    given = body.get("user")
    person = {name: given.get(name) for name in PERSON} if given else None
    grouping = body["grouping"]
    form = {
        "id": row["event_id"],
        "groupID": str(row["issue_id"]),
        "eventID": row["event_id"],
        "projectID": str(row["project_id"]),
        "message": message_of(body),
        "title": grouping["title"],
        "location": grouping["metadata"].get("filename"),
        "culprit": grouping["culprit"],
        "user": person,
        "tags": tags,
        "platform": body.get("platform") or "other",
        "dateCreated": times.iso(row["time"]),
        "crashFile": None,
        "metadata": grouping["metadata"],
    }
    return body, form


def short(row: sqlite3.Row) -> dict[str, Any]:
    """Build an event as it is in lists."""
    body, form = _common(row)
    return {"event.type": body.get("type", "default"), **form}


def full(row: sqlite3.Row) -> dict[str, Any]:
    """Build an event with its content."""
    body, form = _common(row)
    sdk = body.get("sdk")
    return form | {
        "size": len(row["body"]),
        "entries": entries(body),
        "dist": body.get("dist"),
        "sdk": {"name": sdk.get("name"), "version": sdk.get("version")} if sdk else None,
        "contexts": body.get("contexts") or {},
        "context": body.get("extra") or {},
        "packages": body.get("modules") or {},
        "type": body.get("type", "default"),
        "dateReceived": times.iso(int(body["received"] * times.SECOND)),
        "errors": [_error(error) for error in body.get("errors") or []],
        "occurrence": None,
        "_meta": NO_REMARKS,
        "fingerprints": [body["grouping"]["hash"]],
        "groupingConfig": {"id": "sandbox", "enhancements": ""},
    }


def _error(error: dict[str, Any]) -> dict[str, Any]:
    data = {key: value for key, value in error.items() if key != "type"}
    words = ERROR_WORDS.get(error["type"], "Unknown error")
    return {"type": error["type"], "message": words, "data": data}


def detail(sandbox: Sandbox, row: sqlite3.Row) -> dict[str, Any]:
    """Build an event with its content, its release, and the next and previous event's ids."""
    body = orjson.loads(row["body"])
    return full(row) | {
        "release": releaseforms.form(sandbox, row["project_id"], body.get("release")),
        "userReport": None,
        "sdkUpdates": [],
        "resolvedWith": [],
        "nextEventID": _neighbour(sandbox, row, ">", OLDEST),
        "previousEventID": _neighbour(sandbox, row, "<", NEWEST),
    }


def _neighbour(sandbox: Sandbox, row: sqlite3.Row, sign: str, order: str) -> str | None:
    where = equal("issue_id", row["issue_id"])
    where &= Where(f"(time, id) {sign} (?, ?)", (row["time"], row["id"]))
    other = sandbox.store.first("event", where, order=order)
    return other["event_id"] if other else None
