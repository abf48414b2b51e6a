"""The endpoints of projects.

Changes nothing. What a project looks like lies in `projectforms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox.kept.store import ALL, Where, among, equal
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.answers import Answer, as_json
from sentry_plugin.sandbox.shown import organizationforms, projectforms

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call


def of_organization(call: Call) -> Answer:
    """List the organization's projects."""
    lookups.organization(call)
    if call.flag("all_projects"):
        return as_json(projectforms.of_list(call.sandbox, call.sandbox.store.select("project")))
    return _page(call, lookups.name_has(call, "slug", "name"))


def _page(call: Call, where: Where) -> Answer:
    page = pages.of_table(call, "project", where)
    return pages.listing(call, page, projectforms.of_list(call.sandbox, page.rows))


def listed(call: Call) -> Answer:
    """List all projects that the token may see, by the path of older servers."""
    page = pages.of_table(call, "project", ALL)
    owner = organizationforms.form(call.sandbox, call.sandbox.store.select("organization")[0])
    return pages.listing(
        call, page, [projectforms.core(row) | {"organization": owner} for row in page.rows]
    )


def of_team(call: Call) -> Answer:
    """List the projects of a team."""
    ours = equal("team_id", lookups.team(call)["id"])
    return _page(call, among("id", "project_id", "project_team", ours))


def show(call: Call) -> Answer:
    """Show one project."""
    row = lookups.project(call)
    owner = organizationforms.form(call.sandbox, lookups.organization(call))
    return as_json(projectforms.whole(call.sandbox, row, owner))
