"""What happens to issues without a person: they regress, escalate, or leave the archive."""

from __future__ import annotations

import pytest

from sentry_plugin.sandbox import times

OPEN = ("unresolved", "regressed")
SOLVED = ("resolved", None)


def state(sandbox, path):
    found = sandbox.get(path).json()
    return found["status"], found["substatus"]


@pytest.fixture
def issue(sandbox):
    return f"issues/{sandbox.issue(message='one', release='lab@1.0')['id']}/"


def test_an_issue_that_was_resolved_comes_back_with_its_next_event(sandbox, issue):
    sandbox.put(issue, {"status": "resolved"})
    assert not inbox(sandbox)
    event_id = sandbox.event(message="one", release="lab@1.0")
    assert state(sandbox, issue) == OPEN
    done = sandbox.get(issue).json()["activity"][0]
    assert (done["type"], done["user"]) == ("set_regression", None)
    assert done["data"] == {"event_id": event_id, "version": "lab@1.0"}
    assert inbox(sandbox)["reason"] == 2


def inbox(sandbox):
    """Give why the one issue wants to be looked at."""
    sandbox.checked = False
    given = {"expand": "inbox", "query": ""}
    (listed,) = sandbox.get("projects/acme/sandbox/issues/", params=given).json()
    sandbox.checked = True
    return listed["inbox"]


@pytest.mark.parametrize(
    ("details", "version", "after"),
    [
        ({"inNextRelease": True}, "lab@1.0", SOLVED),
        ({"inNextRelease": True}, "lab@2.0", OPEN),
        ({"inNextRelease": True}, None, OPEN),
        ({"inRelease": "lab@1.0"}, "lab@0.9", SOLVED),
        ({"inRelease": "lab@1.0"}, "lab@1.0", OPEN),
        ({"inCommit": {"commit": "abc", "repository": "acme/repo-0001"}}, "lab@1.0", OPEN),
    ],
)
def test_an_event_of_a_release_without_the_fix_leaves_an_issue_resolved(
    sandbox, details, version, after
):
    present = times.now() / times.SECOND
    sandbox.event(message="old", release="lab@0.9", timestamp=present - 60)
    found = sandbox.issue(message="one", release="lab@1.0", timestamp=present - 30)
    issue = f"issues/{found['id']}/"
    answer = sandbox.put(issue, {"status": "resolved", "statusDetails": details})
    assert answer.ok, answer.text
    sandbox.event(message="one", release=version)
    assert state(sandbox, issue) == after


@pytest.mark.parametrize(
    ("details", "users"),
    [
        ({"ignoreCount": 2}, "77"),
        ({"ignoreCount": 3, "ignoreWindow": 60}, "77"),
        ({"ignoreUserCount": 2}, "78"),
        ({"ignoreUserCount": 3, "ignoreUserWindow": 60}, "78"),
    ],
)
def test_an_archived_issue_escalates_when_its_condition_is_met(sandbox, details, users):
    issue = f"issues/{sandbox.issue(message='one', user={'id': '6'})['id']}/"
    sandbox.put(issue, {"status": "ignored", "statusDetails": details})
    sandbox.event(message="one", user={"id": users[0]})
    assert state(sandbox, issue) == ("ignored", "archived_until_condition_met")
    sandbox.event(message="one", user={"id": users[1]})
    assert state(sandbox, issue) == ("unresolved", "escalating")
    done = sandbox.get(issue).json()["activity"][0]
    assert (done["type"], done["user"]) == ("set_escalating", None)
    assert details.items() <= done["data"]["expired_snooze"].items()


def test_an_issue_archived_for_a_while_comes_back_when_that_is_over(sandbox, issue, monkeypatch):
    sandbox.put(issue, {"status": "ignored", "statusDetails": {"ignoreDuration": 30}})
    sandbox.event(message="one")
    assert state(sandbox, issue)[0] == "ignored"
    present = times.now()
    monkeypatch.setattr(times, "now", lambda: present + 31 * times.MINUTE)
    sandbox.event(message="one")
    assert state(sandbox, issue)[0] == "unresolved"


def test_an_issue_archived_for_ever_stays_there(sandbox, issue):
    sandbox.put(issue, {"status": "ignored"})
    sandbox.event(message="one")
    assert state(sandbox, issue) == ("ignored", "archived_forever")


def test_an_issue_escalates_when_the_sandbox_is_told_so(sandbox, issue):
    sandbox.put(issue, {"status": "ignored", "substatus": "archived_until_escalating"})
    response = sandbox.http.post(f"{sandbox.base}/_sandbox/{issue}escalate")
    assert response.status_code == 204
    assert state(sandbox, issue) == ("unresolved", "escalating")
    assert inbox(sandbox)["reason"] == 5
    given = {"query": "is:escalating is:for_review"}
    assert len(sandbox.get("projects/acme/sandbox/issues/", params=given).json()) == 1
