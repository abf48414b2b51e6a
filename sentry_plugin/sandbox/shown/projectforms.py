"""Projects as Sentry's web API shows them: in lists, in detail, and within a team.

Changes nothing and answers no request.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept import releases

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.sandbox import Sandbox

# Fields that a project has within a team, but not in a list of projects.
SHORT_FORM_ONLY = ("isInternal", "isPublic", "avatar", "color", "status")
TEAMS_OF_PROJECTS = "project_team JOIN team ON team.id = team_id"
PROJECTS_OF_TEAMS = "project_team JOIN project ON project.id = project_id"
DEPLOYS_OF_PROJECTS = "release_project JOIN deploy USING (version)"
# The settings of every project; they cannot be changed here.
SETTINGS: dict[str, Any] = {
    "options": {},
    "digestsMinDelay": 300,
    "digestsMaxDelay": 1800,
    "subjectPrefix": "",
    "allowedDomains": ["*"],
    "resolveAge": 0,
    "dataScrubber": True,
    "dataScrubberDefaults": True,
    "safeFields": [],
    "storeCrashReports": None,
    "sensitiveFields": [],
    "subjectTemplate": "$shortID - $title",
    "securityToken": "",
    "securityTokenHeader": None,
    "verifySSL": False,
    "scrubIPAddresses": False,
    "scrapeJavaScript": True,
    "enableAutoReleaseCreation": True,
    "highlightTags": [],
    "highlightContext": {},
    "highlightPreset": {"tags": [], "context": {}},
    "groupingConfig": "sandbox",
    "derivedGroupingEnhancements": "",
    "groupingEnhancements": "",
    "secondaryGroupingExpiry": 0,
    "secondaryGroupingConfig": None,
    "fingerprintingRules": "",
    "processingIssues": 0,
    "defaultEnvironment": None,
    "relayPiiConfig": None,
    "builtinSymbolSources": [],
    "dynamicSamplingBiases": None,
    "symbolSources": "[]",
    "isDynamicallySampled": False,
    "tempestFetchScreenshots": False,
    "autofixAutomationTuning": "off",
    "seerScannerAutomation": False,
    "seerNightshiftTweaks": None,
    "scmSourceContextEnabled": False,
    "debugFilesRole": None,
}


def core(row: sqlite3.Row) -> dict[str, Any]:
    """Build the fields that a project has within a team."""
    return {
        "id": str(row["id"]),
        "slug": row["slug"],
        "name": row["name"],
        "platform": row["platform"],
        "firstEvent": times.iso(row["first_event"]),
        **orjson.loads(row["body"]),
    }


def of_list(sandbox: Sandbox, rows: Iterable[sqlite3.Row]) -> list[dict[str, Any]]:
    """Build projects as they are in lists."""
    rows = list(rows)
    ids = [row["id"] for row in rows]
    teams = sandbox.store.by_key(TEAMS_OF_PROJECTS, "project_id", "id, slug, name", ids)
    names = sandbox.store.by_key("environment", "project_id", "name", ids)
    deploys = sandbox.store.by_key(DEPLOYS_OF_PROJECTS, "project_id", "deploy.*", ids)
    found = []
    for row in rows:
        number = row["id"]
        form = {name: value for name, value in core(row).items() if name not in SHORT_FORM_ONLY}
        version = releases.latest(sandbox.store, number)
        found.append(
            form
            | _teams_of(teams[number])
            | {
                "platforms": [row["platform"]] if row["platform"] else [],
                "hasUserReports": False,
                "environments": [name["name"] for name in names[number]],
                "latestRelease": {"version": version} if version else None,
                "latestDeploys": _latest(deploys[number]),
            }
        )
    return found


def _latest(deploys: list[sqlite3.Row]) -> dict[str, Any] | None:
    """Return the last deploy to each environment; None if there was none."""
    ordered = sorted(deploys, key=lambda row: (row["finished"], row["id"]))
    return {
        row["environment"]: {
            "version": row["version"],
            "dateFinished": times.iso(row["finished"]),
        }
        for row in ordered
    } or None


def _teams_of(rows: list[sqlite3.Row]) -> dict[str, Any]:
    teams = [{"id": str(row["id"]), "slug": row["slug"], "name": row["name"]} for row in rows]
    return {"team": teams[0] if teams else None, "teams": teams}


def whole(sandbox: Sandbox, row: sqlite3.Row, organization: dict[str, Any]) -> dict[str, Any]:
    """Build a project with its settings."""
    form = of_list(sandbox, [row])[0]
    return core(row) | form | SETTINGS | {"organization": organization}


def of_teams(sandbox: Sandbox, ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """Build the projects of each team, by the team's id."""
    found = sandbox.store.by_key(PROJECTS_OF_TEAMS, "team_id", "project.*", ids)
    return {number: [core(row) for row in rows] for number, rows in found.items()}
