"""The endpoints of members: of the organization, of a team, and of a project.

Adds none: `control` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from sentry_plugin.sandbox.kept.store import ALL, NONE, Where, equal, in_subquery, one_of
from sentry_plugin.sandbox.made_up import people, sizes
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.responses import Response, as_json, refuse_missing
from sentry_plugin.sandbox.rules import search

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call

# The keys that members can be searched by, with their columns.
SEARCHED = {
    "email": "email",
    "id": "CAST(id AS TEXT)",
    "user.id": "CAST(user_id AS TEXT)",
    "role": "json_extract(body, '$.orgRole')",
    "isInvited": "iif(user_id IS NULL, 'true', 'false')",
}
MEMBERSHIPS = "team_member JOIN project_team USING (team_id)"


def of_organization(call: Call) -> Response:
    """List the organization's members and invitations."""
    lookups.organization(call)
    terms, text = search.parsed(call.first("query") or "")
    where = Where("instr(email, ?) OR instr(name, ?)", (text, text)) if text else ALL
    for term in terms:
        column = SEARCHED.get(term.key)
        where &= one_of(column, term.words()) if column else NONE
    return pages.listing_of_json(call, pages.of_table(call, "member", where))


def show(call: Call) -> Response:
    """Show one member with their teams."""
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


def of_team(call: Call) -> Response:
    """List the members of a team, with their roles in it."""
    row = lookups.team(call)
    table = "team_member JOIN member ON member.id = member_id"
    page = pages.of_table(call, table, equal("team_id", row["id"]))
    forms = [
        orjson.loads(member["body"]) | {"teamRole": member["role"], "teamSlug": row["slug"]}
        for member in page.rows
    ]
    return pages.listing(call, page, forms)


def of_project(call: Call) -> Response:
    """List the members of the teams of a project; this list has no pages."""
    ours = equal("project_id", lookups.project(call)["id"])
    where = in_subquery("id", "member_id", MEMBERSHIPS, ours) & Where("user_id IS NOT NULL")
    rows = call.sandbox.store.select("member", where, columns="body")
    return Response(200, b"[" + b",".join(row[0] for row in rows) + b"]")


def who_can_sign_in(call: Call) -> Response:
    """List the members who are not invitations, with their projects; this list has no pages."""
    lookups.organization(call)
    store = call.sandbox.store
    where = Where("user_id IS NOT NULL")
    if wanted := lookups.wanted_projects(call):
        where &= in_subquery("id", "member_id", MEMBERSHIPS, one_of("project_id", wanted))
    rows = store.select("member", where, order="email")
    table = f"{MEMBERSHIPS} JOIN project ON project.id = project_id"
    found = store.by_key(table, "member_id", "slug", [row["id"] for row in rows])
    return as_json(
        [
            orjson.loads(row["body"])
            | {"projects": sorted({project["slug"] for project in found[row["id"]]})}
            for row in rows
        ]
    )
