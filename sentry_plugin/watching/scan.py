"""Scans lists that Sentry sorts newest first, again and again, so that no item is missed.

A scan starts at the newest item and ends where all is known. Most end a little before the time at
which the last one began; some, the deep ones, go back by all of *look_back*, for items that arrived
late. Knows neither Sentry's paths nor what is done with the items.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import ApiError, RateLimited, TransportError
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.client.pages import Page


OVERLAP = 600.0
"""Seconds by which each scan goes back before the beginning of the last one."""
MOST_BETWEEN = 30
"""The most scans between two deep ones."""
SAME_CLOCK = 2.0
"""Seconds by which two clocks may differ and count as equal: HTTP has whole seconds."""


class WatchedList(NamedTuple):
    """A list, newest first."""

    name: str
    pages: Callable[[str | None], Iterator[Page]]
    """Fetches the pages from a cursor on."""
    when: Callable[[Any], float]
    """Returns the time by which items are sorted."""


@dataclasses.dataclass
class Scan:
    """The progress of scans. States keep its fields by these names.

    Times are seconds since 1970 on Sentry's clock.
    """

    look_back: float
    start: float
    """The time from which items are reported."""
    ours: bool = False
    """Whether `start` is still a time of our own clock."""
    last: float | None = None
    """When the last complete scan began."""
    deepest: float | None = None
    """When the last complete deep scan began."""
    known: float | None = None
    """The time from which all was known after it; `look_back` may have grown since."""
    turns: int = 0
    """Scans before the next deep one."""
    began: float | None = None
    low: float = 0
    """The time at which the current scan ends."""
    bound: float = 0
    """The time from which an unknown item is new: in the first scan, all are unknown."""
    deep: bool = True
    pages: int = 0
    cursor: str | None = None
    """Where to continue a scan that was interrupted."""

    @property
    def floor(self) -> float:
        """The time at which deep scans end; older items may be forgotten."""
        return (self.start if self.deepest is None else self.deepest) - self.look_back

    def down(self, watched: WatchedList, now: Callable[[], float]) -> Iterator[list[Any]]:
        """Yield the items, page by page; *now* returns Sentry's clock at its last answer.

        The caller may keep this state only after it has handled the whole page.
        """
        for page in self._pages(watched):
            if self.began is None:
                self._begin(now())
            self.pages += 1
            items = [item for item in page.items if watched.when(item) >= self.low]
            self.cursor = page.next_cursor
            ended = self.cursor is None or (page.items[-1:] != items[-1:])
            if ended:
                self._end()
            yield items
            if ended:
                return

    def _pages(self, watched: WatchedList) -> Iterator[Page]:
        pages = watched.pages(self.cursor)
        if self.cursor:
            try:
                first = next(pages)
            except (TransportError, RateLimited):
                raise
            except ApiError as error:
                logger.warning("The list is begun anew: %s", error.cause)
                self.cursor = self.began = None
                pages = watched.pages(None)
            else:
                yield first
        yield from pages

    def _begin(self, now: float) -> None:
        if self.ours:
            ahead = now - time.time()
            self.start += ahead if abs(ahead) > SAME_CLOCK else 0
            self.ours = False
        self.began, self.pages = now, 0
        self.deep = self.last is None or self.turns < 1
        self.low = self.floor
        self.bound = self.start if self.known is None else max(self.known, self.floor)
        if not self.deep and self.last is not None:
            self.low = max(self.floor, self.last - OVERLAP)

    def _end(self) -> None:
        self.last, self.turns = self.began, self.turns - 1
        if self.deep:
            # So a scan reads two pages on average.
            self.deepest, self.turns = self.began, min(self.pages, MOST_BETWEEN) - 1
            self.known = self.low
        self.cursor = self.began = None
