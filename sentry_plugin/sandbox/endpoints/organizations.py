"""The endpoints of organizations, of which the sandbox has one.

Changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from sentry_plugin.sandbox.kept.store import ALL
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.responses import Response, as_json
from sentry_plugin.sandbox.shown import organizationforms, projectforms

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call


def listed(call: Call) -> Response:
    """List the organizations."""
    page = pages.of_table(call, "organization", ALL)
    return pages.listing(
        call, page, [organizationforms.form(call.sandbox, row) for row in page.rows]
    )


def show(call: Call) -> Response:
    """Show the organization, with its teams and projects unless `detailed=0`."""
    form = organizationforms.form(call.sandbox, lookups.organization(call))
    if call.first("detailed") != "0":
        store = call.sandbox.store
        form["teams"] = [orjson.loads(row[0]) for row in store.rows("SELECT body FROM team")]
        form["projects"] = [projectforms.core(row) for row in store.rows("SELECT * FROM project")]
    return as_json(form)
