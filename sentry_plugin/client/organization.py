"""The organization and the projects that an input names.

Requests nothing but the numbers of projects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sentry_plugin.client.routes import project_route
from sentry_plugin.errors import ApiError, Forbidden, InputError

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.client.routes import Query, Route

_NUMBER = re.compile(r"-?[0-9]{1,19}")


def organization_of(client: SentryClient, params: Mapping[str, Any]) -> str:
    """Return the organization of the input, else of the connection; InputError without either."""
    organization: str = params.get("organization_slug") or client.organization
    if not organization:
        raise InputError(
            "Neither the input's `organization_slug` nor the connection's `organization` is given.",
            "Give one of the two.",
        )
    return organization


def projects_of(client: SentryClient, organization: str, params: Mapping[str, Any]) -> Query:
    """Return the query for the projects that the input names by number or slug; -1 means all.

    Slugs are turned into numbers, because only newer servers filter by slug. If the token may not
    read a project, its slug is sent.
    """
    names: list[str] = params.get("projects", [])
    # All routes first: what is no slug is refused before any request.
    found = {
        each: project_route(organization, each) for each in names if not _NUMBER.fullmatch(each)
    }
    numbers = [_number(client, each, found[each]) if each in found else each for each in names]
    return {"project": numbers} if numbers else {}


def _number(client: SentryClient, slug: str, route: Route) -> str:
    try:
        project = client.get_object([route], "project:read")
    except Forbidden:
        return slug
    number = project.get("id")
    if not (isinstance(number, str) and _NUMBER.fullmatch(number)):
        raise ApiError("The answer for a project has no ID.", "Give the project's number.")
    return number
