"""The releases that events named.

Makes no releases of its own, and answers no request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.store import equal

if TYPE_CHECKING:
    from sentry_plugin.sandbox.sandbox import Sandbox


def latest(sandbox: Sandbox, project_id: int) -> str | None:
    """Give a project's newest release."""
    newest = "created DESC, version DESC"
    row = sandbox.store.first("release", equal("project_id", project_id), order=newest)
    return row["version"] if row else None


def of_issue(sandbox: Sandbox, project_id: int, issue: int, order: str) -> dict[str, Any] | None:
    """Give the first or the last release that an issue was seen in."""
    named = equal("issue_id", issue) & equal("key", "release")
    row = sandbox.store.first("tag", named, order=order)
    return form(sandbox, project_id, row["value"]) if row else None


def form(sandbox: Sandbox, project_id: int, version: str | None) -> dict[str, Any] | None:
    """Give a release as issues and events show it."""
    table = "release JOIN project ON project.id = project_id"
    named = equal("project_id", project_id) & equal("version", version)
    row = sandbox.store.first(table, named)
    if row is None:
        return None
    return {
        "version": version,
        "shortVersion": version,
        "versionInfo": None,
        "status": "open",
        "ref": None,
        "url": None,
        "dateReleased": None,
        "dateCreated": times.iso(row["created"]),
        "data": {},
        "newGroups": 0,
        "owner": None,
        "commitCount": 0,
        "lastCommit": None,
        "deployCount": 0,
        "lastDeploy": None,
        "authors": [],
        "projects": [
            {
                "id": project_id,
                "slug": row["slug"],
                "name": row["name"],
                "platform": row["platform"],
                "newGroups": 0,
            }
        ],
    }
