"""Reopens issues when an event arrives: resolved ones regress, archived ones escalate.

Stores no events; `intake` calls it after each that it stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import Where, equal
from sentry_plugin.sandbox.kept.tables import TAGS_WITH_EVENTS

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.kept.store import Store

KINDS = {"regressed": "set_regression", "escalating": "set_escalating"}


def reopen_if_due(store: Store, number: int, event: dict[str, Any], time: int) -> None:
    """Reopen an issue if the *event* that it has just got, of *time*, calls for it."""
    row = store.select("issue", equal("id", number))[0]
    terms, data = orjson.loads(row["terms"]), {"event_id": event["event_id"]}
    if row["status"] == "resolved" and not _is_without_fix(store, row, terms, event.get("release")):
        reopen(store, number, "regressed", time, data | {"version": event.get("release")})
    elif row["status"] == "ignored" and terms and _archive_is_over(store, row, terms):
        expired = {name: value for name, value in terms.items() if name.startswith("ignore")}
        reopen(store, number, "escalating", time, data | {"expired_snooze": expired})


def reopen(store: Store, number: int, substatus: str, time: int, data: dict[str, Any]) -> None:
    """Make an issue unresolved and for review, with an activity that has *data*."""
    changes = {"status": "unresolved", "substatus": substatus, "inbox": 1}
    store.update("issue", changes | {"details": "{}", "terms": "{}"}, equal("id", number))
    row = {"issue_id": number, "type": KINDS[substatus], "data": orjson.dumps(data).decode()}
    store.insert("activity", row | {"created": time})


def _is_without_fix(
    store: Store, row: sqlite3.Row, terms: dict[str, Any], version: str | None
) -> bool:
    """Tell whether release *version* is older than the one that the issue is resolved in."""
    if "release" not in terms or version is None:
        return False
    ours = equal("project_id", row["project_id"])
    made: list[int] = [
        store.select("release_project", ours & equal("version", name))[0]["created"]
        for name in (version, terms["release"])
    ]
    return made[0] <= made[1] if terms["next"] else made[0] < made[1]


def _archive_is_over(store: Store, row: sqlite3.Row, terms: dict[str, Any]) -> bool:
    if terms["until"] and terms["until"] <= times.now():
        return True
    ours = equal("event.issue_id", row["id"])
    events, people = terms["ignoreCount"], terms["ignoreUserCount"]
    if events:
        since = ours & _since(terms, terms["ignoreWindow"])
        if store.count("event", since) >= events:
            return True
    since = ours & _since(terms, terms["ignoreUserWindow"]) & equal("key", "user")
    return bool(people) and store.count(TAGS_WITH_EVENTS, since, of="DISTINCT value") >= people


def _since(terms: dict[str, Any], minutes: int | None) -> Where:
    """Match events of the last *minutes*, else those after the issue was archived."""
    if minutes:
        return Where("event.time >= ?", (times.now() - minutes * times.MINUTE,))
    return Where("event.id > ?", (terms["after"],))
