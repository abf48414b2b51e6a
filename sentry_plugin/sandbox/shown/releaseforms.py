"""Releases and deploys as Sentry's web API shows them.

Changes nothing and answers no request.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept import releases
from sentry_plugin.sandbox.kept.store import ALL, Where, equal
from sentry_plugin.sandbox.kept.tables import TAGS_WITH_EVENTS

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.kept.store import Store
    from sentry_plugin.sandbox.sandbox import Sandbox

# Parts of a version, by what they are called where it is parsed.
NUMBERS = {
    **{name: name for name in ("major", "minor", "patch", "pre", "components")},
    "buildCode": "build_code",
}
PROJECTS = "release_project JOIN project ON project.id = project_id"


def of_issue(sandbox: Sandbox, project_id: int, issue: int, order: str) -> dict[str, Any] | None:
    """Build the first release that an issue was seen in by *order*, or return None."""
    tagged = equal("issue_id", issue) & equal("key", "release")
    row = sandbox.store.first("tag", tagged, order=order)
    return form(sandbox, project_id, row["value"]) if row else None


def form(sandbox: Sandbox, project_id: int, version: str | None) -> dict[str, Any] | None:
    """Build a release as issues and events show it; None if the project does not have it."""
    row = releases.find(sandbox.store, version)
    ours = equal("project_id", project_id)
    if row is None or not sandbox.store.count("release_project", ours & equal("version", version)):
        return None
    return whole(sandbox, row, ours)


def whole(sandbox: Sandbox, row: sqlite3.Row, where: Where = ALL) -> dict[str, Any]:
    """Build a release with those of its projects that match *where*."""
    store, version = sandbox.store, row["version"]
    body, is_ours = orjson.loads(row["body"]), equal("version", version)
    projects = [
        _project(store, one, version)
        for one in store.select(PROJECTS, where & is_ours, columns="project.*", order="slug")
    ]
    times_seen = equal("key", "release") & equal("value", version)
    columns = "min(time) AS first, max(time) AS last"
    seen = store.select(TAGS_WITH_EVENTS, times_seen, columns=columns)[0]
    deploys = store.select("deploy", is_ours, order="finished DESC, id DESC")
    commits = body.get("commits") or []
    return {
        "id": row["id"],
        "version": version,
        "shortVersion": version,
        "versionInfo": _parts(version),
        "status": body.get("status", "open"),
        "ref": body.get("ref"),
        "url": body.get("url"),
        "dateReleased": times.iso(row["released"]),
        "dateCreated": times.iso(row["created"]),
        "data": {},
        "newGroups": sum(one["newGroups"] for one in projects),
        "owner": None,
        "commitCount": len(commits),
        "lastCommit": commits[0] if commits else None,
        "deployCount": len(deploys),
        "lastDeploy": deploy(deploys[0]) if deploys else None,
        "authors": _authors(commits),
        "projects": projects,
        "firstEvent": times.iso(seen["first"]),
        "lastEvent": times.iso(seen["last"]),
        "currentProjectMeta": {},
        "userAgent": None,
    }


def _project(store: Store, row: sqlite3.Row, version: str) -> dict[str, Any]:
    return {
        "id": row["id"],
        "slug": row["slug"],
        "name": row["name"],
        "platform": row["platform"],
        "platforms": [row["platform"]] if row["platform"] else [],
        "hasHealthData": False,
        "newGroups": store.count(
            "issue", equal("project_id", row["id"]) & equal("release", version)
        ),
    }


def _parts(version: str) -> dict[str, Any]:
    # The package loads a large library, which is needed only once there is a release.
    relay = importlib.import_module("sentry_relay.processing")
    found = relay.parse_release(version)
    known = found["version_parsed"] or {}
    numbers = {shown: known.get(name) for shown, name in NUMBERS.items()}
    return {
        "package": found["package"],
        "version": {"raw": found["version_raw"]} | (numbers if known else {}),
        "description": found["description"],
        "buildHash": found["build_hash"],
    }


def _authors(commits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {one["author"]["email"]: one["author"] for one in commits if one["author"]}
    return list(known.values())


def deploy(row: sqlite3.Row) -> dict[str, Any]:
    """Build a deploy of a release."""
    return {
        "id": str(row["id"]),
        "environment": row["environment"],
        "dateStarted": times.iso(row["started"]),
        "dateFinished": times.iso(row["finished"]),
        "name": row["name"],
        "url": row["url"],
    }
