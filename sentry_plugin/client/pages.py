"""Pages of a list: the cursor of the next page, limits, choices, and lists without an end.

Only cursors are taken from the Link header, because its URLs may name another host. Knows no path:
it is told how to fetch a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from sentry_plugin.errors import ApiError, InputError
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


Keeps = Callable[[Any], bool]
"""Tells whether an item is one of those that are meant."""


def everything(_: Any) -> bool:
    """Keep any item."""
    return True


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


def read(
    fetch: Callable[[str | None, int | None], Page],
    limit: int | None,
    cursor: str | None,
    choose: Callable[[], Keeps] = lambda: everything,
) -> Iterator[Page]:
    """Yield pages with *limit* items in all (None: all there are), from *cursor* on.

    *fetch* gets a cursor and the most items to ask for. *choose*, which is called after the first
    page was fetched, returns what tells which items count; the others are left out.
    """
    if limit is not None and limit < 1:
        raise InputError("The input's `limit` is less than 1.")
    left, detector, keeps = limit, LoopDetector(cursor), None
    size = _size(left, keeps)
    while True:
        fetched = fetch(cursor, size)
        keeps = keeps or choose()
        if smaller := _too_many(fetched, keeps, left, size):
            size = smaller
            continue
        kept = fetched._replace(items=[*filter(keeps, fetched.items)])
        page = kept.cut(left, cursor)
        yield page
        left = None if left is None else left - len(page.items)
        if page.next_cursor is None or left == 0:
            return
        detector.check(fetched)
        cursor, size = page.next_cursor, _size(left, keeps)


def _size(left: int | None, keeps: Keeps | None) -> int | None:
    """Return how many items to ask for; a full page where only some of them will count."""
    if left is None:
        return None
    return min(left, LARGEST) if keeps in {None, everything} else LARGEST


def _too_many(fetched: Page, keeps: Keeps, left: int | None, size: int | None) -> int | None:
    """Return the size of a page that ends with the last item wanted; None if this one does.

    So the next cursor begins right behind it, and nothing is lost or given twice.
    """
    if left is None or size is None or keeps is everything or len(fetched.items) > size:
        return None
    counting = [place for place, item in enumerate(fetched.items) if keeps(item)]
    return counting[left - 1] + 1 if len(counting) > left else None


class LoopDetector:
    """Detects a list without an end: cursors repeat, or pages bring nothing new."""

    def __init__(self, cursor: str | None) -> None:
        self._cursors = {cursor}
        self._known: set[int] = set()  # hashes, because an ID from a server may be long
        self._idle = 0

    def check(self, page: Page) -> None:
        """Raise ApiError if *page* shows that the list does not end."""
        # Some things have no ID, such as releases of GlitchTip.
        ids = {hash(str(item.get("id", item))) for item in page.items if isinstance(item, dict)}
        self._idle = self._idle + 1 if ids <= self._known else 0
        if page.next_cursor in self._cursors or self._idle > MOST_IDLE:
            raise ApiError(
                "The server's list does not end: its pages repeat.",
                "Set a `limit`, or narrow the query; a proxy may spoil the pages' cursors.",
            )
        self._cursors.add(page.next_cursor)
        self._known |= ids
