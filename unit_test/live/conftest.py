"""A real Sentry of any version, what the plugin's process answers there, and an issue of one's own.

The environment names the server, its user's token (event:write), a token that may only read, an
organization, a project that the user is a member of, and that project's DSN.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import requests

from sentry_plugin.runtime import runtime
from sentry_plugin.runtime.stop import Stop
from unit_test import outside
from unit_test.live import probing


@pytest.fixture(scope="module")
def sentry():
    return probing.settings()


@pytest.fixture(scope="module")
def ask(sentry):
    """Ask the server's API with the user's token."""

    def send(path, method="GET", **body):
        headers = {"Authorization": f"Bearer {sentry.token}"}
        response = requests.request(
            method,
            f"{sentry.api}{path}",
            headers=headers,
            json=body or None,
            timeout=outside.PATIENCE,
        )
        assert response.ok, response.text
        return response.json()

    return send


@pytest.fixture(scope="module")
def message(sentry):
    """Make a start message for the server."""

    def make(action, connection=None, **given):
        whole = {"token": {"token": sentry.token}, "url": sentry.url, **(connection or {})}
        body = {"action": action, "meta": {}, "connection": whole, "input": given}
        return {"version": "v1", "type": "action_start", "body": body}

    return make


@pytest.fixture(scope="module")
def run(message):
    """Run an action and return its output."""

    def send(action, **given):
        body = outside.answer(message(action, **given))
        assert body["status"] == "ok", body
        return body["output"]

    return send


@pytest.fixture(scope="module")
def refused(message):
    """Run an action that has to fail and return its exception, and all of its text."""

    def send(action, connection=None, **given):
        body = outside.answer(message(action, connection, **given))
        assert body["status"] == "error", body
        return body["exception"], body["error"]

    return send


@pytest.fixture(scope="module")
def list_issues(sentry, run):
    def ask(**given):
        where = {"organization_slug": sentry.org, "project_slug": sentry.project}
        return run("list_project_issues", **where, **given)

    return ask


@pytest.fixture(scope="module")
def submit(message, sentry):
    """Submit events with the same words, one per fingerprint, at once; return their ids."""
    probing.require("ingest")

    def send(text, fingerprints):
        def one(fingerprint):
            event = {"logentry": {"formatted": text}, "fingerprint": [text, fingerprint]}
            # Version 6 goes to the store endpoint, which all servers have: one request an event.
            start = message("submit_event", dsn=sentry.dsn, event_json=event, sentry_version=6)
            answered = runtime.answer(json.dumps(start).encode(), runtime.RunOptions(Stop()))
            return json.loads(answered.text)["body"]["output"]["id"]

        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(one, fingerprints))

    return send


@pytest.fixture(scope="module")
def issue(sentry, run, list_issues):
    """An issue with one event, submitted by the plugin's process and found by its words."""
    probing.require("ingest")
    words = outside.new_words()
    event = {"logentry": {"formatted": words}, "level": "warning", "tags": {"made_by": "live"}}
    event_id = run("submit_event", dsn=sentry.dsn, event_json=event)["id"]
    (found,) = outside.eventually(lambda: list_issues(query=words)["issues"])
    return SimpleNamespace(words=words, event_id=event_id, id=found["id"], found=found)
