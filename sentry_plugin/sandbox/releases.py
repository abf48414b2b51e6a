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
    found: str | None = sandbox.store.one(
        "SELECT version FROM release WHERE project_id = ? ORDER BY created DESC, version DESC",
        project_id,
    )
    return found


def of_issue(sandbox: Sandbox, project_id: int, issue: int, order: str) -> dict[str, Any] | None:
    """Give the first or the last release that an issue was seen in."""
    named = equal("issue_id", issue) & equal("key", "release")
    for row in sandbox.store.select("tag", named, order=order, page=(1, 0)):
        return form(sandbox, project_id, row["value"])
    return None


def form(sandbox: Sandbox, project_id: int, version: str | None) -> dict[str, Any] | None:
    """Give a release as issues and events show it."""
    row = sandbox.store.row(
        "SELECT release.*, slug, name, platform FROM release JOIN project"
        " ON project.id = project_id WHERE project_id = ? AND version = ?",
        project_id,
        version,
    )
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
