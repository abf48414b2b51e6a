"""What users say: feedback of its own, and reports on an event."""

from __future__ import annotations

import json
import uuid

import pytest

from sentry_plugin.sandbox import times

LIST = "projects/acme/sandbox/user-feedback/"
SAID = {"name": "User", "email": "user@example.com", "comments": "It broke."}


def give(sandbox, said):
    event_id = uuid.uuid4().hex
    payload = json.dumps({"contexts": {"feedback": said}, "level": "info", "platform": "other"})
    lines = (json.dumps({"event_id": event_id}), json.dumps({"type": "feedback"}), payload, "")
    response = sandbox.send("envelope/", "\n".join(lines))
    assert response.json() == {"id": event_id}
    return event_id


def found(sandbox, query):
    return sandbox.get("organizations/acme/issues/", params={"query": query}).json()


def test_feedback_becomes_an_issue_that_is_found_by_its_category(sandbox):
    event_id = give(sandbox, {"message": "It broke.", "contact_email": "user@example.com"})
    give(sandbox, {"message": "It broke."})
    listed = found(sandbox, "issue.category:feedback")
    assert len(listed) == 2
    (issue,) = found(sandbox, event_id)
    assert (issue["issueCategory"], issue["issueType"]) == ("feedback", "feedback")
    assert issue["title"] == "User Feedback"
    assert issue["metadata"]["message"] == "It broke."
    assert issue["metadata"]["contact_email"] == "user@example.com"
    assert not [one for one in found(sandbox, "") if one["issueCategory"] == "feedback"]
    assert sandbox.get(f"organizations/acme/issues/{issue['id']}/events/latest/").ok


@pytest.mark.parametrize("said", [{}, {"message": " "}, None])
def test_feedback_without_words_is_taken_and_lost(sandbox, said):
    give(sandbox, said)
    assert found(sandbox, "issue.category:feedback") == []


def post(sandbox, event_id, **given):
    body = {"event_id": event_id, **SAID, **given}
    return sandbox.ask("POST", f"/api/0/{LIST}", json=body)


def test_a_report_on_an_event_is_kept_with_its_issue(sandbox):
    issue = sandbox.issue(message="one", event_id=(event_id := uuid.uuid4().hex))
    made = post(sandbox, event_id).json()
    assert (made["comments"], made["issue"]["id"]) == ("It broke.", issue["id"])
    assert made["event"] == {"id": event_id, "eventID": event_id}
    assert post(sandbox, event_id, comments="Still.").json()["id"] == made["id"]
    (listed,) = sandbox.get(LIST).json()
    assert listed["comments"] == "Still."
    assert sandbox.get(f"issues/{issue['id']}/").json()["userReportCount"] == 1


def test_a_report_may_come_before_its_event_and_is_not_listed_then(sandbox):
    made = post(sandbox, str(uuid.uuid4())).json()
    assert (made["issue"], made["event"]["id"]) == (None, None)
    assert sandbox.get(LIST).json() == []


def test_a_report_is_not_changed_after_a_while(sandbox, monkeypatch):
    event_id = uuid.uuid4().hex
    post(sandbox, event_id)
    present = times.now()
    monkeypatch.setattr(times, "now", lambda: present + 6 * times.MINUTE)
    again = post(sandbox, event_id)
    words = {"detail": "Feedback for this event cannot be modified."}
    assert (again.status_code, again.json()) == (409, words)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"event_id": "x"}, {"event_id": ["Invalid event ID."]}),
        ({"email": "nobody"}, {"email": ["Enter a valid email address."]}),
        ({"comments": ""}, {"comments": ["This field may not be blank."]}),
    ],
)
def test_a_report_that_says_nothing_is_refused(sandbox, given, said):
    refused = sandbox.ask("POST", f"/api/0/{LIST}", json={"event_id": "a" * 32, **SAID, **given})
    assert (refused.status_code, refused.json()) == (400, said)


def test_a_report_comes_from_a_form_with_the_key_of_a_dsn(sandbox):
    event_id = uuid.uuid4().hex
    sandbox.event(message="one", event_id=event_id)
    address, dsn = f"{sandbox.base}/api/embed/error-page/", sandbox.known["dsn"]
    params = {"dsn": dsn, "eventId": event_id}
    assert sandbox.http.post(address, params=params, data=SAID).status_code == 200
    assert [one["name"] for one in sandbox.get(LIST).json()] == ["User"]
    assert sandbox.http.post(address, params=params, data={}).status_code == 400
    for wrong in ({"dsn": dsn, "eventId": "x"}, {"eventId": event_id}):
        assert sandbox.http.post(address, params=wrong, data=SAID).status_code == 404
