"""Pages of lists: cursors, and the Link header with the next and the previous page.

As in Sentry, lists of issues are ordered by a score, and all other lists count rows from the start.
Knows no table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sentry_plugin.sandbox.messages.responses import Response, as_json, refuse

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.store import Where
    from sentry_plugin.sandbox.messages.call import Call

MAX_HITS = 1000
MAX_LIMIT = 100

_CURSOR = re.compile(r"(-?\d{1,18})(?:\.\d+)?:(-?\d{1,9}):([01])")


@dataclass(frozen=True)
class Cursor:
    """A place in a list: a value, an offset from it, and the direction to read in."""

    value: int = 0
    offset: int = 0
    backwards: bool = False

    def __str__(self) -> str:
        return f"{self.value}:{self.offset}:{int(self.backwards)}"


@dataclass(frozen=True)
class PageOfRows:
    """The rows of one page, and the cursors of the pages before and after it."""

    rows: Sequence[Any]
    previous: Cursor
    following: Cursor
    has_previous: bool
    has_next: bool


def cursor_of(call: Call) -> Cursor:
    """Read the request's cursor; if it has none, return the start of the list."""
    text = call.first("cursor")
    if not text:
        return Cursor()
    match = _CURSOR.fullmatch(text)
    if not match:
        refuse(400, "Invalid cursor parameter.")
    cursor = Cursor(int(match[1]), int(match[2]), match[3] == "1")
    if cursor.offset < 0 and not cursor.backwards:
        refuse(400, "Pagination offset cannot be negative")
    return cursor


def link(call: Call, page: PageOfRows) -> str:
    """Build the Link header: always both directions, `results` tells whether there is a page."""
    ends = (
        ("previous", page.previous, page.has_previous),
        ("next", page.following, page.has_next),
    )
    return ", ".join(
        f'<{call.url(str(cursor))}>; rel="{name}"; results="{str(there).lower()}"; '
        f'cursor="{cursor}"'
        for name, cursor, there in ends
    )


def by_offset(
    call: Call, total: int, rows: Callable[[int, int], Sequence[Any]], *, numbered: bool = True
) -> PageOfRows:
    """Build the page that the request asks for of *total* rows; `rows(limit, start)` reads them.

    The cursors of a *numbered* list count pages, those of others count rows.
    """
    size = call.per_page()
    cursor = cursor_of(call)
    step = (cursor.value or size) if numbered else 1
    start = max(0, cursor.offset * step)
    value, unit = (size, 1) if numbered else (0, size)
    page = start // size if numbered else start
    return PageOfRows(
        rows(size, start),
        previous=Cursor(value, page - unit if numbered else max(0, page - unit), backwards=True),
        following=Cursor(value, page + unit),
        has_previous=start > 0,
        has_next=start + size < total,
    )


def of_table(
    call: Call,
    table: str,
    where: Where,
    *,
    order: str = "id",
    numbered: bool = True,
) -> PageOfRows:
    """Build the page that the request asks for of a table's rows."""
    store = call.sandbox.store

    def rows(limit: int, start: int) -> Sequence[Any]:
        return store.select(table, where, order=order, page=(limit, start))

    return by_offset(call, store.count(table, where), rows, numbered=numbered)


@dataclass(frozen=True)
class Ranking:
    """A list that begins with the highest score, which is the first column of a row."""

    total: int
    above: Callable[[int], int]
    rows: Callable[[int, int], Sequence[Any]]

    def cursor_at(self, index: int) -> Cursor:
        """Return the cursor of the row at *index*, or of the place after the last row."""
        score = int(self.rows(1, min(index, self.total - 1))[0][0])
        return Cursor(score, index - self.above(score))


def by_score(cursor: Cursor, limit: int, ranking: Ranking) -> PageOfRows:
    """Build the page at *cursor*, by score as Sentry does, so that no row that moves is missed."""
    total = ranking.total
    if cursor.value:
        position = ranking.above(cursor.value) + cursor.offset
    else:
        position = total if cursor.backwards else cursor.offset
    position = min(max(position, 0), total)
    start = max(position - limit, 0) if cursor.backwards else position
    end = position if cursor.backwards else min(position + limit, total)
    ends = (ranking.cursor_at(start), ranking.cursor_at(end)) if total else (cursor, cursor)
    return PageOfRows(
        ranking.rows(end - start, start),
        previous=replace(ends[0], backwards=True),
        following=replace(ends[1], backwards=False),
        has_previous=start > 0,
        has_next=end < total,
    )


def listing(call: Call, page: PageOfRows, body: Sequence[Any], hits: int | None = None) -> Response:
    """Build the answer of a list; *hits* is the number of all that match."""
    headers = {"Link": link(call, page)}
    if hits is not None:
        headers |= {"X-Hits": str(min(hits, MAX_HITS)), "X-Max-Hits": str(MAX_HITS)}
    return as_json(body, headers=headers)


def listing_of_json(call: Call, page: PageOfRows) -> Response:
    """Build the answer of a list whose rows have JSON in the column `body`."""
    body = b"[" + b",".join(row["body"] for row in page.rows) + b"]"
    return Response(200, body, headers={"Link": link(call, page)})
