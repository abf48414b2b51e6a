"""The endpoints that list and show events.

Receives no event: `ingest` does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import ALL, Where, equal, in_subquery, one_of
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.responses import Response, as_json, refuse, refuse_missing
from sentry_plugin.sandbox.rules import search
from sentry_plugin.sandbox.shown import eventforms

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call

WINDOW = 90 * times.DAY
ORDERS = {
    "latest": eventforms.NEWEST,
    "recommended": eventforms.NEWEST,
    "oldest": eventforms.OLDEST,
}
EVENT_ID = re.compile(r"[0-9a-f]{32}")


def of_issue(call: Call) -> Response:
    """List the events of an issue, newest first; none, without pages, of an unknown environment."""
    where = equal("issue_id", lookups.issue(call))
    names = call.all("environment")
    if names and not call.sandbox.store.count("environment", one_of("name", names)):
        return as_json([])
    return _listed(call, where)


def of_project(call: Call) -> Response:
    """List the events of a project, newest first."""
    return _listed(call, equal("project_id", lookups.project(call)["id"]))


def _listed(call: Call, where: Where) -> Response:
    where &= Where("time >= ? AND time <= ?", call.window() or times.last(WINDOW))
    if names := call.all("environment"):
        where &= one_of("environment", names)
    if query := (call.first("query") or "").strip():
        where &= _search_filter(query)
    page = pages.of_table(call, "event", where, order=eventforms.NEWEST, numbered=False)
    form = eventforms.full if call.flag("full") else eventforms.short
    return pages.listing(call, page, [form(row) for row in page.rows])


def _search_filter(query: str) -> Where:
    """Match the events that a query asks for: an event's id, or tags and text."""
    if EVENT_ID.fullmatch(query.lower()):
        return equal("event_id", query.lower())
    terms, text = search.parsed(query)
    found = Where("instr(lower(CAST(body AS TEXT)), lower(?)) > 0", (text,)) if text else ALL
    for term in terms:
        found &= _tagged(term)
    return found


def _tagged(term: search.Term) -> Where:
    if term.key == "has":
        found = in_subquery("id", "event", "tag", one_of("key", term.words()))
    else:
        found = in_subquery(
            "id", "event", "tag", equal("key", term.key) & one_of("value", term.words())
        )
    return Where(f"NOT {found.sql}", found.values) if term.negated else found


def one_of_issue(call: Call) -> Response:
    """Show one event of an issue: by its id, or the latest, oldest or recommended one."""
    ours = equal("issue_id", lookups.issue(call))
    wanted = call.params["event"].replace("-", "").lower()
    if wanted not in ORDERS:
        return _one(call, ours & equal("event_id", wanted), eventforms.NEWEST)
    return _one(call, ours, ORDERS[wanted])


def one_of_project(call: Call) -> Response:
    """Show one event of a project."""
    ours = equal("project_id", lookups.project(call)["id"])
    wanted = call.params["event"].replace("-", "").lower()
    return _one(call, ours & equal("event_id", wanted), eventforms.NEWEST)


def _one(call: Call, where: Where, order: str) -> Response:
    row = call.sandbox.store.first("event", where, order=order)
    return as_json(eventforms.detail(call.sandbox, row or refuse(404, "Event not found")))


def by_event_id(call: Call) -> Response:
    """Show an event with its project and issue."""
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
            "event": eventforms.full(row),
        }
    )
