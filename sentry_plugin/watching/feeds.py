"""The lists of Sentry that are watched: of issues, and of events. Asks for nothing by itself."""

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
from sentry_plugin.watching.occurrences import moment
from sentry_plugin.watching.sweep import Feed

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.client.pages import Page
    from sentry_plugin.client.routes import Query, Route

Params = Mapping[str, Any]


def of_issues(client: SentryClient, params: Params) -> list[Feed]:
    """Give the lists of issues: of each project named, or else of the organization.

    https://docs.sentry.io/api/events/list-an-organizations-issues/
    """
    organization = organization_of(client, params)
    terms = [params.get("query", ""), f"level:{params['level']}" if "level" in params else ""]
    # Always sent: without one, Sentry lists the unresolved issues only.
    query: dict[str, Any] = {"query": " ".join(filter(None, terms)), "sort": "date"}
    if environments := params.get("environments"):
        query["environment"] = environments
    if projects := params.get("projects"):
        routes = {each: project_issue_routes(organization, each, query) for each in projects}
    else:
        routes = {"": [below_organization(organization, "issues/", {**query, "project": "-1"})]}
    # Another search is another list: what fits it now is not new.
    words = urlencode(query, doseq=True)
    return [
        _feed(client, f"issues:{organization}/{name}?{words}", each, "lastSeen")
        for name, each in routes.items()
    ]


def of_events(client: SentryClient, params: Params) -> list[Feed]:
    """Give the lists of events: of each issue and each project named.

    https://docs.sentry.io/api/events/list-a-projects-error-events/
    """
    query: Query = {"full": "true"} if params.get("full") else {}
    feeds = []
    for issue in params.get("issue_ids", ()):
        routes = issueids.routes(client, issue, "events/", params.get("organization_slug", ""))
        name = f"events:issue {issue}"
        feeds.append(_feed(client, name, with_query(routes, query), "dateCreated"))
    for project in params.get("projects", ()):
        organization = organization_of(client, params)
        route = below_project(organization, project, "events/", query)
        feeds.append(_feed(client, f"events:{organization}/{project}", [route], "dateCreated"))
    if not feeds:
        raise InputError("The input names neither `issue_ids` nor `projects`.")
    return feeds


def _feed(client: SentryClient, name: str, routes: Sequence[Route], when: str) -> Feed:
    def pages(cursor: str | None) -> Iterator[Page]:
        for page in client.pages(routes, "event:read", cursor=cursor):
            if not all(isinstance(each, dict) and "id" in each for each in page.items):
                raise ApiError("Sentry lists something else than issues or events.")
            yield page

    return Feed(name, pages, lambda item: moment(item.get(when)))
