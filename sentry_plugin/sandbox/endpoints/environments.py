"""The endpoints of environments.

Makes none: events and deploys do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.sandbox.kept.store import ALL, Where, equal
from sentry_plugin.sandbox.messages import lookups
from sentry_plugin.sandbox.messages.responses import Response, as_json

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call


def of_organization(call: Call) -> Response:
    """List the environments of the organization."""
    lookups.organization(call)
    return as_json(_listed(call, ALL))


def of_project(call: Call) -> Response:
    """List the environments of a project."""
    ours = equal("project_id", lookups.project(call)["id"])
    return as_json([form | {"isHidden": False} for form in _listed(call, ours)])


def _listed(call: Call, where: Where) -> list[dict[str, Any]]:
    columns = "DISTINCT name"
    rows = call.sandbox.store.select("environment", where, columns=columns, order="name")
    return [{"id": str(place), "name": row["name"]} for place, row in enumerate(rows, 1)]
