"""The endpoints of teams.

Changes nothing. The members and the projects of a team are listed by `members` and `projects`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from sentry_plugin.sandbox.kept.store import equal, in_subquery
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.responses import Response, as_json
from sentry_plugin.sandbox.shown import organizationforms, projectforms

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call


def of_organization(call: Call) -> Response:
    """List the organization's teams with their projects, unless `detailed=0`."""
    lookups.organization(call)
    page = pages.of_table(call, "team", lookups.name_filter(call, "slug", "name"))
    if call.first("detailed") == "0":
        return pages.listing(call, page, [orjson.loads(row["body"]) for row in page.rows])
    owned = projectforms.of_teams(call.sandbox, [row["id"] for row in page.rows])
    forms = [
        orjson.loads(row["body"]) | {"externalTeams": [], "projects": owned[row["id"]]}
        for row in page.rows
    ]
    return pages.listing(call, page, forms)


def of_project(call: Call) -> Response:
    """List the teams of a project."""
    ours = equal("project_id", lookups.project(call)["id"])
    where = in_subquery("id", "team_id", "project_team", ours)
    return pages.listing_of_json(call, pages.of_table(call, "team", where))


def show(call: Call) -> Response:
    """Show one team."""
    row = lookups.team(call)
    owner = organizationforms.form(call.sandbox, lookups.organization(call))
    return as_json(orjson.loads(row["body"]) | {"externalTeams": [], "organization": owner})
