"""Sentry's web API: token, paths, pages, and what its answers mean. Usable by several threads.

Knows no action and no spec. The token goes to the connection's own origin only, because every
URL is built here; nothing of an answer but the cursor of a page becomes part of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict
from urllib.parse import quote, urlencode

from sentry_plugin import links, refusal, strictjson
from sentry_plugin.errors import ApiError, InputError, ServerError
from sentry_plugin.logs import logger
from sentry_plugin.transport import Credentials

if TYPE_CHECKING:
    from sentry_plugin.transport import Answer, Transport

PAGE = 100
"""The most that Sentry gives at a time."""

CHECK_URL = (
    "Check that the connection's `url` is the address of a Sentry API, such as "
    "https://sentry.io/api/0/."
)


class Route(NamedTuple):
    """One way to ask for a thing: a path below the API's root, and the query that it needs."""

    path: str
    query: Mapping[str, str] = {}


class Further(TypedDict, total=False):
    """The field of an output that tells how to go on, where there is more."""

    next_cursor: str


class Page(NamedTuple):
    """One page of a list, and the cursor of the next one."""

    items: list[Any]
    next_cursor: str | None

    @property
    def further(self) -> Further:
        """The same as a part of an output."""
        return {"next_cursor": self.next_cursor} if self.next_cursor else {}


def path(template: str, **segments: str) -> str:
    """Fill *segments*, which are data, into *template*: each stays one segment of the path."""
    for name, text in segments.items():
        if text in {"", ".", ".."} or not text.isprintable():
            raise InputError(f"`{name}` is empty, or holds what cannot be part of an address.")
    return template.format(**{name: quote(text, safe="") for name, text in segments.items()})


class SentryClient:
    """One Sentry, asked with one token."""

    def __init__(self, transport: Transport, url: str, token: str, organization: str) -> None:
        self.url = url
        self.organization = organization
        self._transport = transport
        self._credentials = Credentials({"Authorization": f"Bearer {token}"})

    def issue_routes(self, issue_id: str, below: str = "") -> list[Route]:
        """Give the ways to an issue: by its organization where that is known, and the old one.

        https://docs.sentry.io/api/events/retrieve-an-issue/
        """
        old = path("issues/{issue_id}/", issue_id=issue_id) + below
        if not self.organization:
            return [Route(old)]
        new = path("organizations/{organization}/", organization=self.organization) + old
        return [Route(new), Route(old)]

    def project_issue_routes(
        self, organization: str, project: str, query: Mapping[str, str]
    ) -> list[Route]:
        """Give the ways to a project's issues: the one that every server has, and its successor.

        https://docs.sentry.io/api/events/list-an-organizations-issues/
        """
        slugs = {"organization_slug": organization, "project_slug": project}
        renamed = {"statsPeriod": "groupStatsPeriod"}
        narrowed = {renamed.get(name, name): value for name, value in query.items()}
        return [
            Route(path("projects/{organization_slug}/{project_slug}/issues/", **slugs), query),
            Route(
                path("organizations/{organization_slug}/issues/", organization_slug=organization),
                {**narrowed, "project": project},
            ),
        ]

    def get(self, routes: Sequence[Route], scope: str = "") -> Any:
        """Fetch one thing by the first route that the server has.

        *scope* is what the token needs for it: an error names it.
        """
        answer, request, _ = self._ask("GET", routes, scope)
        return _document(answer, request)

    def put(self, routes: Sequence[Route], body: Mapping[str, Any], scope: str) -> Any:
        """Change one thing by the first route that the server has."""
        sent = strictjson.dumps(body).encode()
        answer, request, _ = self._ask("PUT", routes, scope, body=sent)
        return _document(answer, request)

    def get_list(
        self,
        routes: Sequence[Route],
        scope: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        size_parameters: Sequence[str] = ("limit",),
    ) -> Page:
        """Fetch *limit* items (all, where it is None), from *cursor* on, page after page.

        https://docs.sentry.io/api/pagination/
        """
        if limit is not None and limit < 1:
            raise InputError("The input's `limit` is less than 1.")
        items: list[Any] = []
        seen = set()
        while True:
            wanted = limit - len(items) if limit else PAGE
            query = dict.fromkeys(size_parameters, str(min(wanted, PAGE))) if limit else {}
            page, routes = self._page(routes, scope, query | ({"cursor": cursor} if cursor else {}))
            if limit and len(page.items) > wanted:
                logger.warning("The server's pages are larger than asked for: the last one is cut.")
                return Page(items + page.items[:wanted], cursor)
            items += page.items
            seen.add(cursor)
            cursor = page.next_cursor
            if cursor is None or len(items) == limit:
                return Page(items, cursor)
            if cursor in seen:
                raise ApiError("The server's list does not end: it gave the same cursor twice.")

    def _page(
        self, routes: Sequence[Route], scope: str, query: Mapping[str, str]
    ) -> tuple[Page, Sequence[Route]]:
        """Fetch one page, and tell by which route the next ones come."""
        answer, request, route = self._ask("GET", routes, scope, query=query)
        items = _document(answer, request)
        if not isinstance(items, list):
            raise ApiError(f"{request} was answered with something else than a list.", CHECK_URL)
        return Page(items, links.next_cursor(answer.headers.get("Link", ""))), [route]

    def _ask(
        self,
        method: str,
        routes: Sequence[Route],
        scope: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> tuple[Answer, str, Route]:
        """Ask by one route after the other until the server has it."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        for route in routes:
            parameters = urlencode({**route.query, **(query or {})}, quote_via=quote)
            url = f"{self.url}{route.path}{'?' if parameters else ''}{parameters}"
            answer = self._transport.send(
                method, url, self._credentials, headers=headers, body=body
            )
            if not (_is_missing(answer) or answer.status == 410):
                break
        request = f"{method} {self.url}{route.path}"
        if answer.ok:
            return answer, request, route
        raise refusal.error_for(answer, request, self._assistance(answer, scope))

    def _assistance(self, answer: Answer, scope: str) -> str | None:
        if _is_missing(answer) or (answer.is_html and answer.status < 500):
            return CHECK_URL
        if answer.status == 403 and scope:
            return f"Give the token the scope {scope}, and access to this organization and project."
        if answer.status == 410 and not self.organization:
            return "Set the connection's `organization`, whose own endpoints replace this one."
        return None


def _is_missing(answer: Answer) -> bool:
    """Tell a route that does not exist from a thing that does not: that one comes with JSON."""
    return (
        answer.status == 405
        or (answer.status == 404 and not answer.body.strip())
        or (answer.is_html and (answer.ok or answer.status == 404))
    )


def _document(answer: Answer, request: str) -> Any:
    """Read the JSON of an answer that claims to be good."""
    if answer.is_html:
        raise ApiError(f"{request} was answered with a web page instead of JSON.", CHECK_URL)
    if not answer.body.strip():
        raise ApiError(
            f"{request} was answered with HTTP {answer.status} and no content.",
            "Look the thing up: nothing is known of it, also not whether a change was made.",
        )
    try:
        return answer.json()
    except ValueError as error:
        raise ServerError(
            f"{request} was answered with HTTP {answer.status}, but not with JSON: {error}."
        ) from error
