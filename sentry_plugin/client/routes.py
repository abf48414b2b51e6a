"""Where things are in Sentry's web API: the ways to ask for them, newest servers to oldest. Pure.

What a user gives is data: it stays one segment of a path, whatever is in it.
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


HALF = "\N{REPLACEMENT CHARACTER}"
"""What half a character has become."""


Query = Mapping[str, str | Sequence[str]]
"""Parameters with their values; a list of values repeats the parameter."""


class Route(NamedTuple):
    """One way to ask for a thing: a path below the API's root, and the query that it needs."""

    path: str
    query: Mapping[str, str | Sequence[str]] = {}
    organization: str = ""
    """Whose thing it is, where that is known: sentry.io keeps each in one region."""
    absent: str = ""
    """What to say and do where the thing itself is not there."""
    whole: bool = False
    """Whether the answer is given as it is, with what is withheld elsewhere."""


# What ends a segment for a server or a proxy that decodes an address once more than it should, or
# reads it anew. No slug, id or key of Sentry's holds one of them.
_ENDS = re.compile(r"[/\\%;?#]")
_OFTEN = 3
"""How often a server may decode an address, when it should once."""


def path(template: str, **segments: str) -> str:
    """Fill *segments*, which are data, into *template*: each stays one segment of the path.

    To stay one however often it is decoded, it must not hold what only looks like text now.
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
    """Write a release's version as one segment, which may hold whatever leads nowhere else.

    Sentry takes spaces, %, ?, # and ; in it, and takes slashes on old servers. So a server that
    decodes once too often may find another release, but nothing that is not below releases.
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
    """Give what some servers take a text for: wide slashes for slashes, a mark of two for dots."""
    return unicodedata.normalize("NFKC", text)


def _is_unwritable(text: str) -> bool:
    return not text.isprintable() or HALF in text


def _is_step(part: str) -> bool:
    """Tell whether a part of a path leads to itself or upwards; some drop what ; ? or # begins."""
    return re.split("[;?#]", part)[0].strip() in {".", ".."}


ROOT = Route("")


def organization_route(slug: str) -> Route:
    """Give the way to an organization: https://docs.sentry.io/api/organizations/ ."""
    return Route(path("organizations/{organization}/", organization=slug), organization=slug)


def issue_routes(organization: str, issue_id: str, below: str = "") -> list[Route]:
    """Give the ways to an issue: by its organization where that is known, and the old one.

    https://docs.sentry.io/api/events/retrieve-an-issue/
    """
    old = path("issues/{issue_id}/", issue_id=issue_id) + below
    paths = [organization_route(organization).path + old, old] if organization else [old]
    return [
        Route(each, organization=organization, absent=absent_issue(organization, issue_id))
        for each in paths
    ]


def organization_issue_route(organization: str, issue_id: str) -> Route:
    """Give the way to an issue that Sentry before version 10 lacks."""
    return issue_routes(organization, issue_id)[0]


def event_routes(organization: str, issue_id: str, event_id: str) -> list[Route]:
    """Give the ways to an event of an issue.

    https://docs.sentry.io/api/events/retrieve-an-issue-event/
    """
    below = path("events/{event_id}/", event_id=event_id)
    absent = (
        f"The issue {printable(issue_id)} has no such event, was deleted, or is not what the token "
        "can see: List Issue Events lists the events that are kept."
    )
    return asking(issue_routes(organization, issue_id, below), {}, absent)


def event_lookup_route(organization: str, event_id: str) -> Route:
    """Give the way to an event of which only the organization is known."""
    return below_organization(
        organization, path("eventids/{event_id}/", event_id=event_id)
    )._replace(
        absent=f"The organization {printable(organization)} has no such event, or keeps it no "
        "longer."
    )


def project_event_route(organization: str, project: str, event_id: str) -> Route:
    """Give the way to an event of a project."""
    below = path("events/{event_id}/", event_id=event_id)
    absent = (
        f"The project {printable(project)} has no such event, or keeps it no longer, or it is not "
        "what the token can see."
    )
    return below_project(organization, project, below)._replace(absent=absent)


def absent_issue(organization: str, issue_id: str) -> str:
    """Say what it means that an issue is not there."""
    where = (
        f"the organization {printable(organization)}" if organization else "what the token can see"
    )
    return (
        f"The issue {printable(issue_id)} was deleted, or is not in {where}: open it in the "
        "browser, and copy the address of its page."
    )


def below_organization(organization: str, below: str, query: Query | None = None) -> Route:
    """Give the way to what is *below* an organization."""
    absent = (
        f"There is no organization {printable(organization)}, or the token is of another "
        "one. Give its slug, as in the address of its pages."
    )
    return Route(organization_route(organization).path + below, query or {}, organization, absent)


def asking(routes: Sequence[Route], query: Query, absent: str = "") -> list[Route]:
    """Give the same ways with more in their query, and with other words on what is absent."""
    return [
        route._replace(query={**route.query, **query}, absent=absent or route.absent)
        for route in routes
    ]


def project_route(organization: str, project: str) -> Route:
    """Give the way to a project: https://docs.sentry.io/api/projects/ ."""
    slugs = {"organization_slug": organization, "project_slug": project}
    absent = (
        f"The organization {printable(organization)} has no project {printable(project)}, or the "
        "token is not of its team. Give a slug or an ID, as in the address of its pages."
    )
    place = path("projects/{organization_slug}/{project_slug}/", **slugs)
    return Route(place, organization=organization, absent=absent)


def below_project(organization: str, project: str, below: str, query: Query | None = None) -> Route:
    """Give the way to what is *below* a project."""
    route = project_route(organization, project)
    return route._replace(path=route.path + below, query=query or {})


def project_issue_routes(
    organization: str,
    project: str,
    query: Query,
    span: Query | None = None,
) -> list[Route]:
    """Give the ways to a project's issues: the one that every server has, and its successor.

    Only the successor has parameters for a time range: *span*.
    https://docs.sentry.io/api/events/list-an-organizations-issues/
    """
    span = span or {}
    renamed = {"statsPeriod": "groupStatsPeriod"}
    narrowed = {renamed.get(name, name): value for name, value in query.items()}
    place = project_route(organization, project).path + "issues/"
    return [
        Route(place, _searched(query, span) if span else query, organization),
        Route(
            organization_route(organization).path + "issues/",
            {**narrowed, **span, "project": project},
            organization,
        ),
    ]


def _searched(query: Query, span: Query) -> Query:
    """Say in the search what time range the events are of: old servers want free text last."""
    times = f"event.timestamp:>={span['start']} event.timestamp:<={span['end']}"
    # A search that is absent means this one, and one that says more replaces it.
    search = query.get("query", "is:unresolved")
    return {**query, "query": f"{times} {search}".strip()}


def release_route(organization: str, version: str = "", below: str = "") -> Route:
    """Give the way to an organization's releases, or to what is *below* one of them.

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
    """Tell a route that does not exist from a thing that does not: that one comes with JSON."""
    return (
        answer.status == 405
        or (answer.status == 404 and not answer.body.strip())
        or (answer.is_html and (answer.ok or answer.status == 404))
    )
