"""The lists of issues and events that triggers and tasks watch. Requests them only when read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sentry_plugin.client import issueids
from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import (
    below_organization,
    below_project,
    project_issue_routes,
    with_query,
)
from sentry_plugin.errors import ApiError, InputError
from sentry_plugin.watching.occurrences import timestamp
from sentry_plugin.watching.scan import WatchedList

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.client.pages import Page
    from sentry_plugin.client.routes import Query, Route

Params = Mapping[str, Any]


def of_issues(client: SentryClient, params: Params) -> list[WatchedList]:
    """Return the lists of issues: of each named project, or else of the organization.

    https://docs.sentry.io/api/events/list-an-organizations-issues/
    """
    organization = organization_of(client, params)
    terms = [params.get("query", ""), f"level:{params['level']}" if "level" in params else ""]
    # Always sent: without a query, Sentry lists unresolved issues only.
    query: dict[str, Any] = {"query": " ".join(filter(None, terms))}
    # It sorts by the time of the last event, as all servers do that are not told an order.
    named = {**query, "sort": "date"}
    if environments := params.get("environments"):
        query["environment"] = named["environment"] = environments
    if projects := params.get("projects"):
        routes = {each: project_issue_routes(organization, each, query) for each in projects}
    else:
        routes = {"": [below_organization(organization, "issues/", {**query, "project": "-1"})]}
    # Another search has another name: issues that match it now are not new.
    words = urlencode(named, doseq=True)
    return [
        _watched(client, f"issues:{organization}/{name}?{words}", each, "lastSeen")
        for name, each in routes.items()
    ]


def of_events(client: SentryClient, params: Params) -> list[WatchedList]:
    """Return the lists of events: of each named issue and project.

    https://docs.sentry.io/api/events/list-a-projects-error-events/
    """
    query: Query = {"full": "true"} if params.get("full") else {}
    lists = []
    for issue in params.get("issue_ids", ()):
        routes = issueids.routes(client, issue, "events/", params.get("organization_slug", ""))
        name = f"events:issue {issue}"
        lists.append(_watched(client, name, with_query(routes, query), "dateCreated"))
    for project in params.get("projects", ()):
        organization = organization_of(client, params)
        route = below_project(organization, project, "events/", query)
        lists.append(_watched(client, f"events:{organization}/{project}", [route], "dateCreated"))
    if not lists:
        raise InputError("The input names neither `issue_ids` nor `projects`.")
    return lists


def _watched(client: SentryClient, name: str, routes: Sequence[Route], when: str) -> WatchedList:
    def pages(cursor: str | None) -> Iterator[Page]:
        for page in client.pages(routes, "event:read", cursor=cursor):
            if not all(isinstance(each, dict) and "id" in each for each in page.items):
                raise ApiError("Sentry lists something else than issues or events.")
            yield page

    return WatchedList(name, pages, lambda item: timestamp(item.get(when)))
