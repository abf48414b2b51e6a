"""Sentry's web API: token, paths, pages, and what its answers mean. Usable by several threads.

Knows no action and no spec. The token goes to the connection's own origin only, because every
URL is built here; nothing of an answer but the cursor of a page becomes part of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from sentry_plugin import strictjson
from sentry_plugin.address import has_origin, origin_of
from sentry_plugin.client.pages import LARGEST, Page, Progress, next_cursor
from sentry_plugin.client.routes import Route, is_missing, organization_route
from sentry_plugin.client.withheld import public
from sentry_plugin.errors import IN_DOUBT, ApiError, InputError, PluginError, ServerError
from sentry_plugin.logs import logger, printable
from sentry_plugin.transport import failures, ratelimits, refusal
from sentry_plugin.transport.messages import Credentials, Request
from sentry_plugin.transport.retries import Retries

if TYPE_CHECKING:
    from sentry_plugin.transport.messages import Answer
    from sentry_plugin.transport.transport import Transport

CHECK_URL = (
    "Check that the connection's `url` is the address of a Sentry API, such as "
    "https://sentry.io/api/0/."
)
CHECK_PAGE = f"{CHECK_URL} {refusal.WEB_PAGE}"
ASK_LESS = "Ask for less: set a `limit`, or narrow the query."

_SAAS = origin_of("https://sentry.io")
_REGION = re.compile(r"https://[a-z0-9-]+\.sentry\.io")


class Change(NamedTuple):
    """What a request is to change, and whether doing it twice comes to the same."""

    body: bytes | None
    repeatable: bool


NO_CHANGE = Change(None, repeatable=True)


class Reply(NamedTuple):
    """A good answer, to a request of any kind."""

    status: int
    document: Any
    """What it holds; None where that is nothing."""
    next_cursor: str | None
    in_doubt: bool
    """Whether a try before this one may have been carried out."""


class SentryClient:
    """One Sentry, asked with one token."""

    def __init__(self, transport: Transport, url: str, token: str, organization: str) -> None:
        self.url = url
        self.organization = organization
        self._transport = transport
        self._secret = {"Authorization": f"Bearer {token}"}
        self._roots: dict[str, str] = {}
        self._deprecated: set[str] = set()
        self.time = 0.0
        """Sentry's own time of its last answer, in seconds since 1970."""

    def get(self, routes: Sequence[Route], scope: str = "") -> Any:
        """Fetch one thing by the first route that the server has.

        *scope* is what the token needs for it: an error names it.
        """
        answer, request, _ = self._ask("GET", routes, scope)
        return _document(answer, request)

    def has(self, route: Route) -> bool:
        """Tell whether the server has a route, whether or not the thing itself is there."""
        url = self._root(route.organization) + route.path
        request = Request("GET", url, self._credentials(route.organization))
        return not is_missing(self._transport.send(request))

    def get_object(self, routes: Sequence[Route], scope: str) -> dict[str, Any]:
        """Fetch one thing, which has to be an object."""
        answer, request, _ = self._ask("GET", routes, scope)
        return _object(answer, request)

    def put(
        self,
        routes: Sequence[Route],
        body: Mapping[str, Any],
        scope: str,
        *,
        repeatable: bool = True,
        may_be_empty: bool = False,
    ) -> Any:
        """Change things by the first route that the server has.

        *repeatable* says that doing it twice comes to the same as doing it once, and *may_be_empty*
        that an answer without content is a good one: it is given as an empty object.
        """
        change = Change(strictjson.dumps(body).encode(), repeatable)
        return self._change("PUT", routes, scope, change, may_be_empty=may_be_empty).document

    def post(
        self,
        routes: Sequence[Route],
        body: Mapping[str, Any],
        scope: str,
        *,
        repeatable: bool = False,
        may_be_empty: bool = False,
    ) -> Any:
        """Make one thing by the first route that the server has; for the rest see `put`."""
        change = Change(strictjson.dumps(body).encode(), repeatable)
        return self._change("POST", routes, scope, change, may_be_empty=may_be_empty).document

    def make_once(self, routes: Sequence[Route], body: Mapping[str, Any], scope: str) -> Reply:
        """Make one thing that is there once, however often it is made."""
        change = Change(strictjson.dumps(body).encode(), repeatable=True)
        return self._change("POST", routes, scope, change, may_be_empty=False)

    def delete(self, routes: Sequence[Route], scope: str, *, repeatable: bool = True) -> Any:
        """Delete things by the first route that the server has; for the rest see `put`."""
        change = Change(None, repeatable)
        return self._change("DELETE", routes, scope, change, may_be_empty=True).document

    def call(self, method: str, route: Route, body: Mapping[str, Any] | None = None) -> Reply:
        """Ask anything of the API; a change is sent once, for what it does is not known."""
        text = None if body is None else strictjson.dumps(body).encode()
        repeatable, doubt = (True, "") if method == "GET" else (False, IN_DOUBT)
        answer, request, _ = self._ask(method, [route], "", change=Change(text, repeatable))
        return _reply(answer, request, doubt)

    def _change(
        self,
        method: str,
        routes: Sequence[Route],
        scope: str,
        change: Change,
        *,
        may_be_empty: bool,
    ) -> Reply:
        answer, request, _ = self._ask(method, routes, scope, change=change)
        is_empty = may_be_empty and not answer.body.strip()
        document = {} if is_empty else _object(answer, request, IN_DOUBT)
        answer.entry.made = True
        return Reply(answer.status, document, None, answer.in_doubt)

    def pages(
        self,
        routes: Sequence[Route],
        scope: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        size_parameters: Sequence[str] = ("limit",),
    ) -> Iterator[Page]:
        """Fetch *limit* items (all, where it is None), from *cursor* on, page after page.

        https://docs.sentry.io/api/pagination/
        """
        if limit is not None and limit < 1:
            raise InputError("The input's `limit` is less than 1.")
        left, progress = limit, Progress(cursor)
        while True:
            size = {} if left is None else dict.fromkeys(size_parameters, str(min(left, LARGEST)))
            page, routes = self._page(routes, scope, size | ({"cursor": cursor} if cursor else {}))
            page = page.cut(left, cursor)
            yield page
            left = None if left is None else left - len(page.items)
            if page.next_cursor is None or left == 0:
                return
            progress.check(page)
            cursor = page.next_cursor

    def _page(
        self, routes: Sequence[Route], scope: str, query: Mapping[str, str]
    ) -> tuple[Page, Sequence[Route]]:
        """Fetch one page, and tell by which route the next ones come."""
        answer, request, route = self._ask("GET", routes, scope, query=query)
        items = _document(answer, request, whole=route.whole)
        if not isinstance(items, list):
            raise ApiError(f"{request} was answered with something else than a list.", CHECK_URL)
        cursor = next_cursor(answer.headers.get("Link", ""))
        return Page(items, cursor, len(answer.body)), [route]

    def _ask(
        self,
        method: str,
        routes: Sequence[Route],
        scope: str,
        *,
        query: Mapping[str, str] | None = None,
        change: Change = NO_CHANGE,
    ) -> tuple[Answer, str, Route]:
        """Ask by one route after the other until the server has it."""
        headers = {"Content-Type": "application/json"} if change.body is not None else {}
        in_doubt, page = False, None
        for route in routes:
            whole = self._root(route.organization) + route.path
            parameters = urlencode({**route.query, **(query or {})}, doseq=True, quote_via=quote)
            url = f"{whole}?{parameters}" if parameters else whole
            credentials = self._credentials(route.organization)
            request = Request(method, url, credentials, headers, *change)
            answer = self._send(request, in_doubt=in_doubt)
            in_doubt = answer.in_doubt
            self.time = ratelimits.server_time(answer.headers)
            self._warn_of_deprecation(answer, route)
            # A change that was answered by a web page may have been made all the same.
            lacks_it = is_missing(answer) and not (answer.ok and method != "GET")
            if not (lacks_it or answer.status == 410):
                break
            if answer.ok and not page:
                page = answer, f"{method} {whole}", route
        if answer.ok:
            return page if page and answer.is_html else (answer, f"{method} {whole}", route)
        assistance = self._assistance(answer, scope, route)
        error = refusal.error_for(answer, f"{method} {whole}", assistance)
        raise _after(page, error, answer) if page else error

    def _send(self, request: Request, *, in_doubt: bool) -> Answer:
        """Send a request; *in_doubt* says that it may have been carried out by another route."""
        try:
            answer = self._transport.send(request)
        except PluginError as error:
            raise failures.add_doubt(error) if in_doubt else error from error.__cause__
        return answer._replace(in_doubt=in_doubt or answer.in_doubt)

    def _root(self, organization: str) -> str:
        """Give the root of the API for one organization.

        The general address of sentry.io passes everything on, past what its regions promise of
        where data stays. This is the one place where an answer names a host, and only one below
        sentry.io is taken. https://docs.sentry.io/organization/data-storage-location/
        """
        if not (organization and has_origin(self.url, _SAAS)):
            return self.url
        if organization not in self._roots:
            self._roots[organization] = self._region(organization) or self.url
        return self._roots[organization]

    def _credentials(self, organization: str) -> Credentials:
        return Credentials(self._secret, self._root(organization))

    def _region(self, organization: str) -> str | None:
        url = self.url + organization_route(organization).path
        request = Request("GET", url, Credentials(self._secret, self.url))
        try:
            answer = self._transport.send(request, Retries(0))
            named = answer.json()["links"]["regionUrl"]
        except (ApiError, ValueError, KeyError, TypeError):
            return None  # what is wrong is said of the request that this one is for
        if not (isinstance(named, str) and _REGION.fullmatch(named)):
            return None
        return named + self.url.removeprefix(_SAAS.url)

    def _warn_of_deprecation(self, answer: Answer, route: Route) -> None:
        date = answer.headers.get("X-Sentry-Deprecation-Date")
        if date and route.path not in self._deprecated:
            self._deprecated.add(route.path)
            new = answer.headers.get("X-Sentry-Replacement-Endpoint", "not named")
            logger.warning(
                "Sentry switches %s off at %s; what replaces it is %s.", route.path, date, new
            )

    def _assistance(self, answer: Answer, scope: str, route: Route) -> str | None:
        if is_missing(answer):
            return f"{CHECK_URL} If it is, this server does not have what was asked for."
        if answer.status == 404 and route.absent:
            return route.absent
        if answer.status == 403 and scope:
            return f"Give the token the scope {scope}, and access to this organization and project."
        if answer.status == 410 and not self.organization:
            return "Set the connection's `organization`, whose own endpoints replace this one."
        if answer.status == 410:
            new = answer.headers.get("X-Sentry-Replacement-Endpoint", "one that this plugin lacks")
            return f"Sentry replaced the endpoint by {printable(new)}: look for a newer plugin."
        return None


def _after(page: tuple[Answer, str, Route], error: ApiError, answer: Answer) -> ApiError:
    """Tell of the web page that came before an *error*: it is what is wrong, unless an API spoke.

    GlitchTip gives its page where it lacks a way, and answers as Sentry does by another one.
    """
    cause = f"{refusal.web_page(*page[:2])}. By another way: {error.cause}"
    if is_missing(answer) or answer.status == 410:
        return ApiError(cause, CHECK_PAGE, error.data)
    error.cause, error.assistance = cause, f"{error.assistance} {CHECK_PAGE}"
    return error


def _object(answer: Answer, request: str, doubt: str = "") -> dict[str, Any]:
    """Read the object that an answer has to be."""
    document = _document(answer, request, doubt)
    if not isinstance(document, dict):
        words = "was answered with something else than an object."
        raise ApiError(f"{request} {words}{doubt}", CHECK_URL)
    return document


def _reply(answer: Answer, request: str, doubt: str) -> Reply:
    document = _document(answer, request, doubt, whole=True) if answer.body.strip() else None
    answer.entry.made = True
    cursor = next_cursor(answer.headers.get("Link", ""))
    return Reply(answer.status, document, cursor, answer.in_doubt)


def _document(answer: Answer, request: str, doubt: str = "", *, whole: bool = False) -> Any:
    """Read the JSON of an answer that claims to be good; *doubt* is said where it is broken."""
    if answer.is_html:
        words = refusal.server_words(answer)
        raise ApiError(f"{refusal.web_page(answer, request)}.{doubt}", CHECK_PAGE, words)
    if not answer.body.strip():
        raise ApiError(
            f"{request} was answered with HTTP {answer.status} and no content.",
            "Look the thing up: nothing is known of it, also not whether a change was made.",
        )
    try:
        document = answer.json()
    except strictjson.TooManyValues as error:
        words = f"The answer to {request} is too large: {error}.{doubt}"
        raise ApiError(words, None if doubt else ASK_LESS) from error
    except ValueError as error:
        raise ServerError(
            f"{request} was answered with HTTP {answer.status}, but not with JSON: {error}.{doubt}"
        ) from error
    return document if whole else public(document, answer.body)
