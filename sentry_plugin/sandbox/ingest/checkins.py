"""Stores the check-ins that scheduled jobs send.

As in Sentry, a check-in of an unknown monitor is accepted and dropped, unless it has the monitor's
configuration, and that is one that Sentry takes. Does not notice a check-in that is missing.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.ingest.envelope import event_id_of
from sentry_plugin.sandbox.kept.store import equal
from sentry_plugin.sandbox.messages import fields
from sentry_plugin.sandbox.messages.fields import InvalidValue
from sentry_plugin.sandbox.rules import schedules

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.kept.store import Store

STATUSES = ("ok", "error", "in_progress")
ENVIRONMENT = "production"
LONGEST_ENVIRONMENT = 64
LONGEST_DURATION = 2**31 - 1
# An id of zeros means that the check-in has none.
NIL = uuid.UUID(int=0).hex


def _slug(value: Any) -> str:
    slug = schedules.slug(fields.text(value))
    if not slug:
        raise InvalidValue("the monitor slug is empty or invalid")
    return slug


def _environment(value: Any) -> str:
    text = fields.text(value)
    if not text.strip():
        raise InvalidValue("This field may not be blank.")
    if len(text) > LONGEST_ENVIRONMENT or set(text) & set("\n\r\f/"):
        raise InvalidValue("Environment name too long")
    return text


def _id(value: Any) -> str:
    found = event_id_of(value)
    if found is None:
        raise InvalidValue("Must be a valid UUID.")
    return found


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise InvalidValue("A valid number is required.")
    if value * times.SECOND > LONGEST_DURATION:
        raise InvalidValue(f"Ensure this value is less than or equal to {LONGEST_DURATION}.")
    return value


CHECK_IN = fields.object_with(
    {
        "monitor_slug": _slug,
        "status": fields.choice(STATUSES),
        "check_in_id": _id,
        "environment": _environment,
        "duration": _seconds,
        "monitor_config": schedules.SHAPE,
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
    slug, shape = given["monitor_slug"], given.get("monitor_config")
    row = store.first("monitor", equal("slug", slug))
    if row is not None and row["project_id"] != project_id:
        return None
    if shape:
        try:
            config = schedules.configuration(shape)
        except InvalidValue:
            return row
        written = {"config": orjson.dumps(config).decode(), "upserting": 1}
        if row is None:
            made = {"project_id": project_id, "slug": slug, "created": times.now()}
            store.insert("monitor", made | written)
        else:
            store.update("monitor", written, equal("slug", slug))
    return store.first("monitor", equal("slug", slug))


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
