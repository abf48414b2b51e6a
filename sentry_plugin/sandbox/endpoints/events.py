"""The endpoints that show events, and the forms that events have there.

Takes no event in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import ALL, Where, among, equal, within
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.answers import Answer, as_json, refuse, refuse_missing
from sentry_plugin.sandbox.rules import search
from sentry_plugin.sandbox.shown import releaseforms
from sentry_plugin.sandbox.shown.eventparts import message_of, tags_of

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.messages.call import Call

WINDOW = 90 * times.DAY
NEWEST, OLDEST = "time DESC, id DESC", "time, id"
ORDERS = {"latest": NEWEST, "recommended": NEWEST, "oldest": OLDEST}
# Interfaces of an event, in the order and under the names that the entries have.
ENTRIES = {
    "logentry": "message",
    "exception": "exception",
    "stacktrace": "stacktrace",
    "threads": "threads",
    "breadcrumbs": "breadcrumbs",
    "request": "request",
}
PERSON = ("id", "email", "username", "ip_address", "name", "geo", "data")
ERROR_WORDS = {
    "invalid_data": "Discarded invalid value",
    "invalid_attribute": "Discarded unknown attribute",
    "past_timestamp": "Invalid timestamp (too old)",
    "future_timestamp": "Invalid timestamp (in future)",
    "missing_attribute": "Missing value for required attribute",
}
PATTERN = re.compile(r"[0-9a-f]{32}")


def of_issue(call: Call) -> Answer:
    """List the events of an issue, newest first; those of an unknown environment have no pages."""
    where = equal("issue_id", lookups.issue(call))
    names = call.all("environment")
    if names and not call.sandbox.store.count("environment", within("name", names)):
        return as_json([])
    return _listed(call, where)


def of_project(call: Call) -> Answer:
    """List the events of a project, newest first."""
    return _listed(call, equal("project_id", lookups.project(call)["id"]))


def _listed(call: Call, where: Where) -> Answer:
    where &= Where("time >= ? AND time <= ?", call.window() or times.last(WINDOW))
    if names := call.all("environment"):
        where &= within("environment", names)
    if query := (call.first("query") or "").strip():
        where &= _wanted(query)
    page = pages.of_table(call, "event", where, order=NEWEST, numbered=False)
    form = full if call.flag("full") else short
    return pages.listing(call, page, [form(row) for row in page.rows])


def _wanted(query: str) -> Where:
    """Give the conditions of a query: an event's id, or tags and text."""
    if PATTERN.fullmatch(query.lower()):
        return equal("event_id", query.lower())
    terms, text = search.parts(query)
    found = Where("instr(lower(CAST(body AS TEXT)), lower(?)) > 0", (text,)) if text else ALL
    for term in terms:
        found &= _tagged(term)
    return found


def _tagged(term: search.Term) -> Where:
    if term.key == "has":
        found = among("id", "event", "tag", within("key", term.words()))
    else:
        found = among("id", "event", "tag", equal("key", term.key) & within("value", term.words()))
    return Where(f"NOT {found.sql}", found.values) if term.negated else found


def of_issue_by_id(call: Call) -> Answer:
    """Show one event of an issue: by its id, or the latest, oldest or recommended one."""
    ours = equal("issue_id", lookups.issue(call))
    wanted = call.params["event"].replace("-", "").lower()
    if wanted not in ORDERS:
        return _one(call, ours & equal("event_id", wanted), NEWEST)
    return _one(call, ours, ORDERS[wanted])


def of_project_by_id(call: Call) -> Answer:
    """Show one event of a project."""
    ours = equal("project_id", lookups.project(call)["id"])
    wanted = call.params["event"].replace("-", "").lower()
    return _one(call, ours & equal("event_id", wanted), NEWEST)


def _one(call: Call, where: Where, order: str) -> Answer:
    row = call.sandbox.store.first("event", where, order=order)
    return as_json(_detail(call, row or refuse(404, "Event not found")))


def by_event_id(call: Call) -> Answer:
    """Tell the project and the issue of an event."""
    organization = lookups.organization(call)
    event_id = call.params["event"].replace("-", "").lower()
    table = "event JOIN project ON project.id = project_id"
    found = call.sandbox.store.first(table, equal("event_id", event_id), columns="event.*, slug")
    row = found or refuse_missing()
    return as_json(
        {
            "organizationSlug": organization["slug"],
            "projectSlug": row["slug"],
            "groupId": str(row["issue_id"]),
            "eventId": row["event_id"],
            "event": full(row),
        }
    )


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
    """Give an event as lists have it."""
    body, form = _common(row)
    return {"event.type": body.get("type", "default"), **form}


def full(row: sqlite3.Row) -> dict[str, Any]:
    """Give an event with its body."""
    body, form = _common(row)
    entries = [{"type": name, "data": body[key]} for key, name in ENTRIES.items() if body.get(key)]
    sdk = body.get("sdk")
    return form | {
        "size": len(row["body"]),
        "entries": entries,
        "dist": body.get("dist"),
        "sdk": {"name": sdk.get("name"), "version": sdk.get("version")} if sdk else None,
        "contexts": body.get("contexts") or {},
        "context": body.get("extra") or {},
        "packages": body.get("modules") or {},
        "type": body.get("type", "default"),
        "dateReceived": times.iso(int(body["received"] * times.SECOND)),
        "errors": [_error(error) for error in body.get("errors") or []],
        "occurrence": None,
        "_meta": {"entries": {}, "message": None, "user": None, "contexts": None, "tags": {}},
        "fingerprints": [body["grouping"]["hash"]],
        "groupingConfig": {"id": "sandbox", "enhancements": ""},
    }


def _error(error: dict[str, Any]) -> dict[str, Any]:
    data = {key: value for key, value in error.items() if key != "type"}
    words = ERROR_WORDS.get(error["type"], "Unknown error")
    return {"type": error["type"], "message": words, "data": data}


def _detail(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    body = orjson.loads(row["body"])
    return full(row) | {
        "release": releaseforms.form(call.sandbox, row["project_id"], body.get("release")),
        "userReport": None,
        "sdkUpdates": [],
        "resolvedWith": [],
        "nextEventID": _neighbour(call, row, ">", OLDEST),
        "previousEventID": _neighbour(call, row, "<", NEWEST),
    }


def _neighbour(call: Call, row: sqlite3.Row, sign: str, order: str) -> str | None:
    where = equal("issue_id", row["issue_id"])
    where &= Where(f"(time, id) {sign} (?, ?)", (row["time"], row["id"]))
    other = call.sandbox.store.first("event", where, order=order)
    return other["event_id"] if other else None
