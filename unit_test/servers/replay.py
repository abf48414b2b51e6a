"""A server that answers as it was recorded to, and refuses to answer anything else.

A request is answered by a recording of the same request. Only parameters that GlitchTip ignores, as
its own recordings show, need not be the same.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from requests_mock import ANY

from unit_test import recordings

# By the last part of a path. Recordings with `ignored`, `per_page`, `bogus` or `parameters` in
# their names show that these change nothing.
IGNORED = {
    "issues": {"per_page", "statsPeriod", "groupStatsPeriod", "expand", "collapse"}
    | {"shortIdLookup"},
    "events": {"per_page", "query", "environment", "full", "start", "end", "statsPeriod"},
    "tags": {"per_page", "limit", "environment", "sort"},
    "teams": {"per_page", "query", "detailed"},
    "projects": {"per_page", "query"},
    "members": {"per_page", "query"},
    "releases": {"per_page", "query", "environment", "project"},
    "comments": {"per_page"},
    "values": {"per_page", "limit", "environment", "sort"},  # it lacks the path
}
OF_ONE_THING = {"environment", "expand", "collapse", "detailed"}


class Asked(NamedTuple):
    """A request, as far as it matters to this server."""

    method: str
    path: str
    query: frozenset

    def __str__(self):
        """Give it on one line, for who looks for its recording."""
        query = "&".join(sorted(f"{name}={value}" for name, value in self.query))
        return f"{self.method} {self.path}{'?' if query else ''}{query}"


def asked(method, url):
    parts = urlsplit(url)
    ignored = IGNORED.get(parts.path.rstrip("/").rpartition("/")[2], OF_ONE_THING)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return Asked(
        method, unquote(parts.path), frozenset(each for each in pairs if each[0] not in ignored)
    )


class Replay:
    """Answers by recordings; by several of the same request in turn, and by the last from then on.

    *names* are of the recordings. ``NAME for METHOD PATH`` answers another request than its own.
    """

    def __init__(self, requests_mock, folder, names):
        self._ready, self.unknown, self.used = [], [], set()
        for each in names:
            name, _, other = each.partition(" for ")
            exchange = recordings.exchange(folder / f"{name}.http")
            request = asked(*(other.split() if other else (exchange.method, exchange.url)))
            self._ready.append((request, each, exchange))
        requests_mock.register_uri(ANY, re.compile("/api/"), text=self._answer)

    def _answer(self, request, context):
        wanted = asked(request.method, request.url)
        fitting = [each for each in self._ready if each[0] == wanted]
        if not fitting:
            self.unknown.append(str(wanted))
            context.status_code = 400
            return json.dumps({"detail": "There is no recording."})
        if fitting[1:]:
            self._ready.remove(fitting[0])
        _, name, exchange = fitting[0]
        self.used.add(name)
        context.status_code = exchange.status
        context.headers.update(exchange.headers)
        return exchange.body
