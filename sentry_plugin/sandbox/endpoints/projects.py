"""The endpoints of projects.

Changes nothing. What a project looks like is in `projectforms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox.kept.store import ALL, Where, equal, in_subquery
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.responses import Response, as_json
from sentry_plugin.sandbox.shown import organizationforms, projectforms

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call


def of_organization(call: Call) -> Response:
    """List the organization's projects."""
    lookups.organization(call)
    if call.flag("all_projects"):
        return as_json(projectforms.of_list(call.sandbox, call.sandbox.store.select("project")))
    return _page(call, lookups.name_filter(call, "slug", "name"))


def _page(call: Call, where: Where) -> Response:
    page = pages.of_table(call, "project", where)
    return pages.listing(call, page, projectforms.of_list(call.sandbox, page.rows))


def listed(call: Call) -> Response:
    """List all projects, by a path that names no organization."""
    page = pages.of_table(call, "project", ALL)
    owner = organizationforms.form(call.sandbox, call.sandbox.store.select("organization")[0])
    return pages.listing(
        call, page, [projectforms.core(row) | {"organization": owner} for row in page.rows]
    )


def of_team(call: Call) -> Response:
    """List the projects of a team."""
    ours = equal("team_id", lookups.team(call)["id"])
    return _page(call, in_subquery("id", "project_id", "project_team", ours))


def show(call: Call) -> Response:
    """Show one project."""
    row = lookups.project(call)
    owner = organizationforms.form(call.sandbox, lookups.organization(call))
    return as_json(projectforms.whole(call.sandbox, row, owner))
