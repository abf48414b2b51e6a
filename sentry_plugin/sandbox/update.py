"""Changes issues: one by its number, or many by their numbers or by a search.

Checks of a value's form lie in `attributes`; what needs a look into the store is checked here.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import (
    attributes,
    issueforms,
    issues,
    lookups,
    releases,
    times,
)
from sentry_plugin.sandbox.answers import Answer, as_json, nothing, refuse, refuse_fields
from sentry_plugin.sandbox.store import equal, within

if TYPE_CHECKING:
    from sentry_plugin.sandbox.call import Call
    from sentry_plugin.sandbox.store import Where

MAX_BULK = 1000
# Attributes that are one column, and what makes its value.
COLUMNS = {"hasSeen": "seen", "isBookmarked": "bookmarked", "inbox": "inbox"}
NO_RELEASE = "No release data present in the system to form a basis for 'Next Release'"


def one(call: Call) -> Answer:
    """Change one issue, and show it whole."""
    number = lookups.issue(call)
    given = attributes.checked(call.json())
    apply(call, [number], given)
    row = issueforms.rows_of(call.sandbox, [number])[0]
    return as_json(issueforms.issue(call.sandbox, row))


def of_project(call: Call) -> Answer:
    """Change many issues of a project, and show only what changed."""
    return _many(call, equal("project_id", lookups.project(call)["id"]))


def of_organization(call: Call) -> Answer:
    """Change many issues of an organization, and show only what changed."""
    lookups.organization(call)
    return _many(call, issues.organization_filter(call))


def delete_of_project(call: Call) -> Answer:
    """Delete many issues of a project."""
    return _delete(call, equal("project_id", lookups.project(call)["id"]))


def delete_of_organization(call: Call) -> Answer:
    """Delete many issues of an organization."""
    lookups.organization(call)
    return _delete(call, issues.organization_filter(call))


def _many(call: Call, scope: Where) -> Answer:
    given = attributes.checked(call.json())
    numbers = _chosen(call, scope)
    if not numbers:
        return nothing()
    if given.pop("merge", False):
        return _merge(call, numbers)
    return as_json(apply(call, numbers, given))


def _delete(call: Call, scope: Where) -> Answer:
    issues.remove(call, _chosen(call, scope))
    return nothing()


def _chosen(call: Call, scope: Where) -> list[int]:
    texts = call.all("id")
    if not texts:
        return issues.matching(call, scope & issues.wanted(call), MAX_BULK)
    numbers = [lookups.number_of(text) for text in texts]
    if None in numbers:
        refuse(400, "Invalid issue ID")
    return issues.matching(call, scope & within("id", numbers), MAX_BULK)


def _merge(call: Call, numbers: list[int]) -> Answer:
    store = call.sandbox.store
    if len(numbers) < 2:
        refuse(400, "Please provide at least two issues to merge")
    found = store.select("issue", within("id", numbers), order="count DESC, id")
    if len({row["project_id"] for row in found}) > 1:
        return as_json({"detail": "Merging across multiple projects is not supported"})
    parent, *children = [row["id"] for row in found]
    with store.together():
        for table in ("event", "tag"):
            store.update(table, {"issue_id": parent}, within("issue_id", children))
        total = {"count": sum(row["count"] for row in found)}
        store.update("issue", total, equal("id", parent))
        issues.remove(call, children)
    names = [str(number) for number in children]
    return as_json({"merge": {"parent": str(parent), "children": names}})


def apply(call: Call, numbers: list[int], given: dict[str, Any]) -> dict[str, Any]:
    """Change issues as *given* says, and give what a bulk update answers."""
    changes, answer = _changes(call, numbers, given)
    store = call.sandbox.store
    with store.together():
        if changes:
            store.update("issue", changes, within("id", numbers))
        _subscribe(call, numbers, given)
        _remember(call, numbers, answer)
    return answer


def _changes(
    call: Call, numbers: list[int], given: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    changes: dict[str, Any] = {}
    answer: dict[str, Any] = {}
    for name, column in COLUMNS.items():
        if name in given:
            changes[column] = answer[name] = given[name]
    if "status" in given:
        status = _status(call, numbers, given)
        changes |= {**status, "details": orjson.dumps(status["details"]).decode()}
        answer |= {"status": status["status"], "statusDetails": status["details"]}
        if "substatus" in given:
            answer["substatus"] = status["substatus"]
    if "assignedTo" in given:
        changes["assigned"] = assigned = _assigned(call, numbers, given["assignedTo"])
        answer["assignedTo"] = issueforms.actor(call.sandbox, assigned) if assigned else None
    if "priority" in given:
        changes |= {"priority": given["priority"], "priority_locked": times.now()}
        answer["priority"] = given["priority"]
    if "isPublic" in given:
        changes["share"] = secrets.token_hex(16) if given["isPublic"] else None
        answer |= {"isPublic": given["isPublic"], "shareId": changes["share"]}
    if "isSubscribed" in given:
        wanted = given["isSubscribed"]
        changes["subscription"] = "unknown" if wanted else "no"
        details = {"reason": "unknown"} if wanted else {"disabled": True}
        answer |= {"isSubscribed": wanted, "subscriptionDetails": details}
    return changes, answer


def _status(call: Call, numbers: list[int], given: dict[str, Any]) -> dict[str, Any]:
    details = dict(given.get("statusDetails", {}))
    details |= {name: given[name] for name in attributes.IGNORE if name in given}
    status = given["status"]
    if status == "resolvedInNextRelease":
        status, details["inNextRelease"] = "resolved", True
    if status == "muted":
        status = "ignored"
    if status == "resolved":
        found, substatus = _resolution(call, numbers, details), None
    elif status == "ignored":
        found = _ignored(call, details)
        substatus = "archived_until_condition_met" if found else "archived_forever"
    else:
        found, substatus = {}, "ongoing"
    if status != "resolved" and given.get("substatus"):
        substatus = given["substatus"]
    return {"status": status, "substatus": substatus, "details": found}


def _resolution(call: Call, numbers: list[int], details: dict[str, Any]) -> dict[str, Any]:
    project_id = _project_id(call, numbers)
    actor = {"actor": issueforms.user(call.sandbox)}
    latest = releases.latest(call.sandbox, project_id)
    if details.get("inNextRelease"):
        if latest is None:
            refuse_fields({"statusDetails": {"inNextRelease": [NO_RELEASE]}})
        return {"inNextRelease": True, **actor}
    if wanted := details.get("inRelease"):
        version = latest if wanted == "latest" else wanted
        if releases.form(call.sandbox, project_id, version) is None:
            words = "Unable to find a release with the given version."
            words = NO_RELEASE if wanted == "latest" else words
            refuse_fields({"statusDetails": {"inRelease": [words]}})
        return {"inRelease": version, **actor}
    if commit := details.get("inCommit"):
        name = commit["repository"]
        if not call.sandbox.store.one("SELECT 1 FROM repository WHERE name = ?", name):
            words = "Unable to find the given repository."
            refuse_fields({"statusDetails": {"inCommit": {"repository": [words]}}})
        return {"inCommit": commit["commit"], **actor}
    return {}


def _ignored(call: Call, details: dict[str, Any]) -> dict[str, Any]:
    if not any(details.get(name) for name in attributes.IGNORE):
        return {}
    minutes = details.get("ignoreDuration")
    until = times.now() + minutes * times.MINUTE if minutes else None
    return {
        "ignoreCount": details.get("ignoreCount"),
        "ignoreUntil": times.iso(until),
        "ignoreUserCount": details.get("ignoreUserCount"),
        "ignoreUserWindow": details.get("ignoreUserWindow"),
        "ignoreWindow": details.get("ignoreWindow"),
        "actor": issueforms.user(call.sandbox),
    }


def _project_id(call: Call, numbers: list[int]) -> int:
    found: int = call.sandbox.store.one("SELECT project_id FROM issue WHERE id = ?", numbers[0])
    return found


def _assigned(call: Call, numbers: list[int], text: str) -> str | None:
    if not text:
        return None
    store, project_id = call.sandbox.store, _project_id(call, numbers)
    kind, _, rest = text.rpartition(":")
    number = lookups.number_of(rest)
    if kind == "team" and store.one("SELECT 1 FROM team WHERE id = ?", number):
        sql = "SELECT 1 FROM project_team WHERE project_id = ? AND team_id = ?"
        if not store.one(sql, project_id, number):
            _unassignable("Cannot assign to a team without access to the project")
        return f"team:{number}"
    if number is None or kind not in ("", "user"):
        number = store.one("SELECT user_id FROM member WHERE email = ?", text)
        if number is None:
            _unassignable("Unknown actor input")
    sql = (
        "SELECT 1 FROM member JOIN team_member ON member_id = member.id"
        " JOIN project_team USING (team_id) WHERE user_id = ? AND project_id = ?"
    )
    if not store.one(sql, number, project_id):
        _unassignable("Cannot assign to non-team member")
    return f"user:{number}"


def _unassignable(words: str) -> None:
    refuse_fields({"assignedTo": [words]})


def _subscribe(call: Call, numbers: list[int], given: dict[str, Any]) -> None:
    # Who changes an issue hears of it from then on, unless they said that they do not want to.
    reasons = {"status": "changed_status", "assignedTo": "assigned", "isBookmarked": "bookmarked"}
    reason = next((word for name, word in reasons.items() if given.get(name)), None)
    if reason:
        fresh = within("id", numbers) & equal("subscription", "")
        call.sandbox.store.update("issue", {"subscription": reason}, fresh)


def _remember(call: Call, numbers: list[int], answer: dict[str, Any]) -> None:
    kinds = {}
    if "status" in answer:
        kinds[f"set_{answer['status']}"] = answer["statusDetails"]
    if "assignedTo" in answer:
        kinds["assigned" if answer["assignedTo"] else "unassigned"] = answer["assignedTo"] or {}
    if "priority" in answer:
        kinds["set_priority"] = {"priority": answer["priority"]}
    present = times.now()
    rows = [
        (number, kind, orjson.dumps(data).decode(), present)
        for number in numbers
        for kind, data in kinds.items()
    ]
    call.sandbox.store.fill("activity", rows, ("issue_id", "type", "data", "created"))
