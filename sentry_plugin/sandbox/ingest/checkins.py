"""Stores the check-ins that scheduled jobs send.

As in Sentry, a check-in of an unknown monitor is accepted and dropped, unless it has the monitor's
configuration. Does not notice a check-in that is missing.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.ingest.envelope import event_id_of
from sentry_plugin.sandbox.kept.store import equal
from sentry_plugin.sandbox.messages import fields
from sentry_plugin.sandbox.messages.fields import InvalidValue

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.kept.store import Store

STATUSES = ("ok", "error", "in_progress", "missed", "timeout")
ENVIRONMENT = "production"
SLUG = re.compile(r"[a-z0-9_-]{1,50}")
# An id of zeros means that the check-in has none.
NIL = uuid.UUID(int=0).hex
UNITS = ("minute", "hour", "day", "week", "month", "year")


def _slug(value: Any) -> str:
    text = fields.filled_text(value)
    if not SLUG.fullmatch(text):
        raise InvalidValue("Enter a valid slug.")
    return text


def _id(value: Any) -> str:
    found = event_id_of(value)
    if found is None:
        raise InvalidValue("Must be a valid UUID.")
    return found


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise InvalidValue("A valid number is required.")
    return value


def _schedule(value: Any) -> tuple[str, Any]:
    kind = fields.object_with({"type": fields.choice(tuple(SCHEDULES))}, required=("type",))(value)
    checks = SCHEDULES[kind["type"]]
    given = fields.object_with(checks, required=checks)(value)
    return kind["type"], given["value"] if len(given) == 1 else [given["value"], given["unit"]]


SCHEDULES: dict[str, dict[str, fields.Check]] = {
    "crontab": {"value": fields.filled_text},
    "interval": {"value": fields.integer(10**6), "unit": fields.choice(UNITS)},
}
LIMITS = {
    "checkin_margin": fields.integer(40_320),
    "max_runtime": fields.integer(40_320),
    "timezone": fields.filled_text,
    "failure_issue_threshold": fields.integer(720),
    "recovery_threshold": fields.integer(720),
}
CONFIG = fields.object_with(
    {"schedule": _schedule, **LIMITS}, required=("schedule",), nullable=tuple(LIMITS)
)
CHECK_IN = fields.object_with(
    {
        "monitor_slug": _slug,
        "status": fields.choice(STATUSES),
        "check_in_id": _id,
        "environment": fields.filled_text,
        "duration": _seconds,
        "monitor_config": CONFIG,
    },
    required=("monitor_slug", "status"),
    nullable=("check_in_id", "environment", "duration", "monitor_config"),
)


def take(store: Store, project_id: int, sent: Any) -> None:
    """Store a check-in; drop one that is not valid."""
    try:
        given = CHECK_IN(sent)
    except InvalidValue:
        return
    with store.transaction():
        monitor = _monitor(store, project_id, given)
        if monitor is not None:
            _keep(store, monitor, given)


def _monitor(store: Store, project_id: int, given: dict[str, Any]) -> sqlite3.Row | None:
    """Find the monitor, after making or changing it if the check-in has a configuration."""
    slug, config = given["monitor_slug"], given.get("monitor_config")
    row = store.first("monitor", equal("slug", slug))
    if row is not None and row["project_id"] != project_id:
        return None
    if config:
        written = {"config": orjson.dumps(_config(config)).decode(), "upserting": 1}
        if row is None:
            made = {"project_id": project_id, "slug": slug, "created": times.now()}
            store.insert("monitor", made | written)
        else:
            store.update("monitor", written, equal("slug", slug))
    return store.first("monitor", equal("slug", slug))


def _config(given: dict[str, Any]) -> dict[str, Any]:
    kind, schedule = given["schedule"]
    return {
        "schedule_type": kind,
        "schedule": schedule,
        **{name: given.get(name) for name in LIMITS},
        "alert_rule_id": None,
    }


def _keep(store: Store, monitor: sqlite3.Row, given: dict[str, Any]) -> None:
    present, duration = times.now(), given.get("duration")
    environment = given.get("environment") or ENVIRONMENT
    written = {
        "status": given["status"],
        "updated": present,
        "duration": None if duration is None else round(duration * times.SECOND),
    }
    ours = equal("monitor_id", monitor["id"]) & equal("environment", environment)
    wanted = given.get("check_in_id") or NIL
    running = equal("status", "in_progress") if wanted == NIL else equal("guid", wanted)
    row = store.first("check_in", ours & running, order="id DESC")
    is_end = given["status"] != "in_progress"
    if row is not None and (is_end or wanted != NIL):
        if duration is None and is_end:
            written["duration"] = present - row["added"]
        store.update("check_in", written, equal("id", row["id"]))
        return
    store.insert(
        "check_in",
        written
        | {
            "guid": uuid.uuid4().hex if wanted == NIL else wanted,
            "monitor_id": monitor["id"],
            "environment": environment,
            "added": present,
            "config": monitor["config"],
        },
    )
