"""Reads whole lists of the web API by a crew: pages at once where their cursors are predictable.

Most of Sentry's lists number their pages (``100:1:0`` is the second page of a hundred each). Each
page's Link header still decides: of a list whose cursors turn out otherwise, such as that of
issues, page follows page. Knows no list by name.
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
    from sentry_plugin.inventory.threads import Crew

FATAL = (TimedOut, Unauthorized)
"""Errors after which no other request has a chance."""

_SECOND_PAGE = re.compile(r"([1-9]\d{0,2}):1:0")


class Listing(NamedTuple):
    """A list to read, whom to give its items page by page, and whom to tell where it fails."""

    routes: Sequence[Route]
    scope: str
    take: Callable[[list[Any]], None]
    lose: Callable[[ApiError], None]


class Reader:
    """Asks one Sentry, and counts how often."""

    def __init__(self, client: SentryClient, crew: Crew) -> None:
        self.crew = crew
        self.asked = 0
        self._client = client

    def get(self, route: Route, scope: str) -> Any:
        """Fetch one thing."""
        self.asked += 1
        return self._client.get([route], scope)

    def pages(
        self, routes: Sequence[Route], scope: str, cursor: str | None = None
    ) -> Iterator[Page]:
        """Fetch a list page after page."""
        for page in self._client.pages(routes, scope, cursor=cursor):
            self.asked += 1
            yield page

    def read(self, listing: Listing) -> None:
        """Have the crew read a list."""
        self.crew.give(partial(_Reading(self, listing).fetch, 0))


class _Reading:
    """A list that is being read: page n leads to the pages 2n and 2n+1.

    So short lists cost no request too many, and long ones are soon read by all hands.
    """

    def __init__(self, reader: Reader, listing: Listing) -> None:
        self._reader = reader
        self._listing = listing
        self._size = ""
        self._last = math.inf

    def fetch(self, number: int) -> None:
        """Fetch one page, and have those fetched to which it leads."""
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
            self._listing.lose(error)

    def _go_on(self, number: int, page: Page) -> None:
        if number == 0:
            match = _SECOND_PAGE.fullmatch(page.next_cursor or "")
            # A cursor of another kind may look the same: its first number is no size.
            self._size = match[1] if match and int(match[1]) == len(page.items) else ""
        if page.next_cursor == self._cursor(number + 1):
            for following in (2 * number, 2 * number + 1)[number == 0 :]:
                self._reader.crew.give(partial(self.fetch, following))
        else:
            listing = self._listing
            for each in self._reader.pages(listing.routes, listing.scope, page.next_cursor):
                listing.take(each.items)

    def _cursor(self, number: int) -> str:
        return f"{self._size}:{number}:0"

    def _page(self, cursor: str | None) -> Page:
        page = next(self._reader.pages(self._listing.routes, self._listing.scope, cursor))
        self._listing.take(page.items)
        return page
