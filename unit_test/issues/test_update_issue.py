"""An update looks first, sends only what differs, checks what came of it, and tells of it."""

from __future__ import annotations

import json
import os
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sentry_plugin.errors import IN_DOUBT
from sentry_plugin.issues.update import PLAIN, SHOWN, changes, targets, unapplied
from sentry_plugin.ledger import DONE
from unit_test.conftest import URL, unresolved

ISSUE = f"{URL}issues/1/"
ME = {"type": "user", "id": "900000", "name": "User 00000", "email": "user00000@acme.example"}


@pytest.fixture
def update(sandbox, start, run):
    """Make an issue with a release, and give a way to update it: the body of the answer."""
    issue = sandbox.issue(message="to be updated", release="app@1.0")

    def send(**given):
        connection = {"token": {"token": sandbox.known["token"]}, "url": sandbox.base}
        return run(start("update_issue", connection, **{"issue_id": issue["id"], **given}))

    send.issue = issue
    return send


def changed(body):
    """Give what changed: each attribute's new value."""
    assert body["status"] == "ok", body
    output = body["output"]
    assert output["changed"] is True
    return {name: change["after"] for name, change in output["changes"].items()}


def sent(sandbox):
    """Give what was sent to change things."""
    return [json.loads(entry["body"]) for entry in sandbox.asked() if entry["method"] == "PUT"]


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ({"status": "resolved"}, {"status": "resolved", "substatus": None}),
        ({"status": "resolvedInNextRelease"}, {"statusDetails": {"inNextRelease": True}}),
        ({"resolve_in_release": "next"}, {"statusDetails": {"inNextRelease": True}}),
        ({"resolve_in_release": "current"}, {"statusDetails": {"inRelease": "app@1.0"}}),
        (
            {"status": "resolved", "resolve_in_release": "app@1.0"},
            {"status": "resolved", "statusDetails": {"inRelease": "app@1.0"}},
        ),
        ({"status": "ignored"}, {"status": "ignored"}),
        ({"archive": "forever"}, {"status": "ignored", "substatus": "archived_forever"}),
        ({"archive": "until_escalating"}, {"substatus": "archived_until_escalating"}),
        ({"archive_events": 5}, {"statusDetails": {"ignoreCount": 5}}),
        (
            {"archive_events": 5, "archive_window_minutes": 60, "status": "ignored"},
            {"statusDetails": {"ignoreCount": 5, "ignoreWindow": 60}},
        ),
        (
            {"archive_users": 5, "archive_window_minutes": 10080},
            {
                "statusDetails": {"ignoreUserCount": 5, "ignoreUserWindow": 10080},
                "substatus": "archived_until_condition_met",
            },
        ),
        ({"priority": "low"}, {"priority": "low"}),
        ({"inbox": False}, {"inbox": False}),
        ({"hasSeen": True, "isBookmarked": True}, {"hasSeen": True, "isBookmarked": True}),
        ({"isPublic": True, "isSubscribed": True}, {"isPublic": True, "isSubscribed": True}),
        ({"assignedTo": "me"}, {"assignedTo": ME}),
        ({"assignedTo": "900000"}, {"assignedTo": ME}),
        ({"assignedTo": "user:900000"}, {"assignedTo": ME}),
        ({"assignedTo": "User00000@ACME.example"}, {"assignedTo": ME}),
        ({"assignedTo": "user 00000"}, {"assignedTo": ME}),
        (
            {"assignedTo": "#team-0000"},
            {"assignedTo": {"type": "team", "id": "2000", "name": "team-0000"}},
        ),
        (
            {"assignedTo": "team:team-0003"},
            {"assignedTo": {"type": "team", "id": "2003", "name": "team-0003"}},
        ),
        (
            {"assignedTo": "team:2000"},
            {"assignedTo": {"type": "team", "id": "2000", "name": "team-0000"}},
        ),
    ],
    ids=str,
)
def test_an_update_tells_what_changed_and_sends_nothing_the_second_time(
    given, after, update, sandbox
):
    assert after.items() <= changed(update(**given)).items()
    once = sent(sandbox)
    again = update(**given)["output"]
    if not given.keys() & {"archive_events", "archive_users"} and "current" not in given.values():
        assert (again["changed"], again["changes"]) == (False, {})
        assert sent(sandbox) == once
    assert len(once) == 1


def test_an_archive_for_some_time_ends_at_a_time(update):
    details = changed(update(archive_minutes=5))["statusDetails"]
    assert details.keys() == {"ignoreUntil"}
    assert changed(update(archive_minutes=500))["statusDetails"] != details


def test_explicit_false_and_nobody_take_back(update):
    flags = ("hasSeen", "isBookmarked", "isPublic", "isSubscribed")
    update(**dict.fromkeys(flags, True), assignedTo="me")
    taken_back = dict.fromkeys(flags, False)
    assert changed(update(**taken_back, assignedTo="")) == {**taken_back, "assignedTo": None}


def test_only_what_differs_is_sent(update, sandbox):
    update(hasSeen=True)
    update(hasSeen=True, priority="low")
    assert sent(sandbox) == [{"hasSeen": True}, {"priority": "low"}]


def test_how_an_issue_is_archived_is_changed_by_reopening_it(update, sandbox):
    update(archive="forever")
    assert changed(update(archive="until_escalating")) == {"substatus": "archived_until_escalating"}
    assert sent(sandbox)[1:] == [
        {"status": "unresolved"},
        {"status": "ignored", "statusDetails": {}, "substatus": "archived_until_escalating"},
    ]


def test_an_issue_that_stays_reopened_is_told_of(update, sandbox):
    update(archive="forever")
    sandbox.fault("server_error", method="PUT", share=0.5, status=500)
    body = update(archive="until_escalating")
    assert "The issue was reopened before that." in body["exception"]["cause"]
    assert sandbox.get(f"issues/{update.issue['id']}/").json()["status"] == "unresolved"


def test_a_closed_issue_is_reopened_in_a_substatus(update):
    update(status="resolved")
    after = changed(update(substatus="escalating"))
    assert (after["status"], after["substatus"]) == ("unresolved", "escalating")
    update(status="resolved")
    assert changed(update(status="unresolved"))["status"] == "unresolved"


def test_what_the_server_silently_did_not_do_is_an_error(update):
    body = update(substatus="regressed", hasSeen=True)
    assert body["exception"]["code"] == "api_error"
    assert (
        "did not apply `substatus`. What else changed: `hasSeen`, `isSubscribed`." in body["error"]
    )
    body = update(substatus="regressed")
    assert "did not apply `substatus`. What else changed: nothing." in body["error"]


def test_a_commit_of_a_repository_is_what_an_issue_may_be_resolved_in(start, run, requests_mock):
    unresolved(requests_mock, statusDetails={})
    details = {"inCommit": {"id": "abc", "message": "mended"}}
    requests_mock.put(ISSUE, json={"status": "resolved", "statusDetails": details})
    given = {"resolve_in_commit": "abc", "repository": "acme/app"}
    assert changed(run(start("update_issue", issue_id="1", **given)))["statusDetails"] == details
    assert requests_mock.last_request.json() == {
        "status": "resolved",
        "statusDetails": {"inCommit": {"commit": "abc", "repository": "acme/app"}},
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "names nothing to update"),
        ({"status": "resolved", "archive": "forever"}, "`archive` does not go with the status"),
        ({"status": "ignored", "resolve_in_release": "next"}, "`resolve_in_release` does not go"),
        ({"status": "resolvedInNextRelease", "resolve_in_release": "current"}, "does not go with"),
        ({"status": "resolved", "substatus": "ongoing"}, "`substatus` does not go with"),
        ({"resolve_in_release": "1", "archive": "forever"}, "exclude each other"),
        ({"resolve_in_release": "1", "resolve_in_commit": "a"}, "exclude each other"),
        ({"resolve_in_release": "1", "repository": "a"}, "exclude each other"),
        ({"resolve_in_release": ""}, "`resolve_in_release` is empty"),
        ({"resolve_in_commit": "a"}, "need each other"),
        ({"repository": "a"}, "need each other"),
        ({"archive": "forever", "archive_minutes": 5}, "exclude each other"),
        ({"archive_users": 5, "archive_events": 5}, "exclude each other"),
        ({"archive_minutes": 0}, "`archive_minutes` is less than 1"),
        ({"archive_minutes": 5, "archive_window_minutes": 5}, "needs `archive_events` or"),
        ({"archive_window_minutes": 5}, "needs `archive_events` or"),
        ({"archive_events": 5, "archive_window_minutes": 0}, "is not between 1 and 10080"),
        ({"archive_events": 5, "archive_window_minutes": 10081}, "is not between 1 and 10080"),
    ],
    ids=str,
)
def test_what_sentry_would_misread_is_refused_before_any_request(
    given, words, start, run, requests_mock
):
    body = run(start("update_issue", issue_id="1", **given))
    assert (body["exception"]["code"], words in body["error"]) == ("bad_input", True)
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"priority": "high"}, "`priority`"),
        ({"archive": "until_escalating"}, "`substatus`"),
        ({"substatus": "ongoing"}, "`substatus`"),
        ({"inbox": True}, "`inbox`"),
        ({"assignedTo": "me"}, "`assignedTo`"),
        ({"isBookmarked": True}, "`isBookmarked`"),
        ({"resolve_in_release": "next"}, "`statusDetails`"),
    ],
    ids=str,
)
def test_what_a_server_does_not_know_is_said_and_not_sent(given, words, start, run, requests_mock):
    unresolved(requests_mock)
    body = run(start("update_issue", issue_id="1", **given))
    assert body["exception"]["code"] == "unsupported"
    assert f"what `{next(iter(given))}` asks for: its issues have no {words}." in body["error"]
    assert requests_mock.call_count == 1


def test_a_server_without_substatuses_archives_forever_and_no_longer(start, run, requests_mock):
    details = {"ignoreUntil": "2026-11-22T20:00:00Z"}
    requests_mock.get(ISSUE, json={"status": "ignored", "statusDetails": details})
    requests_mock.put(ISSUE, json={"status": "ignored", "statusDetails": {}})
    body = run(start("update_issue", issue_id="1", archive="forever"))
    assert changed(body) == {"statusDetails": {}}
    requests_mock.put(ISSUE, json={"status": "ignored", "statusDetails": details})
    body = run(start("update_issue", issue_id="1", archive="forever"))
    assert "did not apply `archive`" in body["error"]


def test_an_answer_that_shows_less_than_asked_for_is_looked_at_again(start, run, requests_mock):
    looks = [{"json": {"status": "unresolved", "statusDetails": {}}}]
    requests_mock.get(ISSUE, [*looks, {"json": {"status": "resolved", "statusDetails": {}}}])
    requests_mock.put(ISSUE, json={"status": "resolved", "status_details": {}})
    assert changed(run(start("update_issue", issue_id="1", status="resolved"))) == {
        "status": "resolved"
    }
    requests_mock.get(ISSUE, [*looks, {"status_code": 500}])
    body = run(start("update_issue", issue_id="1", status="resolved"))
    assert DONE in body["exception"]["cause"]
    assert IN_DOUBT not in body["error"]


# --- who may be assigned

TEAMS = [{"id": "2", "slug": "back", "name": "Back"}, {"id": "33", "slug": "front"}]
ADA = {
    "id": "1",
    "username": "ada",
    "email": "ada@example.com",
    "name": "Ada A.",
    "isActive": True,
}
PEOPLE = [
    {"user": ADA, "email": "ada@example.com", "name": "Ada A."},
    {
        "user": {**ADA, "id": "7", "username": "ada2", "email": "ada2@example.com"},
        "name": "Ada A.",
    },
    {"user": None, "email": "invited@example.com", "name": "invited@example.com"},
    {"user": {**ADA, "id": "8", "username": "gone", "name": "Gone", "isActive": False}},
    "odd",
]


@pytest.fixture
def assign(start, run, requests_mock):
    """Assign issue 1 of the project p of the organization o; the body of the answer."""
    members, teams = (f"{URL}projects/o/p/{what}/" for what in ("members", "teams"))
    requests_mock.get(members, json=PEOPLE)
    requests_mock.get(teams, json=TEAMS)
    here = {"project": {"slug": "p"}, "permalink": "http://elsewhere.example/o/p/issues/1/"}
    unresolved(requests_mock, assignedTo=None, **here)

    def answered(request, _):
        kind, _, number = request.json()["assignedTo"].rpartition(":")
        actor = {"type": kind or "user", "id": number}
        return {"id": "1", "status": "unresolved", "assignedTo": actor}

    requests_mock.put(ISSUE, json=answered)

    def send(to, **connection):
        return run(start("update_issue", connection, issue_id="1", assignedTo=to))

    send.here, send.members, send.teams = here, members, teams
    return send


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("ada", "user:1"),
        ("ada2@example.com", "user:7"),
        ("7", "user:7"),
        ("user:ada2", "user:7"),
        ("#back", "team:2"),
        ("team:33", "team:33"),
        ("# BACK", "team:2"),
    ],
)
def test_who_is_assigned_is_sent_as_every_server_takes_it(name, actor, assign, requests_mock):
    assert assign(name)["status"] == "ok"
    assert requests_mock.last_request.json() == {"assignedTo": actor}
    hosts = {request.hostname for request in requests_mock.request_history}
    assert hosts == {"sentry.example"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ada a.", "is ambiguous: user:1 (ada), user:7 (ada2). Give one of these as user:ID"),
        ("nobody", "names no member of a team that has the project p"),
        ("9", "or name one of: user:1 (ada), user:7 (ada2), user:8 (gone)."),
        ("invited@example.com", "has not accepted the invitation yet"),
        ("gone", "is deactivated"),
        ("#other", "names no team that has the project p. Give the team the project, or name one"),
        ("team:9", "that has it: #back, #front."),
    ],
)
def test_who_cannot_be_assigned_is_refused_with_those_who_can(name, words, assign, requests_mock):
    body = assign(name)
    assert body["exception"]["code"] == "bad_input"
    assert words in body["error"]
    assert {request.method for request in requests_mock.request_history} == {"GET"}


def test_many_candidates_are_not_all_listed(assign, requests_mock):
    users = [{**ADA, "id": str(number), "username": f"u{number}"} for number in range(1, 20)]
    requests_mock.get(assign.members, json=[{"user": user} for user in users])
    error = assign("nobody")["error"]
    assert "user:10 (u10), ...." in error
    assert "u11" not in error
    requests_mock.get(assign.members, json=[])
    assert "name one of: nobody." in assign("nobody")["error"]


@pytest.mark.parametrize("name", ["ada", "user:1", "1", "team:2"])
def test_a_token_that_may_not_see_who_can_be_assigned_leaves_it_to_the_server(
    name, assign, requests_mock
):
    for url in (assign.members, assign.teams):
        requests_mock.get(url, status_code=403, json={"detail": "no"})
    body = assign(name)
    assert body["status"] == "ok"
    actor = "user:1" if name == "1" else name
    assert requests_mock.last_request.json() == {"assignedTo": actor}
    requests_mock.put(ISSUE, json={"status": "unresolved", "assignedTo": None})
    assert "did not apply `assignedTo`" in assign(name)["error"]


def test_a_team_by_its_slug_needs_a_look_at_the_teams(assign, requests_mock):
    requests_mock.get(assign.teams, status_code=403, json={"detail": "no"})
    body = assign("#back")
    assert body["exception"]["code"] == "forbidden"
    assert "Give the token the scope project:read" in body["error"]


@pytest.mark.parametrize(
    "here", [{}, {"project": {"slug": "p"}}, {"permalink": "http://x.example/"}]
)
def test_a_team_by_its_slug_needs_the_organization(here, assign, requests_mock):
    unresolved(requests_mock, assignedTo=None, **here)
    body = assign("#back")
    assert "The organization of the issue is not known." in body["error"]
    assert "Set the connection's `organization`" in body["error"]


def test_me_is_the_tokens_user(assign, requests_mock):
    requests_mock.get(URL, json={"version": "0", "user": {"id": "7"}})
    assert assign("me")["status"] == "ok"
    assert requests_mock.last_request.json() == {"assignedTo": "user:7"}
    requests_mock.get(URL, json={"version": "0", "user": None})
    assert "the token belongs to no user" in assign("me")["error"]


@pytest.mark.parametrize(
    "permalink",
    [
        "http://x.example/organizations/o/issues/1/",
        "http://x.example/prefix/organizations/o/issues/1/",
        "http://x.example/prefix/o/p/issues/1/",
        "https://o.sentry.io/issues/1/",
    ],
)
def test_the_organization_is_read_from_the_issues_own_address(permalink, assign, requests_mock):
    unresolved(requests_mock, assignedTo=None, project={"slug": "p"}, permalink=permalink)
    assert assign("#back")["status"] == "ok"


def test_the_connections_organization_needs_no_address(assign, requests_mock):
    url = f"{URL}organizations/o/issues/1/"
    unresolved(requests_mock, url, assignedTo=None, project={"slug": "p"})
    issue = {"status": "unresolved", "assignedTo": {"type": "team", "id": 2}}
    requests_mock.put(url, json=issue)
    assert assign("#back", organization="o")["status"] == "ok"


@pytest.mark.parametrize(
    ("given", "after", "told"),
    [
        (
            {"assignedTo": "user:1"},
            {"assignedTo": {"type": "user", "id": "2"}},
            "made something else than asked of `assignedTo`. What else changed: nothing.",
        ),
        (
            {"assignedTo": "user:1", "priority": "high", "hasSeen": True},
            {"assignedTo": {"type": "team", "id": "1"}, "priority": "high"},
            (
                "did not apply `hasSeen` and made something else than asked of `assignedTo`. "
                "What else changed: `priority`."
            ),
        ),
        (
            {"resolve_in_release": "2.0"},
            {"status": "resolved", "statusDetails": {"inRelease": "1.0"}},
            (
                "made something else than asked of `resolve_in_release` "
                "(changed: `status`, `statusDetails`). What else changed: nothing."
            ),
        ),
        (
            {"status": "ignored", "priority": "low"},
            {"status": "resolved", "substatus": "x", "priority": "high"},
            (
                "made something else than asked of `priority`, `status`. "
                "What else changed: `substatus`."
            ),
        ),
        (
            {"status": "ignored", "inbox": False},
            {"priority": "high"},
            "did not apply `inbox`, `status`. What else changed: `priority`.",
        ),
    ],
)
def test_what_was_changed_otherwise_than_asked_is_told_as_that(
    given, after, told, start, run, requests_mock
):
    before = {"priority": "medium", "hasSeen": False, "substatus": "new", "inbox": {"reason": 0}}
    before |= {"statusDetails": {}, "assignedTo": None}
    unresolved(requests_mock, **before)
    for place in ("members", "teams"):
        requests_mock.get(f"{URL}projects/acme/p/{place}/", status_code=403, json={})
    requests_mock.put(ISSUE, json={"id": "1", "status": "unresolved", **before, **after})
    body = run(start("update_issue", issue_id="1", **given))
    assert body["exception"]["cause"] == f"The server accepted the update, and {told}"


VALUES = st.sampled_from(
    [None, True, False, "low", "high", "resolved", "ignored", "unresolved", {}, {"inRelease": "1"}]
)
LOOKS = st.fixed_dictionaries(dict.fromkeys(SHOWN[:3] + PLAIN, VALUES))
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["resolved", "ignored", "unresolved"]),
        "priority": st.sampled_from(["low", "high"]),
        **dict.fromkeys(("hasSeen", "inbox", "isPublic"), st.booleans()),
    },
)


@given(ASKED, LOOKS, LOOKS)
@settings(max_examples=500, derandomize="CI" in os.environ, database=None, deadline=None)
def test_nothing_is_told_both_as_applied_and_as_not(asked, before, after):
    assume(asked)
    due = targets(asked)
    changed = changes(before, after)
    words = unapplied(due, after, changed)
    missed = {target.asked for target in due if not target.is_met(after)}
    names = re.findall(r"`(\w+)`", words)
    assert bool(words) == bool(missed)
    assert len(names) == len({*names})
    assert {*names} == (missed | changed.keys() if missed else set())
    *_, rest = words.rpartition("What else changed")
    assert not missed & {*re.findall(r"`(\w+)`", rest)}
