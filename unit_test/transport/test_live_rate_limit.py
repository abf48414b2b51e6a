"""A real Sentry limits the events of a key: that is waited out where it fits, and else told."""

from __future__ import annotations

import re
import uuid

import pytest
import requests

from unit_test import outside
from unit_test.live import probing

pytestmark = [pytest.mark.live, pytest.mark.needs("ingest")]


@pytest.fixture
def key(request):
    """Make a key of the project that takes one event in a window of seconds; give its DSN."""
    sentry = probing.settings()
    keys = f"{sentry.api}projects/{sentry.org}/{sentry.project}/keys/"
    headers = {"Authorization": f"Bearer {sentry.token}"}

    def ask(method, place, **given):
        response = requests.request(
            method, place, headers=headers, timeout=outside.PATIENCE, **given
        )
        response.raise_for_status()
        return response

    made = ask("POST", keys, json={"name": "limited"}).json()
    limit = {"rateLimit": {"count": 1, "window": request.param}}
    assert ask("PUT", f"{keys}{made['id']}/", json=limit).json()["rateLimit"]["count"] == 1
    yield made["dsn"]["public"]
    ask("DELETE", f"{keys}{made['id']}/")


def submit(dsn, timeout):
    connection = {"token": {"token": "not-a-real-token"}, "timeout": timeout}
    event = {"event_id": uuid.uuid4().hex, "logentry": {"formatted": "one of many"}}
    given = {"dsn": dsn, "event_json": event}
    body = {"action": "submit_event", "meta": {}, "connection": connection, "input": given}
    return outside.answer({"version": "v1", "type": "action_start", "body": body})


def told(dsn, code, timeout):
    """Tell of the error that an event ends with, where it has that code."""
    error = submit(dsn, timeout).get("exception")
    return error if error and error["code"] == code else None


# The window outlasts what a process may take on a busy machine, and so the time that it has.
@pytest.mark.parametrize("key", [3600], indirect=True)
def test_a_limit_of_a_real_sentry_is_told_where_waiting_does_not_fit(key):
    # A server takes some seconds to hear of a new limit.
    limited = outside.eventually(lambda: told(key, "rate_limited", 60))
    assert limited["retryable"] is True
    assert 0 < limited["retry_after"] <= 3600


@pytest.mark.parametrize("key", [8], indirect=True)
def test_a_limit_of_a_real_sentry_is_waited_out_where_that_fits(key):
    def waited_out():
        outside.eventually(lambda: told(key, "rate_limited", 1))
        body = submit(key, 60)
        assert body["status"] == "ok"
        # On a busy machine the window may be over before the process asks.
        return re.search(r"WARNING HTTP 429\. Trying POST again in \d", body["log"])

    assert outside.eventually(waited_out)
