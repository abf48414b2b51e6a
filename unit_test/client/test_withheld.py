"""What an answer holds that only the owner of a thing may know."""

from __future__ import annotations

import json

import pytest

from sentry_plugin.client.withheld import WITH_SECRETS, without_secrets
from unit_test.conftest import URL

KEY = {"id": "k", "public": "k", "secret": "hush", "dsn": {"public": "p", "secret": "hush"}}
HOOK = {"id": "1", "url": "u", "events": [], "status": "active", "dateCreated": "d"}
APP = {"uuid": "1", "slug": "s", "clientId": "c", "verifyInstall": True}
PROJECT = {"id": "1", "slug": "p", "securityTokenHeader": None}
THINGS = [
    KEY,
    KEY | {"dsn": "https://example.com"},
    HOOK | {"secret": "hush"},
    APP | {"clientSecret": "hush"},
    PROJECT | {"securityToken": "hush"},
]


@pytest.mark.parametrize("thing", THINGS, ids=str)
def test_a_secret_is_left_out_wherever_its_thing_is(thing):
    for whole in (thing, [thing], {"more": [1, thing]}):
        text = json.dumps(whole)
        left = json.dumps(without_secrets(json.loads(text), text.encode()))
        assert "hush" in text
        assert "hush" not in left
        assert min(thing) in left


def test_every_thing_with_a_secret_is_tried():
    assert all(any(each.has <= thing.keys() for thing in THINGS) for each in WITH_SECRETS)


@pytest.mark.parametrize(
    "left", [{"secret": "a", "public": "k"}, {"secret": "a", "id": "1"}], ids=str
)
def test_what_an_event_tells_of_secrets_of_another_make_stays(left, start, run, requests_mock):
    event = {"eventID": "0" * 32, "context": left}
    requests_mock.get(f"{URL}organizations/o/issues/1/events/latest/", json=event)
    given = {"issue_id": "1", "event_id": "latest"}
    answered = run(start("get_event", {"organization": "o"}, **given))
    assert answered["output"]["event"]["context"] == left


@pytest.mark.parametrize("limit", [{}, {"limit": 1}], ids=str)
def test_call_api_gives_what_the_api_gives(limit, start, run, requests_mock):
    requests_mock.get(f"{URL}projects/o/p/keys/", json=[KEY])
    answered = run(start("call_api", path="projects/o/p/keys/", **limit))
    assert answered["output"]["items"] == [KEY]
