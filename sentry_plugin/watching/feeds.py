"""The lists of Sentry that are watched: of issues, and of events. Asks for nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sentry_plugin import references
from sentry_plugin.errors import InputError
from sentry_plugin.routes import Route, organization_route, path, project_issue_routes
from sentry_plugin.watching.occurrences import moment
from sentry_plugin.watching.sweep import Feed

if TYPE_CHECKING:
    from sentry_plugin.client import SentryClient
    from sentry_plugin.pages import Page

Params = Mapping[str, Any]


def of_issues(client: SentryClient, params: Params) -> list[Feed]:
    """Give the lists of issues: of each project named, or else of the organization.

    https://docs.sentry.io/api/events/list-an-organizations-issues/
    """
    slug = organization(client, params)
    terms = [params.get("query", ""), f"level:{params['level']}" if "level" in params else ""]
    # Always sent: without one, Sentry lists the unresolved issues only.
    query: dict[str, Any] = {"query": " ".join(filter(None, terms)), "sort": "date"}
    if environments := params.get("environments"):
        query["environment"] = environments
    if projects := params.get("projects"):
        routes = {each: project_issue_routes(slug, each, query) for each in projects}
    else:
        place = organization_route(slug).path + "issues/"
        routes = {"": [Route(place, {**query, "project": "-1"}, slug)]}
    # Another search is another list: what fits it now is not new.
    words = urlencode(query, doseq=True)
    return [
        _feed(client, f"issues:{slug}/{name}?{words}", each, "lastSeen")
        for name, each in routes.items()
    ]


def of_events(client: SentryClient, params: Params) -> list[Feed]:
    """Give the lists of events: of each issue and each project named.

    https://docs.sentry.io/api/events/list-a-projects-error-events/
    """
    query = {"full": "true"} if params.get("full") else {}
    feeds = []
    for issue in params.get("issues", ()):
        routes = references.routes(client, issue, "events/", params.get("organization", ""))
        asked = [each._replace(query=query) for each in routes]
        feeds.append(_feed(client, f"events:issue {issue}", asked, "dateCreated"))
    for project in params.get("projects", ()):
        slug = organization(client, params)
        place = path(
            "projects/{organization}/{project}/events/", organization=slug, project=project
        )
        route = Route(place, query, slug)
        name = f"events:{slug}/{project}"
        feeds.append(_feed(client, name, [route], "dateCreated"))
    if not feeds:
        raise InputError("The input names neither `issues` nor `projects`.")
    return feeds


def organization(client: SentryClient, params: Params) -> str:
    """Give the organization of the input, else that of the connection."""
    slug: str = params.get("organization") or client.organization
    if not slug:
        raise InputError(
            "No organization is named.",
            "Give the input's `organization`, or set that of the connection.",
        )
    return slug


def _feed(client: SentryClient, name: str, routes: Sequence[Route], when: str) -> Feed:
    def pages(cursor: str | None) -> Iterator[Page]:
        return client.pages(routes, "event:read", cursor=cursor)

    return Feed(name, pages, lambda item: moment(item.get(when)))
