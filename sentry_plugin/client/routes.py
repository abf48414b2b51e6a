"""Routes of Sentry's web API, each with alternatives for older servers. Pure.

What a user gives stays one segment of a path, whatever it holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from sentry_plugin.errors import InputError
from sentry_plugin.logs import printable

if TYPE_CHECKING:
    from sentry_plugin.transport.messages import Answer


REPLACED = "\N{REPLACEMENT CHARACTER}"
"""What stands for a lone surrogate in a message."""


Query = dict[str, str | list[str]]
"""Parameters of a URL; a list of values repeats the parameter."""


class Route(NamedTuple):
    """A path below the API's root, with its query."""

    path: str
    query: Mapping[str, str | list[str]] = {}
    organization: str = ""
    """The organization, if known: sentry.io keeps each in one region."""
    absent: str = ""
    """The assistance for an error that says that the thing does not exist."""
    is_raw: bool = False
    """Whether it is asked as it is, whatever the server, and its answer keeps its secrets."""
    sizes: tuple[str, ...] = ("limit",)
    """The parameters for the size of a page."""
    within: Route | None = None
    """What contains the list: where that exists, an empty list is one."""


# What ends a segment for a server or a proxy that decodes a URL once too often. No slug, ID or key
# of Sentry contains one of them.
_ENDS = re.compile(r"[/\\%;?#]")
_OFTEN = 3
"""How often a server may decode a path that it should decode once."""


def path(template: str, **segments: str) -> str:
    """Fill *segments* from a user into *template*, quoted; refuse one that could become several.

    It has to stay one segment however often a server decodes it, so it may hold no percent sign.
    """
    for name, text in segments.items():
        plain = _plain(text)
        if not plain.strip() or _ENDS.search(plain) or _is_step(plain) or _is_unwritable(text):
            raise InputError(
                f"`{name}` is empty, or holds what cannot be part of an address.",
                "Give the name alone: no slug, ID or key has a slash, a backslash or one of %;?#.",
            )
    return template.format(**{name: quote(text, safe="") for name, text in segments.items()})


def version_path(version: str) -> str:
    """Quote a release's version, which may hold more than other segments; add a slash.

    Sentry allows spaces, %, ?, # and ; in a version, and old servers slashes. So a server that
    decodes once too often may find another release, but nothing outside of releases.
    https://docs.sentry.io/product/releases/naming-releases/
    """
    read = [version]
    for _ in range(_OFTEN):
        read.append(unquote(read[-1]))
    parts = [part for each in read for part in re.split(r"[/\\]", _plain(each))]
    if not version or _is_unwritable(version) or any(map(_is_step, parts)):
        raise InputError("`version` is empty, or holds what cannot be part of an address.")
    return f"{quote(version, safe='')}/"


def _plain(text: str) -> str:
    """Return a text in the form that some servers read: a full-width slash is a slash."""
    return unicodedata.normalize("NFKC", text)


def _is_unwritable(text: str) -> bool:
    return not text.isprintable() or REPLACED in text


def _is_step(part: str) -> bool:
    """Tell whether a part of a path is . or .., also if ; ? or # follows, which some drop."""
    return re.split("[;?#]", part)[0].strip() in {".", ".."}


ROOT = Route("")


def organization_route(slug: str) -> Route:
    """Return the route to an organization: https://docs.sentry.io/api/organizations/ ."""
    return Route(path("organizations/{organization}/", organization=slug), organization=slug)


def issue_routes(organization: str, issue_id: str, below: str = "") -> list[Route]:
    """Return the routes to an issue: by its organization, if known, and the old one.

    https://docs.sentry.io/api/events/retrieve-an-issue/
    """
    old = path("issues/{issue_id}/", issue_id=issue_id)
    paths = [organization_route(organization).path + old, old] if organization else [old]
    absent = absent_issue(organization, issue_id)
    issues = [Route(each, organization=organization, absent=absent) for each in paths]
    return [each._replace(path=each.path + below, within=each) for each in issues]


def organization_issue_route(organization: str, issue_id: str) -> Route:
    """Return the route to an issue that Sentry before version 10 lacks."""
    return issue_routes(organization, issue_id)[0]


def event_routes(organization: str, issue_id: str, event_id: str) -> list[Route]:
    """Return the routes to an event of an issue.

    https://docs.sentry.io/api/events/retrieve-an-issue-event/
    """
    below = path("events/{event_id}/", event_id=event_id)
    absent = (
        f"The issue {printable(issue_id)} has no such event, was deleted, or is not what the token "
        "can see: List Issue Events lists the events that are kept."
    )
    return with_query(issue_routes(organization, issue_id, below), {}, absent)


def event_lookup_route(organization: str, event_id: str) -> Route:
    """Return the route to an event of which only the organization is known."""
    return below_organization(
        organization, path("eventids/{event_id}/", event_id=event_id)
    )._replace(
        absent=f"The organization {printable(organization)} has no such event, or keeps it no "
        "longer."
    )


def project_event_route(organization: str, project: str, event_id: str) -> Route:
    """Return the route to an event of a project."""
    below = path("events/{event_id}/", event_id=event_id)
    absent = (
        f"The project {printable(project)} has no such event, or keeps it no longer, or it is not "
        "what the token can see."
    )
    return below_project(organization, project, below)._replace(absent=absent)


def absent_issue(organization: str, issue_id: str) -> str:
    """Return the assistance for an issue that does not exist."""
    where = (
        f"the organization {printable(organization)}" if organization else "what the token can see"
    )
    return (
        f"The issue {printable(issue_id)} was deleted, or is not in {where}: open it in the "
        "browser, and copy the address of its page."
    )


def below_organization(organization: str, below: str, query: Query | None = None) -> Route:
    """Return the route to the path *below* an organization."""
    absent = (
        f"There is no organization {printable(organization)}, or the token is of another "
        "one. Give its slug, as in the address of its pages."
    )
    whole = organization_route(organization)._replace(absent=absent)
    return whole._replace(path=whole.path + below, query=query or {}, within=whole)


def issues_by_number_route(organization: str, numbers: Sequence[str]) -> Route:
    """Return the route to the list of some issues, for a server that finds issues by their ID."""
    return below_organization(organization, "issues/", {"id": [*numbers]})


def with_query(routes: Sequence[Route], query: Query, absent: str = "") -> list[Route]:
    """Return the routes with *query* added, and with another `absent` if given."""
    return [
        route._replace(query={**route.query, **query}, absent=absent or route.absent)
        for route in routes
    ]


def project_route(organization: str, project: str) -> Route:
    """Return the route to a project: https://docs.sentry.io/api/projects/ ."""
    slugs = {"organization_slug": organization, "project_slug": project}
    absent = (
        f"The organization {printable(organization)} has no project {printable(project)}, or the "
        "token is not of its team. Give a slug or an ID, as in the address of its pages."
    )
    place = path("projects/{organization_slug}/{project_slug}/", **slugs)
    return Route(place, organization=organization, absent=absent)


def below_project(organization: str, project: str, below: str, query: Query | None = None) -> Route:
    """Return the route to the path *below* a project."""
    route = project_route(organization, project)
    return route._replace(path=route.path + below, query=query or {}, within=route)


def project_issue_routes(
    organization: str,
    project: str,
    query: Query,
    span: Query | None = None,
) -> list[Route]:
    """Return the routes to a project's issues: the one that every server has, and its successor.

    Only the successor has parameters for a time range: *span*.
    https://docs.sentry.io/api/events/list-an-organizations-issues/
    """
    span = span or {}
    renamed = {"statsPeriod": "groupStatsPeriod"}
    narrowed = {renamed.get(name, name): value for name, value in query.items()}
    search = _searched(query, span) if span else query
    first = below_project(organization, project, "issues/", search)
    other = {**narrowed, **span, "project": project}
    second = below_organization(organization, "issues/", other)
    # What a query names may be what does not exist.
    return [each._replace(absent="", within=first.within) for each in (first, second)]


def _searched(query: Query, span: Query) -> Query:
    """Add the time range to the search: before the rest, as old servers need it."""
    times = f"event.timestamp:>={span['start']} event.timestamp:<={span['end']}"
    # The default of Sentry, which any other search replaces.
    search = query.get("query", "is:unresolved")
    return {**query, "query": f"{times} {search}".strip()}


def release_route(organization: str, version: str = "", below: str = "") -> Route:
    """Return the route to an organization's releases, or to the path *below* one of them.

    https://docs.sentry.io/api/releases/
    """
    route = below_organization(organization, "releases/")
    if not version:
        return route
    absent = (
        f"The organization {printable(organization)} has no such release: Create Release makes it."
    )
    place = route.path + version_path(version) + below
    return route._replace(path=place, absent=absent)


def is_missing(answer: Answer) -> bool:
    """Tell whether the server lacks the route; if only the object is missing, it answers JSON."""
    return (
        answer.status == 405
        or (answer.status == 404 and not answer.body.strip())
        or (answer.is_html and (answer.ok or answer.status == 404))
    )
