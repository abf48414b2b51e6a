"""The endpoints that show the monitors of scheduled jobs, and their check-ins.

Receives no check-in: `ingest` does.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import ALL, Where, equal, grouped, in_subquery, one_of
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.responses import Response, as_json, refuse_missing
from sentry_plugin.sandbox.rules import schedules
from sentry_plugin.sandbox.shown import projectforms

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.messages.call import Call


def listed(call: Call) -> Response:
    """List the monitors of an organization."""
    lookups.organization(call)
    wanted, names = lookups.wanted_projects(call), call.all("environment")
    where = one_of("project_id", wanted) if wanted else ALL
    if names:
        where &= in_subquery("id", "monitor_id", "check_in", one_of("environment", names))
    page = pages.of_table(call, "monitor", where, order="slug")
    return pages.listing(call, page, [_form(call, row) for row in page.rows])


def show(call: Call) -> Response:
    """Show one monitor."""
    return as_json(_form(call, _monitor(call)))


def check_ins(call: Call) -> Response:
    """List the check-ins of a monitor, newest first."""
    ours = equal("monitor_id", _monitor(call)["id"])
    if names := call.all("environment"):
        ours &= one_of("environment", names)
    page = pages.of_table(call, "check_in", ours, order="id DESC", numbered=False)
    return pages.listing(call, page, [_check_in(row) for row in page.rows])


def _monitor(call: Call) -> sqlite3.Row:
    name = call.params["monitor"]
    where = Where("slug = ? OR id = ?", (name, lookups.number_of(name)))
    if "project" in call.params:
        where &= equal("project_id", lookups.project(call)["id"])
    lookups.organization(call)
    return call.sandbox.store.first("monitor", where) or refuse_missing()


def _form(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    store = call.sandbox.store
    project = store.select("project", equal("id", row["project_id"]))[0]
    newest = grouped(equal("monitor_id", row["id"]), "environment")
    # With max(id), SQLite takes all columns from the row that has the greatest id.
    seen = store.select("check_in", newest, columns="*, max(id)", order="environment")
    return {
        "id": str(row["id"]),
        "name": row["slug"],
        "slug": row["slug"],
        "status": "active",
        "isMuted": False,
        "isUpserting": bool(row["upserting"]),
        "config": orjson.loads(row["config"]),
        "dateCreated": times.iso(row["created"]),
        "project": projectforms.core(project),
        "environments": [_environment(one, row["created"]) for one in seen],
        "owner": None,
    }


def _environment(row: sqlite3.Row, created: int) -> dict[str, Any]:
    config = orjson.loads(row["config"])
    following = schedules.following(config, row["added"])
    margin = (config["checkin_margin"] or 1) * times.MINUTE
    return {
        "name": row["environment"],
        "status": "ok" if row["status"] in ("ok", "in_progress") else "error",
        "isMuted": False,
        "dateCreated": times.iso(created),
        "lastCheckIn": times.iso(row["added"]),
        "nextCheckIn": times.iso(following),
        "nextCheckInLatest": times.iso(following + margin),
        "activeIncident": None,
    }


def _check_in(row: sqlite3.Row) -> dict[str, Any]:
    added = times.iso(row["added"])
    return {
        "id": str(uuid.UUID(row["guid"])),
        "environment": row["environment"],
        "status": row["status"],
        "duration": row["duration"],
        "dateCreated": added,
        "dateAdded": added,
        "dateUpdated": times.iso(row["updated"]),
        "dateInProgress": added if row["status"] == "in_progress" else None,
        "dateClock": added,
        "expectedTime": added,
        "monitorConfig": orjson.loads(row["config"]),
    }
