"""Whose things a step is about: the organization and the projects that its input names.

Asks for no thing itself, only for the numbers of projects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sentry_plugin.client.routes import project_route
from sentry_plugin.errors import ApiError, Forbidden, InputError

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.client.parameters import Query
    from sentry_plugin.client.routes import Route

_NUMBER = re.compile(r"-?[0-9]{1,19}")


def organization_of(client: SentryClient, params: Mapping[str, Any]) -> str:
    """Give the organization that the input names, or else the connection."""
    organization: str = params.get("organization_slug") or client.organization
    if not organization:
        raise InputError(
            "Neither the input's `organization_slug` nor the connection's `organization` is given.",
            "Give one of the two.",
        )
    return organization


def projects_of(client: SentryClient, organization: str, params: Mapping[str, Any]) -> Query:
    """Give the parameter for the projects that the input names by number or slug; -1 is all.

    Only newer servers filter by slug. A token that may not read projects leaves it to the server.
    """
    names: list[str] = params.get("projects", [])
    # All ways first: what is no slug is refused before anything is asked.
    ways = {
        each: project_route(organization, each) for each in names if not _NUMBER.fullmatch(each)
    }
    numbers = [_number(client, each, ways[each]) if each in ways else each for each in names]
    return {"project": numbers} if numbers else {}


def _number(client: SentryClient, slug: str, way: Route) -> str:
    try:
        project = client.get_object([way], "project:read")
    except Forbidden:
        return slug
    number = project.get("id")
    if not (isinstance(number, str) and _NUMBER.fullmatch(number)):
        raise ApiError("The answer for a project has no ID.", "Give the project's number.")
    return number
