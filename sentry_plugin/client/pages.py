"""Pages of a list: the cursor of the next page, limits, and lists without an end.

Only cursors are taken from the Link header, because its URLs may name another host. Fetches
nothing.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from sentry_plugin.errors import ApiError
from sentry_plugin.logs import logger

LARGEST = 100
"""The most items that Sentry puts in one page."""
MOST_IDLE = 3
"""Pages in a row without a new item that are accepted."""

# Linear time, whatever a server sends.
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*\w+="[^"]*")*)')
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


def next_cursor(header: str) -> str | None:
    """Read the cursor of the next page from a Link header; None on the last page.

    Sentry sends both rels on every page; only ``results="true"`` says that there is more.
    https://docs.sentry.io/api/pagination/
    """
    for url, attributes in _LINK.findall(header):
        link: dict[str, str] = dict(_ATTRIBUTE.findall(attributes))
        if link.get("rel") == "next" and link.get("results") == "true":
            in_url: list[str] = parse_qs(url.partition("?")[2]).get("cursor", [""])
            return link.get("cursor") or in_url[-1] or None
    return None


class Page(NamedTuple):
    """One page of a list, and the cursor of the next one; None on the last page."""

    items: list[Any]
    next_cursor: str | None
    size: int = 0
    """Bytes of the answer."""

    def cut(self, most: int | None, cursor: str | None) -> Page:
        """Return the page, fetched from *cursor*, with at most *most* items; None means all."""
        if most is None or len(self.items) <= most:
            return self
        logger.warning("The server's pages are larger than asked for: the last one is cut.")
        return self._replace(items=self.items[:most], next_cursor=cursor)


class LoopDetector:
    """Detects a list without an end: cursors repeat, or pages bring nothing new."""

    def __init__(self, cursor: str | None) -> None:
        self._cursors = {cursor}
        self._known: set[int] = set()  # hashes, because an ID from a server may be long
        self._idle = 0

    def check(self, page: Page) -> None:
        """Raise ApiError if *page* shows that the list does not end."""
        ids = {hash(str(item.get("id"))) for item in page.items if isinstance(item, dict)}
        self._idle = self._idle + 1 if ids <= self._known else 0
        if page.next_cursor in self._cursors or self._idle > MOST_IDLE:
            raise ApiError(
                "The server's list does not end: its pages repeat.",
                "Set a `limit`, or narrow the query; a proxy may spoil the pages' cursors.",
            )
        self._cursors.add(page.next_cursor)
        self._known |= ids
