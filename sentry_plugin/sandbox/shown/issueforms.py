"""Issues as Sentry's web API shows them: in lists and in detail.

Changes nothing and answers no request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import Where, equal, one_of
from sentry_plugin.sandbox.made_up import sizes
from sentry_plugin.sandbox.shown import actors, releaseforms, shortids
from sentry_plugin.sandbox.shown.eventparts import tag_name
from sentry_plugin.sandbox.shown.timelines import Timeline

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.sandbox import Sandbox

TABLE = "issue JOIN project ON project.id = issue.project_id"
COLUMNS = (
    "issue.*, project.slug, project.name, project.platform AS project_platform,"
    " (SELECT count(*) FROM activity WHERE issue_id = issue.id AND type = 'note') AS comments"
)
# Sentry's numbers for why an issue is for review.
NEW = 0
REASONS = {"regressed": 2, "escalating": 5, "ongoing": 6}
# Activities that no person did.
WITHOUT_PERSON = ("first_seen", "set_regression", "set_escalating")
LIFETIME = ("count", "userCount", "firstSeen", "lastSeen")
# The fields that each value of `collapse` removes from issues in lists.
COLLAPSED = {
    "stats": ("stats",),
    "lifetime": ("lifetime",),
    "filtered": ("filtered",),
    "unhandled": ("isUnhandled",),
    "base": (*LIFETIME, "isUnhandled"),
}


def rows_of(sandbox: Sandbox, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the rows of issues with what `issue` needs, in the order of *ids*."""
    rows = sandbox.store.select(TABLE, one_of("issue.id", ids), columns=COLUMNS, order="issue.id")
    found = {row["id"]: dict(row) for row in rows}
    return [found[number] for number in ids]


def issue(sandbox: Sandbox, row: dict[str, Any]) -> dict[str, Any]:
    """Build the fields that an issue has wherever it is shown."""
    subscription = row["subscription"]
    subscribed = subscription not in ("", "no")
    number = str(row["id"])
    return {
        "id": number,
        "shareId": row["share"],
        "shortId": shortids.write(row["slug"], row["number"]),
        "title": row["title"],
        "culprit": row["culprit"],
        "permalink": f"{sandbox.base_url}/organizations/{sizes.ORGANIZATION}/issues/{number}/",
        "logger": row["logger"],
        "level": row["level"],
        "status": row["status"],
        "statusDetails": orjson.loads(row["details"]),
        "substatus": row["substatus"],
        "isPublic": row["share"] is not None,
        "platform": row["platform"],
        "priority": row["priority"],
        "priorityLockedAt": times.iso(row["priority_locked"]),
        "seerFixabilityScore": None,
        "seerAutofixLastTriggered": None,
        "seerExplorerAutofixLastTriggered": None,
        "project": {
            "id": str(row["project_id"]),
            "name": row["name"],
            "slug": row["slug"],
            "platform": row["project_platform"],
        },
        "type": row["type"],
        "issueType": row["category"],
        "issueCategory": row["category"],
        "metadata": orjson.loads(row["metadata"]),
        "numComments": row["comments"],
        "assignedTo": actors.actor(sandbox, row["assigned"]) if row["assigned"] else None,
        "isBookmarked": bool(row["bookmarked"]),
        "isSubscribed": subscribed,
        "subscriptionDetails": {"reason": subscription} if subscribed else None,
        "hasSeen": bool(row["seen"]),
        "annotations": [],
        "isUnhandled": bool(row["unhandled"]),
        "count": str(row["count"]),
        "userCount": row["users"],
        "firstSeen": times.iso(row["first_seen"]),
        "lastSeen": times.iso(row["last_seen"]),
    }


def of_list(
    sandbox: Sandbox,
    ids: Sequence[int],
    timeline: str,
    *,
    expand: Iterable[str] = (),
    collapse: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Build issues as they are in lists; an empty *timeline* means none."""
    stats = _stats(sandbox, ids, timeline) if timeline else {}
    dropped = {field for name in collapse for field in COLLAPSED.get(name, ())}
    found = []
    for row in rows_of(sandbox, ids):
        form = issue(sandbox, row)
        form["lifetime"] = {name: form[name] for name in LIFETIME} | {"stats": None}
        form["filtered"] = None
        if timeline:
            form["stats"] = {timeline: stats[row["id"]]}
        if expand:
            form |= {name: value for name, value in _expanded(row).items() if name in expand}
        found.append({name: form[name] for name in form if name not in dropped})
    return found


def of_organization_list(form: dict[str, Any]) -> dict[str, Any]:
    """Add the fields that an issue has only in the organization's list."""
    return form | {
        "derivedData": {
            "blocker": "none",
            "progress": "none",
            "status": "open" if form["status"] == "unresolved" else "closed",
            "viewCount": int(form["hasSeen"]),
            "hasOpenFixPr": False,
            "isAssigned": form["assignedTo"] is not None,
            "hasRootCause": False,
            "lastCompletedAutofixStep": "none",
            "lastProgressedAt": None,
        }
    }


def detail(sandbox: Sandbox, number: int, *, expand: Iterable[str] = ()) -> dict[str, Any]:
    """Build an issue with its activities, releases, tags and charts."""
    row = rows_of(sandbox, [number])[0]
    store, present = sandbox.store, times.now()
    hours = {
        row["hour"]: row["count"]
        for row in store.select("issue_hour", equal("issue_id", number), order="hour")
    }
    seen = actors.user(sandbox) | {"lastSeen": times.iso(row["last_seen"])}
    tags = store.rows(
        "SELECT key, count(*) AS n FROM tag WHERE issue_id = ? GROUP BY key ORDER BY key", number
    )
    return issue(sandbox, row) | {
        "activity": _activities(sandbox, row),
        "firstRelease": releaseforms.of_issue(sandbox, row["project_id"], number, "event"),
        "lastRelease": releaseforms.of_issue(sandbox, row["project_id"], number, "event DESC"),
        "participants": [actors.user(sandbox)] if row["subscription"] not in ("", "no") else [],
        "pluginActions": [],
        "pluginContexts": [],
        "pluginIssues": [],
        "seenBy": [seen] if row["seen"] else [],
        "stats": {name: Timeline(name, present).points(hours) for name in ("24h", "30d")},
        "tags": [
            {"key": tag["key"], "name": tag_name(tag["key"]), "totalValues": tag["n"]}
            for tag in tags
        ],
        "userReportCount": store.count("report", equal("issue_id", number)),
        **{name: value for name, value in _expanded(row).items() if name in expand},
    }


def _stats(sandbox: Sandbox, ids: Sequence[int], name: str) -> dict[int, list[list[int]]]:
    timeline = Timeline(name, times.now())
    counts: dict[int, dict[int, int]] = {number: {} for number in ids}
    where = one_of("issue_id", ids) & Where("hour >= ?", (timeline.first_hour,))
    for number, hour, count in sandbox.store.select("issue_hour", where):
        counts[number][hour] = count
    return {number: timeline.points(hours) for number, hours in counts.items()}


def _expanded(row: dict[str, Any]) -> dict[str, Any]:
    reason = REASONS.get(row["substatus"], NEW)
    inbox = {"reason": reason, "reason_details": None, "date_added": times.iso(row["first_seen"])}
    return {
        "inbox": inbox if row["inbox"] else None,
        "owners": None,
        "integrationIssues": [],
        "sentryAppIssues": [],
        "latestEventHasAttachments": False,
    }


def _activities(sandbox: Sandbox, row: dict[str, Any]) -> list[dict[str, Any]]:
    person = actors.user(sandbox)
    ours = equal("issue_id", row["id"])
    found = sandbox.store.select("activity", ours, order="id DESC")
    first = {"id": 0, "type": "first_seen", "data": "{}", "created": row["first_seen"]}
    return [*(activity(one, person) for one in found), activity(first, None)]


def activity(row: Mapping[str, Any] | sqlite3.Row, person: dict[str, Any] | None) -> dict[str, Any]:
    """Build an activity: what was done to an issue, and by whom."""
    return {
        "id": str(row["id"]),
        "user": None if row["type"] in WITHOUT_PERSON else person,
        "sentry_app": None,
        "type": row["type"],
        "data": orjson.loads(row["data"]),
        "dateCreated": times.iso(row["created"]),
    }
