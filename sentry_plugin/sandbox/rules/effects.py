"""What each attribute of an update changes in the rows of issues.

Writes nothing: `issueupdates` does. Whether a value is valid is checked in `attributes`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.rules import assignment, statuses
from sentry_plugin.sandbox.shown import actors

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.sandbox import Sandbox

Rows = Sequence["sqlite3.Row"]


@dataclass(frozen=True)
class Effect:
    """What one attribute changes: columns, fields of the answer, and an activity.

    Issues in which the first column of *if_changed* has its new value already get neither these
    columns nor the activity. An empty *kind* means no activity.
    """

    always: dict[str, Any] = field(default_factory=dict)
    if_changed: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def _status(sandbox: Sandbox, rows: Rows, given: dict[str, Any]) -> Effect:
    found = statuses.change(sandbox, rows, given)
    is_closed = found.status != "unresolved"
    shown = found.details if found.shown is None else found.shown
    written = {name: orjson.dumps(getattr(found, name)).decode() for name in ("details", "terms")}
    return Effect(
        always=written | ({"inbox": 0} if is_closed else {}),
        if_changed={"status": found.status, "substatus": found.substatus},
        answer={"status": found.status, "statusDetails": shown}
        | ({"inbox": None} if is_closed else {}),
        kind=found.kind,
        data=found.data,
    )


def _assignee(sandbox: Sandbox, rows: Rows, given: dict[str, Any]) -> Effect:
    projects = sorted({row["project_id"] for row in rows})
    assigned = assignment.assignee(sandbox.store, projects, given["assignedTo"])
    actor = actors.actor(sandbox, assigned) if assigned else None
    written, answer = {"assigned": assigned}, {"assignedTo": actor}
    if actor is None:
        return Effect(if_changed=written, answer=answer, kind="unassigned")
    data = {
        "assignee": actor["id"],
        "assigneeEmail": actor.get("email"),
        "assigneeName": actor["name"],
        "assigneeType": actor["type"],
    }
    return Effect(if_changed=written, answer=answer, kind="assigned", data=data)


def _priority(_sandbox: Sandbox, _rows: Rows, given: dict[str, Any]) -> Effect:
    found = {"priority": given["priority"]}
    locked = {"priority_locked": times.now()}
    return Effect(always=locked, if_changed=found, answer=found, kind="set_priority", data=found)


def _share(_sandbox: Sandbox, _rows: Rows, given: dict[str, Any]) -> Effect:
    share = secrets.token_hex(16) if given["isPublic"] else None
    answer = {"isPublic": given["isPublic"], "shareId": share}
    kind = "set_public" if share else "set_private"
    return Effect(always={"share": share}, answer=answer, kind=kind)


def _bookmark(_sandbox: Sandbox, _rows: Rows, given: dict[str, Any]) -> Effect:
    # Sentry unsubscribes whoever removes a bookmark.
    gone = {} if given["isBookmarked"] else {"subscription": ""}
    return Effect(
        always={"bookmarked": given["isBookmarked"], **gone},
        answer={"isBookmarked": given["isBookmarked"]},
    )


def _subscription(_sandbox: Sandbox, _rows: Rows, given: dict[str, Any]) -> Effect:
    wanted = given["isSubscribed"]
    details = {"reason": "unknown"} if wanted else {"disabled": True}
    return Effect(
        always={"subscription": "unknown" if wanted else "no"},
        answer={"isSubscribed": wanted, "subscriptionDetails": details},
    )


def _flag(name: str, column: str) -> Callable[[Sandbox, Rows, dict[str, Any]], Effect]:
    return lambda _sandbox, _rows, given: Effect(
        always={column: given[name]}, answer={name: given[name]}
    )


EFFECTS: dict[str, Callable[[Sandbox, Rows, dict[str, Any]], Effect]] = {
    "status": _status,
    "assignedTo": _assignee,
    "priority": _priority,
    "isPublic": _share,
    "isBookmarked": _bookmark,
    "isSubscribed": _subscription,
    "hasSeen": _flag("hasSeen", "seen"),
    "inbox": _flag("inbox", "inbox"),
}
