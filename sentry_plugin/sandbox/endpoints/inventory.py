"""The endpoints of everything that is no issue and no event.

Organizations, projects, teams, members, keys, repositories. Makes none up: that is `profiles`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.endpoints import issues
from sentry_plugin.sandbox.kept.store import ALL, NONE, Where, among, equal, within
from sentry_plugin.sandbox.made_up import people, sizes
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.answers import Answer, as_json, refuse_missing
from sentry_plugin.sandbox.rules import search
from sentry_plugin.sandbox.shown import issueforms, releaseforms

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.messages.call import Call
    from sentry_plugin.sandbox.sandbox import Sandbox

# Fields of a project that its short form within a team has, and its form in a list has not.
INNER = ("isInternal", "isPublic", "avatar", "color", "status")
# What members are searched by, besides a part of their names.
OF_MEMBER = {
    "email": "email",
    "id": "CAST(id AS TEXT)",
    "user.id": "CAST(user_id AS TEXT)",
    "role": "json_extract(body, '$.orgRole')",
    "isInvited": "iif(user_id IS NULL, 'true', 'false')",
}
OWNERS = "project_team JOIN team ON team.id = team_id"
MEMBERSHIPS = "team_member JOIN project_team USING (team_id)"
OWNED = "project_team JOIN project ON project.id = project_id"


def index(call: Call) -> Answer:
    """Tell the API's version, and who asks."""
    token = call.token
    who = issueforms.user(call.sandbox) if token else None
    auth = {"scopes": list(token.scopes)} if token else None
    return as_json({"version": "0", "auth": auth, "user": who})


def organizations(call: Call) -> Answer:
    """List the organizations."""
    page = pages.of_table(call, "organization", ALL)
    return pages.listing(call, page, [_organization(call, row) for row in page.rows])


def organization(call: Call) -> Answer:
    """Show the organization, with its teams and projects unless `detailed=0`."""
    form = _organization(call, lookups.organization(call))
    if call.first("detailed") != "0":
        store = call.sandbox.store
        form["teams"] = [orjson.loads(row[0]) for row in store.rows("SELECT body FROM team")]
        form["projects"] = [core(row) for row in store.rows("SELECT * FROM project")]
    return as_json(form)


def _organization(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    base = call.sandbox.base_url
    links = {"organizationUrl": f"{base}/organizations/{row['slug']}", "regionUrl": base}
    form: dict[str, Any] = orjson.loads(row["body"])
    return form | {"links": links}


def _named(call: Call, *columns: str) -> Where:
    """Give the condition for the list's `query`: a part of a name."""
    query = call.first("query")
    sql = " OR ".join(f"instr({column}, ?)" for column in columns)
    return Where(sql, (query,) * len(columns)) if query else ALL


def projects(call: Call) -> Answer:
    """List the organization's projects."""
    lookups.organization(call)
    if call.flag("all_projects"):
        return as_json(_projects(call.sandbox, call.sandbox.store.select("project")))
    return _projects_page(call, _named(call, "slug", "name"))


def _projects_page(call: Call, where: Where) -> Answer:
    page = pages.of_table(call, "project", where)
    return pages.listing(call, page, _projects(call.sandbox, page.rows))


def all_projects(call: Call) -> Answer:
    """List all projects that the token may see, by the path of older servers."""
    page = pages.of_table(call, "project", ALL)
    owner = _organization(call, call.sandbox.store.select("organization")[0])
    return pages.listing(call, page, [core(row) | {"organization": owner} for row in page.rows])


def core(row: sqlite3.Row) -> dict[str, Any]:
    """Give what every form of a project has."""
    return {
        "id": str(row["id"]),
        "slug": row["slug"],
        "name": row["name"],
        "platform": row["platform"],
        "firstEvent": times.iso(row["first_event"]),
        **orjson.loads(row["body"]),
    }


def _grouped(
    sandbox: Sandbox, table: str, key: str, columns: str, ids: list[int]
) -> dict[int, list[sqlite3.Row]]:
    """Give rows by their key."""
    found: dict[int, list[sqlite3.Row]] = {number: [] for number in ids}
    picked = f"{key}, {columns}"
    for row in sandbox.store.select(table, within(key, ids), columns=picked, order=key):
        found[row[0]].append(row)
    return found


def _projects(sandbox: Sandbox, rows: Iterable[sqlite3.Row]) -> list[dict[str, Any]]:
    rows = list(rows)
    ids = [row["id"] for row in rows]
    teams = _grouped(sandbox, OWNERS, "project_id", "id, slug, name", ids)
    names = _grouped(sandbox, "environment", "project_id", "name", ids)
    found = []
    for row in rows:
        number = row["id"]
        form = {name: value for name, value in core(row).items() if name not in INNER}
        version = releaseforms.latest(sandbox, number)
        found.append(
            form
            | _teams_of(teams[number])
            | {
                "platforms": [row["platform"]] if row["platform"] else [],
                "hasUserReports": False,
                "environments": [name["name"] for name in names[number]],
                "latestRelease": {"version": version} if version else None,
            }
        )
    return found


def _teams_of(rows: list[sqlite3.Row]) -> dict[str, Any]:
    teams = [{"id": str(row["id"]), "slug": row["slug"], "name": row["name"]} for row in rows]
    return {"team": teams[0] if teams else None, "teams": teams}


def project(call: Call) -> Answer:
    """Show one project."""
    row = lookups.project(call)
    form = _projects(call.sandbox, [row])[0]
    return as_json(
        core(row)
        | form
        | SETTINGS
        | {"organization": _organization(call, lookups.organization(call))}
    )


# What a project of today's Sentry has besides; the sandbox knows no other settings.
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


def project_teams(call: Call) -> Answer:
    """List the teams of a project."""
    ours = equal("project_id", lookups.project(call)["id"])
    where = among("id", "team_id", "project_team", ours)
    return pages.listing_of_texts(call, pages.of_table(call, "team", where))


def environments(call: Call) -> Answer:
    """List the environments that events named."""
    lookups.organization(call)
    return as_json(_environments(call, ALL))


def project_environments(call: Call) -> Answer:
    """List the environments that events of a project named."""
    ours = equal("project_id", lookups.project(call)["id"])
    return as_json([form | {"isHidden": False} for form in _environments(call, ours)])


def _environments(call: Call, where: Where) -> list[dict[str, Any]]:
    columns = "DISTINCT name"
    rows = call.sandbox.store.select("environment", where, columns=columns, order="name")
    return [{"id": str(place), "name": row["name"]} for place, row in enumerate(rows, 1)]


def teams(call: Call) -> Answer:
    """List the organization's teams with their projects, unless `detailed=0`."""
    lookups.organization(call)
    page = pages.of_table(call, "team", _named(call, "slug", "name"))
    if call.first("detailed") == "0":
        return pages.listing(call, page, [orjson.loads(row["body"]) for row in page.rows])
    owned = _owned(call.sandbox, [row["id"] for row in page.rows])
    forms = [
        orjson.loads(row["body"]) | {"externalTeams": [], "projects": owned[row["id"]]}
        for row in page.rows
    ]
    return pages.listing(call, page, forms)


def _owned(sandbox: Sandbox, ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    found = _grouped(sandbox, OWNED, "team_id", "project.*", ids)
    return {number: [core(row) for row in rows] for number, rows in found.items()}


def team(call: Call) -> Answer:
    """Show one team."""
    row = lookups.team(call)
    owner = _organization(call, lookups.organization(call))
    return as_json(orjson.loads(row["body"]) | {"externalTeams": [], "organization": owner})


def team_members(call: Call) -> Answer:
    """List the members of a team, with their roles in it."""
    row = lookups.team(call)
    table = "team_member JOIN member ON member.id = member_id"
    page = pages.of_table(call, table, equal("team_id", row["id"]))
    forms = [
        orjson.loads(member["body"]) | {"teamRole": member["role"], "teamSlug": row["slug"]}
        for member in page.rows
    ]
    return pages.listing(call, page, forms)


def team_projects(call: Call) -> Answer:
    """List the projects of a team."""
    ours = equal("team_id", lookups.team(call)["id"])
    return _projects_page(call, among("id", "project_id", "project_team", ours))


def members(call: Call) -> Answer:
    """List the organization's members and invitations."""
    lookups.organization(call)
    terms, text = search.parts(call.first("query") or "")
    where = Where("instr(email, ?) OR instr(name, ?)", (text, text)) if text else ALL
    for term in terms:
        column = OF_MEMBER.get(term.key)
        where &= within(column, term.words()) if column else NONE
    return pages.listing_of_texts(call, pages.of_table(call, "member", where))


def member(call: Call) -> Answer:
    """Show one member with the teams they are in."""
    lookups.organization(call)
    store, wanted = call.sandbox.store, call.params["member"]
    number = sizes.FIRST_MEMBER_ID if wanted == "me" else lookups.number_of(wanted)
    row = store.first("member", equal("id", number)) or refuse_missing()
    table = "team_member JOIN team ON team.id = team_id"
    found = store.select(table, equal("member_id", number), order="slug")
    return as_json(
        orjson.loads(row["body"])
        | {
            "teams": [team["slug"] for team in found],
            "teamRoles": [{"teamSlug": team["slug"], "role": team["role"]} for team in found],
            "invite_link": None,
            "isOnlyOwner": False,
            "orgRoleList": people.role_list(),
            "teamRoleList": people.team_role_list(),
        }
    )


def project_members(call: Call) -> Answer:
    """List the members of the teams of a project; this list has no pages."""
    ours = equal("project_id", lookups.project(call)["id"])
    where = among("id", "member_id", MEMBERSHIPS, ours) & Where("user_id IS NOT NULL")
    rows = call.sandbox.store.select("member", where, columns="body")
    return Answer(200, b"[" + b",".join(row[0] for row in rows) + b"]")


def users(call: Call) -> Answer:
    """List the members who can sign in, with their projects; this list has no pages."""
    lookups.organization(call)
    store = call.sandbox.store
    where = Where("user_id IS NOT NULL")
    if wanted := issues.projects(call):
        where &= among("id", "member_id", MEMBERSHIPS, within("project_id", wanted))
    rows = store.select("member", where, order="email")
    table = f"{MEMBERSHIPS} JOIN project ON project.id = project_id"
    found = _grouped(call.sandbox, table, "member_id", "slug", [row["id"] for row in rows])
    return as_json(
        [
            orjson.loads(row["body"])
            | {"projects": sorted({project["slug"] for project in found[row["id"]]})}
            for row in rows
        ]
    )


def repositories(call: Call) -> Answer:
    """List the repositories."""
    lookups.organization(call)
    where = _named(call, "name")
    return pages.listing_of_texts(call, pages.of_table(call, "repository", where))
