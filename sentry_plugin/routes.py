"""Where things are in Sentry's web API: the ways to ask for them, newest servers to oldest. Pure.

What a user gives is data: it stays one segment of a path, whatever is in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from sentry_plugin.errors import InputError
from sentry_plugin.logs import printable

if TYPE_CHECKING:
    from sentry_plugin.exchange import Answer


HALF = "\N{REPLACEMENT CHARACTER}"
"""What half a character has become."""


class Route(NamedTuple):
    """One way to ask for a thing: a path below the API's root, and the query that it needs."""

    path: str
    query: Mapping[str, str | Sequence[str]] = {}
    """A list of values repeats the parameter."""
    organization: str = ""
    """Whose thing it is, where that is known: sentry.io keeps each in one region."""
    absent: str = ""
    """What to say and do where the thing itself is not there."""


def path(template: str, **segments: str) -> str:
    """Fill *segments*, which are data, into *template*: each stays one segment of the path."""
    for name, text in segments.items():
        if text in {"", ".", ".."} or not text.isprintable() or HALF in text:
            raise InputError(f"`{name}` is empty, or holds what cannot be part of an address.")
    return template.format(**{name: quote(text, safe="") for name, text in segments.items()})


ROOT = Route("")


def organization_route(slug: str) -> Route:
    """Give the way to an organization: https://docs.sentry.io/api/organizations/ ."""
    return Route(path("organizations/{organization}/", organization=slug), organization=slug)


def issue_routes(of: str, issue_id: str, below: str = "") -> list[Route]:
    """Give the ways to an issue: by its organization where that is known, and the old one.

    https://docs.sentry.io/api/events/retrieve-an-issue/
    """
    old = path("issues/{issue_id}/", issue_id=issue_id) + below
    paths = [organization_route(of).path + old, old] if of else [old]
    return [Route(each, organization=of, absent=absent_issue(of, issue_id)) for each in paths]


def absent_issue(of: str, issue_id: str) -> str:
    """Say what it means that an issue is not there."""
    where = f"the organization {printable(of)}" if of else "what the token can see"
    return (
        f"The issue {printable(issue_id)} was deleted, or is not in {where}: open it in the "
        "browser, and copy the address of its page."
    )


def project_issue_routes(of: str, project: str, query: Mapping[str, str]) -> list[Route]:
    """Give the ways to a project's issues: the one that every server has, and its successor.

    https://docs.sentry.io/api/events/list-an-organizations-issues/
    """
    slugs = {"organization_slug": of, "project_slug": project}
    renamed = {"statsPeriod": "groupStatsPeriod"}
    narrowed = {renamed.get(name, name): value for name, value in query.items()}
    return [
        Route(path("projects/{organization_slug}/{project_slug}/issues/", **slugs), query, of),
        Route(organization_route(of).path + "issues/", {**narrowed, "project": project}, of),
    ]


def is_missing(answer: Answer) -> bool:
    """Tell a route that does not exist from a thing that does not: that one comes with JSON."""
    return (
        answer.status == 405
        or (answer.status == 404 and not answer.body.strip())
        or (answer.is_html and (answer.ok or answer.status == 404))
    )
