"""add_comment: what is said, to whom, and that nothing is said twice."""

from __future__ import annotations

import pytest

from sentry_plugin.errors import IN_DOUBT
from unit_test.conftest import URL

COMMENTS = f"{URL}issues/1/comments/"
SAID = {"detail": "You have already posted that comment."}


@pytest.fixture
def comment(start, run, sandbox):
    """Comment in the sandbox, and give the body of the answer."""

    def send(issue_id, text, **more):
        connection = {"token": {"token": sandbox.known["token"]}, "url": sandbox.base}
        connection["organization"] = "acme"
        return run(start("add_comment", connection, issue_id=issue_id, text=text, **more))

    return send


@pytest.mark.parametrize("field", ["id", "shortId"])
def test_a_comment_is_added_to_an_issue_as_it_is_named(field, sandbox, comment):
    issue = sandbox.issue(message="commented")
    output = comment(issue[field], " Tracked as TICKET-1\n")["output"]
    assert (output["created"], output["comment"]["data"]["text"]) == (True, "Tracked as TICKET-1")
    (found,) = sandbox.get(f"organizations/acme/issues/{issue['id']}/comments/").json()
    assert found["id"] == output["comment"]["id"]


def test_what_was_said_is_not_said_again_but_given(sandbox, comment):
    issue = sandbox.issue(message="commented")
    first = comment(issue["id"], "the same")["output"]["comment"]
    assert comment(issue["id"], "another")["output"]["created"]
    again = comment(issue["id"], "the same")["output"]
    assert (again["created"], again["comment"]["id"]) == (False, first["id"])


@pytest.mark.parametrize("listed", [[], [{"data": {"text": "other"}}, {"data": None}, "x"]])
def test_what_was_said_and_is_not_found_is_an_error(listed, start, run, requests_mock):
    requests_mock.post(COMMENTS, status_code=400, json=SAID)
    requests_mock.get(COMMENTS, json=listed)
    body = run(start("add_comment", issue_id="1", text="the same"))
    assert "already posted" in body["error"]


def test_a_comment_is_sent_once_and_what_is_not_known_of_it_is_said(start, run, requests_mock):
    requests_mock.post(COMMENTS, status_code=503)
    assert IN_DOUBT.strip() in run(start("add_comment", issue_id="1", text="x"))["error"]
    assert requests_mock.call_count == 1


def test_a_comment_that_is_refused_otherwise_is_an_error(start, run, requests_mock):
    requests_mock.post(COMMENTS, status_code=403, json={"detail": "No."})
    assert "event:write" in run(start("add_comment", issue_id="1", text="x"))["error"]


def test_who_is_mentioned_is_told(start, run, requests_mock):
    requests_mock.post(COMMENTS, status_code=201, json={"id": "1"})
    given = {"issue_id": "1", "text": "look", "mentions": ["user:7", "team:3"]}
    assert run(start("add_comment", **given))["output"]["created"]
    assert requests_mock.last_request.json() == {"text": "look", "mentions": ["user:7", "team:3"]}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": " \n"}, "`text` is empty"),
        ({"text": "x", "mentions": ["user@example.com"]}, "no user and no team"),
        ({"text": "x", "mentions": ["user:x"]}, "no user and no team"),
    ],
)
def test_a_comment_that_cannot_be_one_is_refused(given, words, start, run, requests_mock):
    assert words in run(start("add_comment", issue_id="1", **given))["error"]
    assert requests_mock.call_count == 0
