"""The endpoints of user reports: what users say of an event, before Sentry had feedback.

Makes no issue of a report. Feedback is an event, which `intake` stores.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.ingest.envelope import event_id_of
from sentry_plugin.sandbox.kept.store import Where, equal
from sentry_plugin.sandbox.messages import fields, lookups, pages
from sentry_plugin.sandbox.messages.fields import InvalidValue
from sentry_plugin.sandbox.messages.responses import (
    Response,
    as_json,
    refuse,
    without_body,
)
from sentry_plugin.sandbox.shown import issueforms

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.messages.call import Call

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
# How long a report may be replaced.
CHANGEABLE = 5 * times.MINUTE


def _address(value: Any) -> str:
    text = fields.filled_text(value)
    if not ADDRESS.fullmatch(text):
        raise InvalidValue("Enter a valid email address.")
    return text


def _event_id(value: Any) -> str:
    found = event_id_of(fields.filled_text(value))
    if found is None:
        raise InvalidValue("Invalid event ID.")
    return found


FORM = {"name": fields.filled_text, "email": _address, "comments": fields.filled_text}
REPORT = {"event_id": _event_id, **FORM}


def listed(call: Call) -> Response:
    """List the reports on a project's events, newest first."""
    ours = equal("project_id", lookups.project(call)["id"])
    ours &= Where("issue_id IS NOT NULL")
    page = pages.of_table(call, "report", ours, order="id DESC", numbered=False)
    return pages.listing(call, page, [_form(call, row) for row in page.rows])


def add(call: Call) -> Response:
    """Receive a report on an event of a project."""
    project_id = lookups.project(call)["id"]
    given = fields.checked(call.json(), fields.object_with(REPORT, required=REPORT))
    return as_json(_form(call, _kept(call, project_id, given)))


def embedded(call: Call) -> Response:
    """Receive a report from the form that a web page shows after an error."""
    key = urlsplit(call.first("dsn") or "").username or ""
    found = call.sandbox.store.first("project_key", equal("public", key))
    event_id = event_id_of(call.first("eventId"))
    if found is None or event_id is None:
        return without_body(404)
    body = dict(parse_qsl(call.body.decode(errors="replace")))
    given = fields.checked(body, fields.object_with(FORM, required=FORM))
    _kept(call, found["project_id"], given | {"event_id": event_id})
    return without_body(200)


def _kept(call: Call, project_id: int, given: dict[str, Any]) -> sqlite3.Row:
    store, present = call.sandbox.store, times.now()
    ours = equal("project_id", project_id) & equal("event_id", given["event_id"])
    row, event = store.first("report", ours), store.first("event", ours)
    if row is None:
        issue = event["issue_id"] if event else None
        made = {"project_id": project_id, "issue_id": issue, "created": present}
        store.insert("report", made | given)
    elif row["created"] < present - CHANGEABLE:
        refuse(409, "Feedback for this event cannot be modified.")
    else:
        store.update("report", given, ours)
    return store.select("report", ours)[0]


def _form(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    ours = equal("project_id", row["project_id"]) & equal("event_id", row["event_id"])
    event = call.sandbox.store.first("event", ours)
    sandbox, number = call.sandbox, row["issue_id"]
    issue = issueforms.issue(sandbox, issueforms.rows_of(sandbox, [number])[0]) if number else None
    return {
        "id": str(row["id"]),
        "eventID": row["event_id"],
        "name": row["name"],
        "email": row["email"],
        "comments": row["comments"],
        "dateCreated": times.iso(row["created"]),
        "user": None,
        "event": {"id": row["event_id"] if event else None, "eventID": row["event_id"]},
        "issue": issue,
    }
