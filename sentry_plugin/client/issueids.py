"""What a user gives as `issue_id`: a number, a short ID, or a link copied from the browser.

Only the organization and the issue are taken from a link. No request goes to another host than the
connection's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from sentry_plugin import strictjson
from sentry_plugin.address import Origin, origin_of
from sentry_plugin.client.permalinks import SAAS, organization_in, subdomain
from sentry_plugin.client.routes import (
    Route,
    absent_issue,
    below_organization,
    issue_routes,
    organization_route,
    path,
)
from sentry_plugin.errors import ApiError, InputError, NotFound, Unsupported

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.client.routes import Query

SCOPE = "event:read"
MOST_LISTED = 1000
"""Issues among which one is looked for by its short ID, where the server cannot do that."""
_NUMBER = re.compile(r"[0-9]{1,19}")
_SHORT_ID = re.compile(r"[A-Z0-9_.-]{1,100}-[A-Z0-9]{1,20}", re.IGNORECASE | re.ASCII)
# Old servers name organization and project, and GlitchTip the project alone; a custom integration's
# messages name the API.
_ISSUE_PAGE = re.compile(
    r"(?:api/0/)?(?:organizations/([^/]+)/|([^/]+)/[^/]+/|[^/]+/)?issues/([^/]+)(?:/.*)?", re.DOTALL
)
# The issue is in the query, behind its project: feedbackSlug=web:3.
_FEEDBACK_PAGE = re.compile(r"(?:organizations/([^/]+)/)?(?:issues/)?feedback/?")
_AROUND = " \t\r\n<>\"'`"
_FORMS = (
    "Give its number, its short ID such as BACKEND-1A, or the address of its page as copied from "
    "the browser."
)


class Reference(NamedTuple):
    """An issue, as the user named it."""

    issue: str
    """Its number or its short ID."""
    organization: str = ""
    """The organization in a link; empty if there is none."""


def routes(
    client: SentryClient,
    issue_id: str,
    below: str = "",
    organization: str = "",
    *,
    scope: str = SCOPE,
) -> list[Route]:
    """Return the routes to the path *below* an issue.

    The organization is the link's, else *organization*, else the connection's. *scope* is what the
    token needs, for the error if it may not look up a short ID.
    """
    found = parse(issue_id, client.url)
    organization = found.organization or organization or client.organization
    return issue_routes(organization, _number(client, found.issue, organization, scope), below)


def number(client: SentryClient, issue_id: str, organization: str = "") -> str:
    """Return the number of an issue; only a short ID is looked up."""
    found = parse(issue_id, client.url)
    organization = found.organization or organization or client.organization
    return _number(client, found.issue, organization, SCOPE)


def organization_of_issue(client: SentryClient, issue_id: str, permalink: Any) -> str:
    """Return the organization as `routes` does, else that of the issue's *permalink*."""
    known = parse(issue_id, client.url).organization or client.organization
    return known or organization_in(permalink)


def parse(text: str, url: str) -> Reference:
    """Parse what a user gave; a link has to be one of the Sentry whose API is at *url*. Pure."""
    given = text.strip().strip(_AROUND).partition("|")[0].strip()
    if "/" in given:
        return _of_link(given if "://" in given else f"https://{given}", url)
    if _is_issue(given):
        return Reference(given.upper())
    raise InputError("The input's `issue_id` names no issue.", _FORMS)


def _is_issue(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text) or _SHORT_ID.fullmatch(text))


def _of_link(link: str, url: str) -> Reference:
    try:
        there, ours = origin_of(link), origin_of(url)
    except ValueError as error:
        raise InputError(f"The input's `issue_id` is no valid address: {error}.", _FORMS) from error
    parts, prefix = urlsplit(link), urlsplit(url).path.removesuffix("api/0/")
    if _server(there) != _server(ours) or not parts.path.startswith(prefix):
        raise InputError(
            f"The input's `issue_id` is an address of {there.name}, which is not the connection's "
            f"Sentry, {ours.name}{prefix}.",
            "Use a connection to that Sentry, or give the address of an issue of this one.",
        )
    organization, issue = _page(parts.path.removeprefix(prefix), parts.query)
    if not _is_issue(issue):
        raise InputError(
            "The input's `issue_id` is an address, but not that of an issue.",
            "Open the issue in the browser and copy the address of its page, such as "
            "https://sentry.io/organizations/ORGANIZATION/issues/123/.",
        )
    return Reference(issue.upper(), unquote(organization or subdomain(there.host)))


def _server(there: Origin) -> tuple[str, int | None]:
    """Return what all URLs of one Sentry share, with TLS or without."""
    return "sentry.io" if SAAS.fullmatch(there.host) else there.host, there.port


def _page(below: str, query: str) -> tuple[str, str]:
    """Return the organization and the issue of a page, each empty if it is not named."""
    if page := _FEEDBACK_PAGE.fullmatch(below):
        slug = parse_qs(query).get("feedbackSlug", [""])[-1]
        return page[1] or "", slug.rpartition(":")[2]
    page = _ISSUE_PAGE.fullmatch(below)
    return (page[1] or page[2] or "", page[3]) if page else ("", "")


def _number(client: SentryClient, issue: str, organization: str, scope: str) -> str:
    if _NUMBER.fullmatch(issue):
        return issue
    if not organization:
        raise InputError(
            f"The short ID {issue} needs an organization.",
            "Set the connection's `organization`, or give the issue's number or its address.",
        )
    below = organization_route(organization).path + path("shortids/{issue_id}/", issue_id=issue)
    route = Route(below, organization=organization, absent=absent_issue(organization, issue))
    try:
        found = client.get([route], scope)
    except ApiError as error:
        if not (error.lacks_route or isinstance(error, Unsupported)):
            raise
        return _listed(client, issue, organization, error)
    group = strictjson.at(found, "groupId")
    if not (isinstance(group, str) and _NUMBER.fullmatch(group)):
        raise ApiError(
            f"The answer for the short ID {issue} names no issue.", "Give the issue's number."
        )
    return group


def _listed(client: SentryClient, issue: str, organization: str, error: ApiError) -> str:
    """Return the number of an issue of which a list tells the short ID; *error*: why it is used."""
    words = f"This server has no way to find an issue by its short ID {issue}"
    if not client.make.finds_by_id:
        raise Unsupported(f"{words}. {error.cause}", "Give its number or its address.") from error
    # The only order in which no issue moves while the list is read.
    query: Query = {"query": "", "sort": "new"}
    route, read = below_organization(organization, "issues/", query), 0
    for page in client.pages([route], SCOPE, limit=MOST_LISTED):
        read += len(page.items)
        for one in page.items:
            if strictjson.at(one, "shortId") == issue:
                return str(one["id"])
    if read < MOST_LISTED:
        raise NotFound(f"No issue has the short ID {issue}.", absent_issue(organization, issue))
    raise Unsupported(
        f"{words}, and it is none of the newest {MOST_LISTED} issues.",
        "Give its number or its address.",
    ) from error
