"""Reads whole lists of the web API, several pages at once where their cursors are predictable.

Most of Sentry's lists number their pages (``100:1:0`` is the second page of a hundred items). Each
page's Link header still decides: where it names another cursor, as with issues, the pages are read
one after the other. Knows no list by name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import ApiError, TimedOut, Unauthorized

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.client.pages import Page
    from sentry_plugin.client.routes import Route
    from sentry_plugin.inventory.threads import ThreadPool

FATAL = (TimedOut, Unauthorized)
"""Errors after which every other request would fail too."""

_SECOND_PAGE = re.compile(r"([1-9]\d{0,2}):1:0")


class ListRequest(NamedTuple):
    """A list to read, with what to call for the items of each page and for an error."""

    routes: Sequence[Route]
    scope: str
    on_items: Callable[[list[Any]], None]
    on_error: Callable[[ApiError], None]


class Reader:
    """Reads from one Sentry, and counts the requests."""

    def __init__(self, client: SentryClient, pool: ThreadPool) -> None:
        self.pool = pool
        self.requests = 0
        self._client = client

    def get(self, route: Route, scope: str) -> Any:
        """Fetch one object."""
        self.requests += 1
        return self._client.get([route], scope)

    def pages(
        self, routes: Sequence[Route], scope: str, cursor: str | None = None
    ) -> Iterator[Page]:
        """Fetch a list page after page."""
        for page in self._client.pages(routes, scope, cursor=cursor):
            self.requests += 1
            yield page

    def read(self, request: ListRequest) -> None:
        """Add a job that reads a list."""
        self.pool.add(partial(_Reading(self, request).fetch, 0))


class _Reading:
    """A list that is being read: after page n come the pages 2n and 2n+1.

    So a short list hardly costs a request in vain, and a long one soon keeps all threads busy.
    """

    def __init__(self, reader: Reader, request: ListRequest) -> None:
        self._reader = reader
        self._request = request
        self._size = ""
        self._last = math.inf

    def fetch(self, number: int) -> None:
        """Fetch one page, and add jobs for the pages that come after it."""
        if number > self._last:
            return
        try:
            page = self._page(self._cursor(number) if number else None)
            if page.next_cursor is None:
                self._last = min(self._last, number)
            else:
                self._go_on(number, page)
        except FATAL:
            raise
        except ApiError as error:
            self._request.on_error(error)

    def _go_on(self, number: int, page: Page) -> None:
        if number == 0:
            match = _SECOND_PAGE.fullmatch(page.next_cursor or "")
            # A cursor of another kind may look the same: its first number is no size.
            self._size = match[1] if match and int(match[1]) == len(page.items) else ""
        if page.next_cursor == self._cursor(number + 1):
            for following in (2 * number, 2 * number + 1)[number == 0 :]:
                self._reader.pool.add(partial(self.fetch, following))
        else:
            request = self._request
            for each in self._reader.pages(request.routes, request.scope, page.next_cursor):
                request.on_items(each.items)

    def _cursor(self, number: int) -> str:
        return f"{self._size}:{number}:0"

    def _page(self, cursor: str | None) -> Page:
        page = next(self._reader.pages(self._request.routes, self._request.scope, cursor))
        self._request.on_items(page.items)
        return page
