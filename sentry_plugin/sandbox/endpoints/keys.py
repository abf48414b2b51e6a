"""The endpoints of project keys, with which events are sent.

Receives no event. The rate limits that are set here are applied by `quota`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import ALL, Where, equal
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.responses import (
    Response,
    as_json,
    refuse_fields,
    refuse_missing,
)

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.messages.call import Call

# Paths of the addresses that a key shows, beside its DSN.
ENDPOINTS = {
    "csp": "csp-report/?sentry_key={key}",
    "security": "security/?sentry_key={key}",
    "minidump": "minidump/?sentry_key={key}",
    "playstation": "playstation/?sentry_key={key}",
    "nel": "nel/?sentry_key={key}",
    "unreal": "unreal/{key}/",
    "crons": "cron/___MONITOR_SLUG___/{key}/",
    "integration": "integration/",
    "otlp_traces": "integration/otlp/v1/traces",
    "otlp_logs": "integration/otlp/v1/logs",
}


def of_project(call: Call) -> Response:
    """List a project's keys."""
    return _listed(call, equal("project_id", lookups.project(call)["id"]))


def of_organization(call: Call) -> Response:
    """List all keys of the organization."""
    lookups.organization(call)
    return _listed(call, ALL)


def _listed(call: Call, where: Where) -> Response:
    if status := call.first("status"):
        where &= equal("active", status == "active")
    page = pages.of_table(call, "project_key", where, order="project_id")
    return pages.listing(call, page, [_form(call, row) for row in page.rows])


def show(call: Call) -> Response:
    """Show one key."""
    return as_json(_form(call, _found(call)))


def change(call: Call) -> Response:
    """Rename, disable or limit a key."""
    row = _found(call)
    body = call.json_object()
    name = body.get("name", row["name"])
    if not isinstance(name, str):
        refuse_fields({"name": ["Not a valid string."]})
    changes = {
        "name": name,
        "active": bool(body.get("isActive", row["active"])),
    }
    if "rateLimit" in body:
        changes |= _limit(body["rateLimit"])
    call.sandbox.store.update("project_key", changes, equal("public", row["public"]))
    return show(call)


def _limit(value: Any) -> dict[str, int | None]:
    if value is None:
        return {"rate_count": None, "rate_window": None}
    count, window = (
        (value.get("count"), value.get("window")) if isinstance(value, dict) else (None, None)
    )
    if not isinstance(count, int) or not isinstance(window, int):
        refuse_fields({"rateLimit": ["A valid integer is required."]})
    return {"rate_count": count or None, "rate_window": window or None}


def _found(call: Call) -> sqlite3.Row:
    where = equal("project_id", lookups.project(call)["id"]) & equal("public", call.params["key"])
    return call.sandbox.store.first("project_key", where) or refuse_missing()


def _form(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    sandbox, public, number = call.sandbox, row["public"], row["project_id"]
    ingest = f"{sandbox.base_url}/api/{number}/"
    limit = {"window": row["rate_window"], "count": row["rate_count"]}
    return {
        "id": public,
        "name": row["name"],
        "label": row["name"],
        "public": public,
        "secret": row["secret"],
        "projectId": number,
        "isActive": bool(row["active"]),
        "rateLimit": limit if row["rate_count"] else None,
        "dsn": {
            "public": sandbox.dsn(public, number),
            "secret": sandbox.dsn(public, number, row["secret"]),
            "cdn": f"{sandbox.base_url}/js-sdk-loader/{public}.min.js",
            **{name: ingest + path.format(key=public) for name, path in ENDPOINTS.items()},
        },
        "browserSdkVersion": "latest",
        "browserSdk": {"choices": [["latest", "latest"]]},
        "dateCreated": times.iso(row["created"]),
        "dynamicSdkLoaderOptions": {
            "hasReplay": False,
            "hasPerformance": False,
            "hasDebug": False,
            "hasFeedback": False,
            "hasLogsAndMetrics": False,
        },
    }
