"""Whether an issue is in the organization that was named, before a path without it changes one.

Such a path reaches the issues of all organizations of the token's user. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sentry_plugin import strictjson
from sentry_plugin.client.permalinks import organization_in
from sentry_plugin.client.routes import (
    Route,
    issue_routes,
    issues_by_number_route,
    project_route,
    with_query,
)
from sentry_plugin.errors import NotFound
from sentry_plugin.logs import printable

if TYPE_CHECKING:
    from sentry_plugin.client.makes import Make

READ = "event:read"


class Client(Protocol):
    """What asks a server."""

    @property
    def make(self) -> Make:
        """The make of the server, which any answer may tell."""

    def get(self, routes: Sequence[Route], scope: str = "") -> Any:
        """Fetch a document."""


def check(client: Client, organization: str, number: str) -> None:
    """Raise NotFound unless the server shows that the issue is in the organization."""
    if not _is_in(client, organization, number):
        raise NotFound(
            f"The issue {number} was not changed: the server does not show it as one of the "
            f"organization {printable(organization)}.",
            "Name the organization that has it, or correct the issue.",
        )


def _is_in(client: Client, organization: str, number: str) -> bool:
    if client.make.finds_by_id:
        return _is_listed(client, organization, number)
    *_, by_number = issue_routes(organization, number)
    issue = client.get([by_number], READ)
    if client.make.finds_by_id:
        return _is_listed(client, organization, number)
    if organization_in(strictjson.at(issue, "permalink")) == organization:
        return True
    return _has_project(client, organization, strictjson.at(issue, "project"))


def _is_listed(client: Client, organization: str, number: str) -> bool:
    routes = with_query([issues_by_number_route(organization, [number])], {"limit": "1"})
    listed = client.get(routes, READ)
    return isinstance(listed, list) and number in [strictjson.at(one, "id") for one in listed]


def _has_project(client: Client, organization: str, project: Any) -> bool:
    slug, number = strictjson.at(project, "slug"), strictjson.at(project, "id")
    if not (isinstance(slug, str) and number):
        return False
    try:
        found = client.get([project_route(organization, slug)], "project:read")
    except NotFound:
        return False
    return bool(strictjson.at(found, "id") == number)
