"""Sentry's web API: token, paths, pages, and what its answers mean. Thread-safe.

Knows no action and no spec. The token goes to the connection's own origin only, because every URL
is built here, and takes nothing from an answer but the cursor of a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from sentry_plugin import strictjson
from sentry_plugin.address import has_origin, origin_of
from sentry_plugin.client import belonging, documents, emptylists, makes, searches, spelling
from sentry_plugin.client.pages import Keeps, Page, everything, next_cursor
from sentry_plugin.client.pages import read as read_pages
from sentry_plugin.client.permalinks import organization_in
from sentry_plugin.client.routes import Route, is_missing, organization_route
from sentry_plugin.errors import IN_DOUBT, ApiError, PluginError, Unsupported
from sentry_plugin.logs import logger, printable
from sentry_plugin.transport import failures, ratelimits, refusal
from sentry_plugin.transport.messages import Credentials, Request
from sentry_plugin.transport.retries import Retries

if TYPE_CHECKING:
    from sentry_plugin.client.makes import Make
    from sentry_plugin.transport.messages import Answer
    from sentry_plugin.transport.transport import Transport

_SAAS = origin_of("https://sentry.io")
_REGION = re.compile(r"https://[a-z0-9-]+\.sentry\.io")
_ISSUE = re.compile(r"(organizations/[^/]+/)?issues/([^/]+)/")


Choose = Callable[["Make", Route], Keeps]
"""Returns what tells which items of a list are meant, by the make and the route that answered."""


class Payload(NamedTuple):
    """What a request sends, and whether it may be sent twice."""

    document: Mapping[str, Any] | None
    repeatable: bool
    """Whether the result is the same if it is sent twice."""


NO_PAYLOAD = Payload(None, repeatable=True)


class SentryClient:
    """One Sentry, asked with one token."""

    def __init__(self, transport: Transport, url: str, token: str, organization: str) -> None:
        self.url = url
        self.organization = organization
        self._transport = transport
        self._secret = {"Authorization": f"Bearer {token}"}
        self._roots: dict[str, str] = {}
        self._deprecated: set[str] = set()
        self._belonging: set[tuple[str, str]] = set()
        """Issues that are known to be in an organization: its slug, and their number."""
        self.make = makes.UNKNOWN
        """The make of the server, as far as its answers have told."""
        self.server_time = 0.0
        """Sentry's clock at its last answer, in seconds since 1970."""

    def get(self, routes: Sequence[Route], scope: str = "") -> Any:
        """Fetch a document of any type by the first route that the server has.

        *scope* is what the token needs; an error names it.
        """
        answer, request, route = self._ask("GET", routes, scope)
        found = documents.document_of(answer, request)
        self._keep(found, route)
        return found

    def wait(self, seconds: float) -> None:
        """Wait some seconds, but not past the time of the message."""
        self._transport.wait(seconds)

    def has_route(self, route: Route) -> bool:
        """Tell whether the server has a route, also if the object behind it does not exist."""
        return not self._lacks(self._answer("GET", route, {}, NO_PAYLOAD, in_doubt=False))

    def get_object(self, routes: Sequence[Route], scope: str) -> dict[str, Any]:
        """Fetch a JSON object by the first route that the server has; ApiError for other JSON."""
        answer, request, route = self._ask("GET", routes, scope)
        found = documents.object_of(answer, request)
        self._keep(found, route)
        return found

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
        payload = Payload(body, repeatable)
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
        payload = Payload(body, repeatable)
        return self._change("POST", routes, scope, payload, may_be_empty=may_be_empty).document

    def make_once(
        self, routes: Sequence[Route], body: Mapping[str, Any], scope: str
    ) -> documents.ParsedAnswer:
        """Create one thing that exists once, however often it is created."""
        payload = Payload(body, repeatable=True)
        return self._change("POST", routes, scope, payload, may_be_empty=False)

    def delete(self, routes: Sequence[Route], scope: str, *, repeatable: bool = True) -> Any:
        """Delete things by the first route that the server has; for the rest see `put`."""
        payload = Payload(None, repeatable)
        return self._change("DELETE", routes, scope, payload, may_be_empty=True).document

    def call(
        self, method: str, route: Route, body: Mapping[str, Any] | None = None
    ) -> documents.ParsedAnswer:
        """Send any request to the API; a change is sent once, because its effect is unknown."""
        repeatable, doubt = (True, "") if method == "GET" else (False, IN_DOUBT)
        answer, request, _ = self._ask(method, [route], "", payload=Payload(body, repeatable))
        return documents.parsed(answer, request, doubt)

    def _change(
        self,
        method: str,
        routes: Sequence[Route],
        scope: str,
        payload: Payload,
        *,
        may_be_empty: bool,
    ) -> documents.ParsedAnswer:
        answer, request, _ = self._ask(method, routes, scope, payload=payload)
        is_empty = may_be_empty and not answer.body.strip()
        document = {} if is_empty else documents.object_of(answer, request, IN_DOUBT)
        answer.entry.made = True
        return documents.ParsedAnswer(answer.status, document, None, answer.in_doubt)

    def pages(
        self,
        routes: Sequence[Route],
        scope: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        choose: Choose = lambda _make, _route: everything,
    ) -> Iterator[Page]:
        """Yield the pages with *limit* items (None: all), from *cursor* on.

        *choose* returns what tells which items count, once the make and the route are known.
        https://docs.sentry.io/api/pagination/
        """

        def fetch(cursor: str | None, size: int | None) -> Page:
            nonlocal routes
            sizes = {} if size is None else dict.fromkeys(routes[0].sizes, str(size))
            page, routes = self._page(routes, scope, sizes | ({"cursor": cursor} if cursor else {}))
            return page

        return read_pages(fetch, limit, cursor, lambda: choose(self.make, routes[0]))

    def _page(
        self, routes: Sequence[Route], scope: str, query: Mapping[str, str]
    ) -> tuple[Page, Sequence[Route]]:
        """Fetch one page; also return the route to use for the next pages."""
        answer, request, route = self._ask("GET", routes, scope, query=query)
        items = documents.document_of(answer, request, keep_secrets=route.is_raw)
        self._learn(makes.of_document(items))
        if not isinstance(items, list):
            raise ApiError(
                f"{request} was answered with something else than a list.", documents.CHECK_URL
            )
        cursor = next_cursor(answer.headers.get("Link", ""))
        if not route.is_raw:
            searches.check(self.make, route)
            if not (items or cursor or self.make.empty_proves):
                emptylists.check(self, route)
            items = spelling.values_of(items)
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
        in_doubt, page = False, None
        for route in self._usable(method, routes):
            request = f"{method} {self._root(route.organization)}{route.path}"
            if method != "GET":
                self._check_belongs(route)
            answer = self._answer(method, route, query or {}, payload, in_doubt=in_doubt)
            in_doubt = answer.in_doubt
            self.server_time = ratelimits.server_time(answer.headers)
            self._warn_of_deprecation(answer, route)
            # A change that was answered by a web page may have been made.
            lacks_it = self._lacks(answer) and not (answer.ok and method != "GET")
            if not (lacks_it or answer.status == 410):
                break
            if answer.ok and not page and not self.make.lacks(method, route.path):
                page = answer, request, route
        if lacks_it and self.make.lacks(method, route.path):
            raise self._unsupported(f"{request} was answered with HTTP {answer.status}")
        if answer.ok:
            return page if page and answer.is_html else (answer, request, route)
        error = self._refusal(answer, request, scope, route)
        raise documents.after_page(page, error, answer) if page else error

    def _usable(self, method: str, routes: Sequence[Route]) -> Iterator[Route]:
        """Yield the routes that the server may have: each answer may tell more of its make."""
        is_any = False
        for route in routes:
            if route.is_raw or not self.make.lacks(method, route.path):
                is_any = True
                yield route
        if not is_any:
            raise self._unsupported(f"{method} {routes[0].path} was not sent")

    def _keep(self, document: Any, route: Route) -> None:
        """Keep what a document tells: the make of the server, and that an issue is in its place."""
        self._learn(makes.of_document(document))
        named = _ISSUE.fullmatch(route.path)
        link = organization_in(strictjson.at(document, "permalink"))
        if named and (named[1] or link == route.organization):
            self._belonging.add((route.organization, named[2]))

    def _check_belongs(self, route: Route) -> None:
        """Check a path to an issue that does not name the organization that is meant."""
        place, _, below = route.path.partition("/")
        issue = route.organization, below.partition("/")[0]
        if place == "issues" and route.organization and issue not in self._belonging:
            belonging.check(self, *issue)
            self._belonging.add(issue)

    def _unsupported(self, words: str) -> Unsupported:
        name = self.make.name
        return Unsupported(f"{words}: {name} has nothing like it.", f"Do without it on {name}.")

    def _answer(
        self,
        method: str,
        route: Route,
        query: Mapping[str, str],
        payload: Payload,
        *,
        in_doubt: bool,
    ) -> Answer:
        """Ask by one route: again, if the answer tells a make that is asked in another way."""
        request = self._request(method, route, query, payload)
        answer = self._send(request, in_doubt=in_doubt)
        self._learn(makes.of_headers(answer.headers))
        self._learn(makes.of_missing(route.path, answer.status, answer.body))
        if method != "GET" and (answer.ok or answer.in_doubt):
            return answer
        other = self._request(method, route, query, payload)
        is_same = (other.url, other.body) == (request.url, request.body)
        return answer if is_same else self._send(other, in_doubt=in_doubt)

    def _request(
        self, method: str, route: Route, query: Mapping[str, str], payload: Payload
    ) -> Request:
        """Write a request as the make of the server understands it."""
        whole, document = {**route.query, **query}, payload.document
        if not route.is_raw:
            whole = self.make.spelt(route.path, whole)
            document = document and self.make.body(route.path, document)
        place = self._root(route.organization) + route.path
        parameters = urlencode(whole, doseq=True, quote_via=quote)
        url = f"{place}?{parameters}" if parameters else place
        body = None if document is None else strictjson.encoded(document)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        credentials = self._credentials(route.organization)
        return Request(method, url, credentials, headers, body, payload.repeatable)

    def _lacks(self, answer: Answer) -> bool:
        is_page = answer.is_html and answer.status == self.make.page_of_lacking
        return is_page or is_missing(answer)

    def _learn(self, found: Make) -> None:
        """Keep the make that an answer shows; the first one stays, unless another refines it."""
        if found.name and self.make.name in {"", found.refines}:
            logger.debug("The server is known as %s.", found.name)
            self.make = found

    def _refusal(self, answer: Answer, request: str, scope: str, route: Route) -> ApiError:
        """Build the error for an answer without success."""
        kind = self.make.refusals.get(refusal.server_words(answer))
        assistance = None if kind else self._assistance(answer, scope, route)
        error = refusal.error_for(answer, request, assistance, kind)
        error.lacks_route = self._lacks(answer)
        return error

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
        if self._lacks(answer):
            return f"{documents.CHECK_URL} If it is, this server does not have what was asked for."
        if answer.status == 404 and route.absent:
            return route.absent
        if answer.status == 403 and scope:
            scope = self.make.scope(route.path) or scope
            return f"Give the token the scope {scope}, and access to this organization and project."
        if answer.status == 410 and not self.organization:
            return "Set the connection's `organization`, whose own endpoints replace this one."
        if answer.status == 410:
            new = answer.headers.get("X-Sentry-Replacement-Endpoint", "one that this plugin lacks")
            return f"Sentry replaced the endpoint by {printable(new)}: look for a newer plugin."
        return searches.advice(route) if answer.status >= 500 else None
