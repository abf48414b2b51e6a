"""Goes down lists that Sentry gives newest first, again and again, so that nothing is missed.

A sweep starts at the newest and ends where all is known. Most end a little below where the last one
began; from time to time one goes down by all of *look_back*, for what arrived late. Knows neither
Sentry's paths nor what is done with the items.
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
"""Seconds that every sweep goes below the beginning of the one before."""
MOST_BETWEEN = 30
"""Sweeps between two that go down all of the way."""
SAME_CLOCK = 2.0
"""Seconds by which two clocks may differ and still be the same: HTTP tells whole ones."""


class Feed(NamedTuple):
    """A list, newest first."""

    name: str
    pages: Callable[[str | None], Iterator[Page]]
    """Gives the pages from a cursor on."""
    when: Callable[[Any], float]
    """Gives the time by which an item has its place."""


@dataclasses.dataclass
class Sweep:
    """How far it is; all times but *ours* are of Sentry's clock."""

    look_back: float
    start: float
    """From when on it is told what happens."""
    ours: bool = False
    """Whether that is still of our own clock."""
    last: float | None = None
    """When the last sweep began that came to its end."""
    deepest: float | None = None
    """The same of the last that went all of the way."""
    known: float | None = None
    """From when on all was known after it; `look_back` may have grown since."""
    turns: int = 0
    """Sweeps before the next that does."""
    began: float | None = None
    low: float = 0
    """Where it ends."""
    bound: float = 0
    """From when on what is not known yet is new: nothing is known in the first sweep."""
    deep: bool = True
    pages: int = 0
    cursor: str | None = None
    """Where to go on with one that was broken off."""

    @property
    def floor(self) -> float:
        """How far back it is looked, and what is older is forgotten."""
        return (self.start if self.deepest is None else self.deepest) - self.look_back

    def down(self, feed: Feed, now: Callable[[], float]) -> Iterator[list[Any]]:
        """Give the items, page by page; *now* is Sentry's clock as of its last answer.

        Whoever takes a page keeps this state only once all of the page is taken care of.
        """
        for page in self._pages(feed):
            if self.began is None:
                self._begin(now())
            self.pages += 1
            items = [item for item in page.items if feed.when(item) >= self.low]
            self.cursor = page.next_cursor
            ended = self.cursor is None or (page.items[-1:] != items[-1:])
            if ended:
                self._end()
            yield items
            if ended:
                return

    def _pages(self, feed: Feed) -> Iterator[Page]:
        pages = feed.pages(self.cursor)
        if self.cursor:
            try:
                first = next(pages)
            except (TransportError, RateLimited):
                raise
            except ApiError as error:
                logger.warning("The list is begun anew: %s", error.cause)
                self.cursor = self.began = None
                pages = feed.pages(None)
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
            # So that there are two pages a sweep, on average.
            self.deepest, self.turns = self.began, min(self.pages, MOST_BETWEEN) - 1
            self.known = self.low
        self.cursor = self.began = None
