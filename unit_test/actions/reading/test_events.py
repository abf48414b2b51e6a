"""One event: by its id or by a word, of an issue, a project or an organization."""

from __future__ import annotations

import json

import pytest

from unit_test.conftest import URL

ID = "fc6d8c0c43fc4630ad850ee518f1b9d0"
DASHED = "FC6D8C0C-43fc-4630-ad85-0ee518f1b9d0"
LOOKUP = f"{URL}organizations/o/eventids/{ID}/"


@pytest.fixture
def issue(sandbox):
    """Give an issue of three events."""
    sandbox.event(message="one", event_id="1" * 32, environment="lab", timestamp=at(1))
    sandbox.event(message="one", event_id=ID, timestamp=at(2))
    return sandbox.issue(message="one", event_id="3" * 32, timestamp=at(3))


def at(minute):
    return f"2026-01-01T00:0{minute}:00Z"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("latest", "3" * 32), ("oldest", "1" * 32), ("recommended", "3" * 32), (DASHED, ID)],
)
def test_an_event_of_an_issue_is_got_by_a_word_or_its_id(output, issue, wanted, found):
    for name in (issue["id"], issue["shortId"]):
        event = output("get_event", issue_id=name, event_id=wanted)["event"]
        assert (event["eventID"], event["groupID"]) == (found, issue["id"])
        assert event["entries"][0]["type"] == "message"


def test_an_event_is_got_of_its_project_and_of_its_organization(output, issue):
    for where in ({"project_slug": "sandbox"}, {}):
        event = output("get_event", event_id=ID, **where)["event"]
        assert (event["eventID"], event["groupID"]) == (ID, issue["id"])


@pytest.mark.parametrize(
    ("where", "word"),
    [
        ({"issue_id": "{id}"}, "has no such event"),
        ({"project_slug": "sandbox"}, "The project sandbox has no such event"),
        ({}, "The organization acme has no such event"),
    ],
)
def test_an_event_that_does_not_exist_is_not_found(body, issue, where, word):
    named = {key: value.format(**issue) for key, value in where.items()}
    answered = body("get_event", event_id="a" * 32, **named)
    assert answered["exception"]["code"] == "not_found"
    assert word in answered["error"]


@pytest.mark.parametrize("wrong", ["first", "12", f"{ID}0", "../latest"])
def test_an_id_that_is_none_is_refused_without_a_request(wrong, body, queries):
    answered = body("get_event", event_id=wrong, issue_id="1")
    assert "`event_id` is neither a UUID nor" in answered["error"]
    assert queries() == []


def test_a_word_needs_an_issue(body, queries):
    answered = body("get_event", event_id="Latest", project_slug="sandbox", issue_id="")
    assert "`event_id` latest needs an `issue_id`" in answered["error"]
    assert queries() == []


def test_an_event_without_any_organization_is_refused(body, queries):
    answered = body("get_event", organization="", event_id=ID)
    assert "Neither the input's `organization_slug` nor" in answered["error"]
    assert queries() == []


def old_server(requests_mock, answer=None):
    """Stand for Sentry 9, which knows events below an issue only by a word."""
    requests_mock.get(f"{URL}organizations/o/issues/1/events/{ID}/", status_code=404, text="")
    requests_mock.get(f"{URL}issues/1/events/{ID}/", status_code=404, text="")
    requests_mock.get(LOOKUP, json=answer or {"groupId": "1", "event": {"eventID": ID}})


def test_an_old_server_looks_an_event_up_in_the_organization(start, run, requests_mock):
    old_server(requests_mock)
    for connection, given in (
        ({"organization": "o"}, {"issue_id": "1"}),
        ({}, {"issue_id": "1", "organization_slug": "o"}),
        ({}, {"issue_id": "https://sentry.example/organizations/o/issues/1/"}),
    ):
        answered = run(start("get_event", connection, event_id=ID, **given))
        assert answered["output"] == {"event": {"eventID": ID}}


def test_an_event_of_another_issue_is_not_taken_for_one_of_this(start, run, requests_mock):
    old_server(requests_mock, {"groupId": "2", "event": {"eventID": ID}})
    answered = run(start("get_event", {"organization": "o"}, event_id=ID, issue_id="1"))
    assert answered["exception"]["code"] == "not_found"
    assert "is not one of the issue 1, but of 2" in answered["error"]


def test_a_server_that_lacks_what_was_asked_for_is_said_to(start, run, requests_mock):
    requests_mock.get(f"{URL}organizations/o/issues/1/events/recommended/", status_code=404)
    requests_mock.get(f"{URL}issues/1/events/recommended/", status_code=404)
    connection = {"organization": "o"}
    answered = run(start("get_event", connection, event_id="recommended", issue_id="1"))
    assert "this server does not have what was asked for" in answered["error"]
    assert requests_mock.call_count == 2


@pytest.mark.parametrize("odd", [[], "text", None])
def test_a_lookup_without_an_event_is_an_error(odd, start, run, requests_mock):
    requests_mock.get(LOOKUP, text=json.dumps({"groupId": "1", "event": odd}))
    answered = run(start("get_event", {"organization": "o"}, event_id=ID))
    assert "The answer for the event holds no event" in answered["error"]


def test_an_event_of_an_environment_is_the_one_asked_for(start, run, requests_mock):
    tags = [{"key": "environment", "value": "lab"}]
    requests_mock.get(f"{URL}issues/1/events/oldest/", json={"eventID": ID, "tags": tags})
    given = {"event_id": "oldest", "issue_id": "1"}
    assert run(start("get_event", **given, environment="lab"))["output"]["event"]["tags"] == tags
    assert requests_mock.last_request.qs == {"environment": ["lab"]}


@pytest.mark.parametrize("tags", [[], None, ["lab"], [{"key": "environment", "value": "home"}]])
def test_a_server_that_does_not_regard_the_environment_is_found_out(
    tags, start, run, requests_mock
):
    requests_mock.get(f"{URL}issues/1/events/latest/", json={"eventID": ID, "tags": tags})
    answered = run(start("get_event", event_id="latest", issue_id="1", environment="lab"))
    assert answered["exception"]["code"] == "unsupported"
    assert "which event is the latest one of it is not known" in answered["error"]


def test_an_event_of_another_environment_than_the_one_asked_for_is_not_found(
    start, run, requests_mock
):
    found = {"eventID": ID, "tags": [{"key": "environment", "value": "home"}]}
    requests_mock.get(f"{URL}issues/1/events/{ID}/", json=found)
    answered = run(start("get_event", event_id=ID, issue_id="1", environment="lab"))
    assert answered["exception"]["code"] == "not_found"
    assert "is not of the input's `environment`." in answered["error"]
