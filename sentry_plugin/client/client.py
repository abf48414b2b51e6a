"""Sentry's web API: token, paths, pages, and what its answers mean. Thread-safe.

Knows no action and no spec. The token goes to the connection's own origin only, because every URL
is built here, and takes nothing from an answer but the cursor of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from sentry_plugin import strictjson
from sentry_plugin.address import has_origin, origin_of
from sentry_plugin.client.pages import LARGEST, LoopDetector, Page, next_cursor
from sentry_plugin.client.routes import Route, is_missing, organization_route
from sentry_plugin.client.withheld import without_secrets
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


class Payload(NamedTuple):
    """The body of a request, and whether it may be sent twice."""

    body: bytes | None
    repeatable: bool
    """Whether the result is the same if it is sent twice."""


NO_PAYLOAD = Payload(None, repeatable=True)


class ParsedAnswer(NamedTuple):
    """An answer of success, with its body read as JSON."""

    status: int
    document: Any
    """The body; None if it is empty."""
    next_cursor: str | None
    in_doubt: bool
    """Whether an earlier try may have made the change."""


class SentryClient:
    """One Sentry, asked with one token."""

    def __init__(self, transport: Transport, url: str, token: str, organization: str) -> None:
        self.url = url
        self.organization = organization
        self._transport = transport
        self._secret = {"Authorization": f"Bearer {token}"}
        self._roots: dict[str, str] = {}
        self._deprecated: set[str] = set()
        self.server_time = 0.0
        """Sentry's clock at its last answer, in seconds since 1970."""

    def get(self, routes: Sequence[Route], scope: str = "") -> Any:
        """Fetch a document of any type by the first route that the server has.

        *scope* is what the token needs; an error names it.
        """
        answer, request, _ = self._ask("GET", routes, scope)
        return _document(answer, request)

    def has_route(self, route: Route) -> bool:
        """Tell whether the server has a route, also if the object behind it does not exist."""
        url = self._root(route.organization) + route.path
        request = Request("GET", url, self._credentials(route.organization))
        return not is_missing(self._transport.send(request))

    def get_object(self, routes: Sequence[Route], scope: str) -> dict[str, Any]:
        """Fetch a JSON object by the first route that the server has; ApiError for other JSON."""
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
        """Change things by the first route that the server has, and return the answer's object.

        *repeatable*: the result is the same if it is done twice. *may_be_empty*: an answer
        without content is a success, and returned as an empty object.
        """
        payload = Payload(strictjson.encoded(body), repeatable)
        return self._change("PUT", routes, scope, payload, may_be_empty=may_be_empty).document

    def post(
        self,
        routes: Sequence[Route],
        body: Mapping[str, Any],
        scope: str,
        *,
        repeatable: bool = False,
        may_be_empty: bool = False,
    ) -> Any:
        """Create one thing by the first route that the server has; for the rest see `put`."""
        payload = Payload(strictjson.encoded(body), repeatable)
        return self._change("POST", routes, scope, payload, may_be_empty=may_be_empty).document

    def make_once(
        self, routes: Sequence[Route], body: Mapping[str, Any], scope: str
    ) -> ParsedAnswer:
        """Create one thing that exists once, however often it is created."""
        payload = Payload(strictjson.encoded(body), repeatable=True)
        return self._change("POST", routes, scope, payload, may_be_empty=False)

    def delete(self, routes: Sequence[Route], scope: str, *, repeatable: bool = True) -> Any:
        """Delete things by the first route that the server has; for the rest see `put`."""
        payload = Payload(None, repeatable)
        return self._change("DELETE", routes, scope, payload, may_be_empty=True).document

    def call(
        self, method: str, route: Route, body: Mapping[str, Any] | None = None
    ) -> ParsedAnswer:
        """Send any request to the API; a change is sent once, because its effect is unknown."""
        text = None if body is None else strictjson.encoded(body)
        repeatable, doubt = (True, "") if method == "GET" else (False, IN_DOUBT)
        answer, request, _ = self._ask(method, [route], "", payload=Payload(text, repeatable))
        return _parsed(answer, request, doubt)

    def _change(
        self,
        method: str,
        routes: Sequence[Route],
        scope: str,
        payload: Payload,
        *,
        may_be_empty: bool,
    ) -> ParsedAnswer:
        answer, request, _ = self._ask(method, routes, scope, payload=payload)
        is_empty = may_be_empty and not answer.body.strip()
        document = {} if is_empty else _object(answer, request, IN_DOUBT)
        answer.entry.made = True
        return ParsedAnswer(answer.status, document, None, answer.in_doubt)

    def pages(
        self,
        routes: Sequence[Route],
        scope: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        size_parameters: Sequence[str] = ("limit",),
    ) -> Iterator[Page]:
        """Yield the pages with *limit* items (None: all), from *cursor* on.

        https://docs.sentry.io/api/pagination/
        """
        if limit is not None and limit < 1:
            raise InputError("The input's `limit` is less than 1.")
        left, detector = limit, LoopDetector(cursor)
        while True:
            size = {} if left is None else dict.fromkeys(size_parameters, str(min(left, LARGEST)))
            page, routes = self._page(routes, scope, size | ({"cursor": cursor} if cursor else {}))
            page = page.cut(left, cursor)
            yield page
            left = None if left is None else left - len(page.items)
            if page.next_cursor is None or left == 0:
                return
            detector.check(page)
            cursor = page.next_cursor

    def _page(
        self, routes: Sequence[Route], scope: str, query: Mapping[str, str]
    ) -> tuple[Page, Sequence[Route]]:
        """Fetch one page; also return the route to use for the next pages."""
        answer, request, route = self._ask("GET", routes, scope, query=query)
        items = _document(answer, request, keep_secrets=route.keep_secrets)
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
        payload: Payload = NO_PAYLOAD,
    ) -> tuple[Answer, str, Route]:
        """Try the routes in order until the server has one.

        Returns its answer, the words "METHOD URL" for errors, and the route.
        """
        headers = {"Content-Type": "application/json"} if payload.body is not None else {}
        in_doubt, page = False, None
        for route in routes:
            whole = self._root(route.organization) + route.path
            parameters = urlencode({**route.query, **(query or {})}, doseq=True, quote_via=quote)
            url = f"{whole}?{parameters}" if parameters else whole
            credentials = self._credentials(route.organization)
            request = Request(method, url, credentials, headers, *payload)
            answer = self._send(request, in_doubt=in_doubt)
            in_doubt = answer.in_doubt
            self.server_time = ratelimits.server_time(answer.headers)
            self._warn_of_deprecation(answer, route)
            # A change that was answered by a web page may have been made.
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
        """Send a request; *in_doubt*: an earlier route may have carried it out."""
        try:
            answer = self._transport.send(request)
        except PluginError as error:
            raise failures.add_doubt(error) if in_doubt else error from error.__cause__
        return answer._replace(in_doubt=in_doubt or answer.in_doubt)

    def _root(self, organization: str) -> str:
        """Return the root of the API for one organization: on sentry.io, that of its region.

        The general address of sentry.io forwards everything, but then data leaves its region. Only
        here an answer names a host, and only one below sentry.io is accepted. https://docs.sentry.io/organization/data-storage-location/
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
            return None  # the request that follows reports what is wrong
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
    """Add to an *error* the web page that answered an earlier route.

    The page is the error itself, unless an API answered: GlitchTip shows its page for a route that
    it lacks, and answers other routes as Sentry does.
    """
    cause = f"{refusal.web_page(*page[:2])}. By another way: {error.cause}"
    if is_missing(answer) or answer.status == 410:
        return ApiError(cause, CHECK_PAGE, error.data)
    error.cause, error.assistance = cause, f"{error.assistance} {CHECK_PAGE}"
    return error


def _object(answer: Answer, request: str, doubt: str = "") -> dict[str, Any]:
    """Parse the JSON object of an answer; ApiError for other JSON."""
    document = _document(answer, request, doubt)
    if not isinstance(document, dict):
        words = "was answered with something else than an object."
        raise ApiError(f"{request} {words}{doubt}", CHECK_URL)
    return document


def _parsed(answer: Answer, request: str, doubt: str) -> ParsedAnswer:
    document = _document(answer, request, doubt, keep_secrets=True) if answer.body.strip() else None
    answer.entry.made = True
    cursor = next_cursor(answer.headers.get("Link", ""))
    return ParsedAnswer(answer.status, document, cursor, answer.in_doubt)


def _document(answer: Answer, request: str, doubt: str = "", *, keep_secrets: bool = False) -> Any:
    """Parse the JSON of an answer of success; errors end with the words *doubt*."""
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
    return document if keep_secrets else without_secrets(document, answer.body)
