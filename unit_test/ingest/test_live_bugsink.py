"""Events to a real Bugsink, which keeps only what fits the event schema.

The environment names its API, a token for that, and a project's DSN.
"""

from __future__ import annotations

import uuid

import pytest
import requests

from unit_test import outside

pytestmark = pytest.mark.live


@pytest.fixture
def bugsink():
    return outside.named("BUGSINK_LIVE_URL", "BUGSINK_LIVE_TOKEN", "BUGSINK_LIVE_DSN")


@pytest.fixture
def stored(bugsink):
    """Return the data of the stored events of an id: one, or none yet."""
    url, token, dsn = bugsink

    def get(path, **query):
        headers = {"Authorization": f"Bearer {token}"}
        reply = requests.get(url + path, params=query, headers=headers, timeout=outside.PATIENCE)
        reply.raise_for_status()
        return reply.json()

    def find(event_id):
        latest = {"project": dsn.rpartition("/")[2], "sort": "last_seen", "order": "desc"}
        issues = get("issues/", **latest)["results"]
        events = [one for each in issues for one in get("events/", issue=each["id"])["results"]]
        same = [one for one in events if uuid.UUID(one["event_id"]) == uuid.UUID(event_id)]
        return [get(f"events/{one['id']}/")["data"] for one in same]

    return find


@pytest.mark.parametrize("sentry_version", [7, 6])
def test_event_is_stored_as_submitted(bugsink, stored, sentry_version):
    dsn = bugsink[2]
    event = {"logentry": {"formatted": f"live-{uuid.uuid4()}"}, "release": "live@1.0"}
    given = {"dsn": dsn, "event_json": event, "sentry_version": sentry_version}
    connection = {"token": {"token": "not-a-real-token"}}  # an event needs the DSN's key alone
    body = {"action": "submit_event", "meta": {}, "connection": connection, "input": given}
    answered = outside.answer({"version": "v1", "type": "action_start", "body": body})
    assert answered["status"] == "ok", answered
    (found,) = outside.eventually(lambda: stored(answered["output"]["id"]))
    assert event.items() <= found.items()
