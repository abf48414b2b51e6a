"""Asks the server of the live tests what it has, once, and takes out the tests that need more.

`SENTRY_LIVE_LACKS` says what a server is known to lack, so that no probe can be wrong unseen.
"""

from __future__ import annotations

import functools
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests

from sentry_plugin.address import api_root
from unit_test import outside
from unit_test.live.needs import ISSUES, NEEDS, Seen

NAMES = ("url", "token", "readonly_token", "org", "project", "dsn")
LACKS = "SENTRY_LIVE_LACKS"
MISSING = {404, 405, 410}


def settings():
    """Give what the environment says of the server, with the root of its API and the DSN's host."""
    values = outside.named(*(f"SENTRY_LIVE_{name.upper()}" for name in NAMES))
    given = SimpleNamespace(**dict(zip(NAMES, values, strict=True)))
    dsn = urlsplit(given.dsn)
    before, _, given.project_id = dsn.path.rpartition("/")
    given.key, given.api = dsn.username, api_root(given.url)
    given.release = "no-such-release"
    given.ingest = f"{dsn.scheme}://{dsn.netloc.rpartition('@')[2]}{before}"
    return given


class Server:
    """A server that is asked for what it has."""

    def __init__(self):
        self._given = settings()
        self._known = {}

    def has(self, name):
        """Tell whether it has what a need is named for."""
        if name not in self._known:
            self._known[name] = self._probe(name)
        return self._known[name]

    def lacking(self):
        """List the needs that it lacks."""
        return [name for name in NEEDS if not self.has(name)]

    def _probe(self, name):
        need = NEEDS[name]
        changes = need.method == "PUT"
        if changes and not self.has("ingest"):
            return False  # an issue of somebody else is not touched
        found = need.judge(self._ask(need.method, need.paths, need.query, need.body))
        if changes:
            self._ask("PUT", need.paths, body={"status": "unresolved"})
        return found

    def _ask(self, method, paths, query=None, body=None):
        for path in paths:
            seen = self._ask_one(method, path, query or {}, body)
            if seen.status not in MISSING:
                break
        return seen

    def _ask_one(self, method, path, query, body):
        names = vars(self._given)
        if any("{issue}" in text or "{short_id}" in text for text in (path, *query.values())):
            names = names | self._issue
        is_ingest = path.startswith("/")
        headers = {"Authorization": f"Bearer {names['token']}"}
        if is_ingest:
            headers = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={names['key']}"}
        place = f"{names['ingest'] if is_ingest else names['api']}{path.format(**names)}"
        response = requests.request(
            method,
            place,
            params={key: value.format(**names) for key, value in query.items()},
            data=body if isinstance(body, str) else None,
            json=None if isinstance(body, str) else body,
            headers=headers,
            timeout=outside.PATIENCE,
        )
        return Seen(response.status_code, response.text)

    @functools.cached_property
    def _issue(self):
        """An issue of the probes' own, or any one where events are not taken."""
        words = ""
        if self.has("ingest"):
            words = outside.new_words()
            connection = {"token": {"token": self._given.token}, "url": self._given.url}
            given = {"dsn": self._given.dsn, "event_json": {"logentry": {"formatted": words}}}
            body = {"action": "submit_event", "meta": {}, "connection": connection, "input": given}
            outside.answer({"version": "v1", "type": "action_start", "body": body})

        def listed():
            return self._ask("GET", ISSUES, {"query": words, "limit": "1"}).json

        (first, *_) = outside.eventually(listed)
        return {"issue": first["id"], "short_id": first["shortId"]}


@functools.cache
def server():
    """Give the server that the environment names."""
    return Server()


def require(*names):
    """Take the test out if the server lacks something."""
    for name in names:
        if not server().has(name):
            pytest.skip(f"needs a server that {NEEDS[name].words}")


def known_lacks():
    """List what the server is known to lack; "nothing" stands for none."""
    (told,) = outside.named(LACKS)
    names = [] if told == "nothing" else told.split()
    assert set(names) <= NEEDS.keys()
    return names
