"""What reads, against the recorded answers of Sentry 21.1.0: the paths of organizations."""

from __future__ import annotations

import pytest
from requests_mock import ANY

from unit_test import outside
from unit_test.recordings import exchanges

ROOT = "http://127.0.0.1:8500/api/0/"
# What is asked in another spelling than it was recorded in.
RESPELLED = {("full", "1"): ("full", "true")}


@pytest.fixture
def sentry21(shared, requests_mock):
    """Answer as was recorded; list what is asked for."""
    known = {}
    for each in exchanges(shared / "recordings/sentry21"):
        if each.method == "GET":
            known.setdefault((each.path, each.query), each)

    def answer(request, context):
        query = frozenset(RESPELLED.get(pair, pair) for pair in outside.pairs(request.url))
        each = known[request.url.partition("?")[0].removeprefix("http://127.0.0.1:8500"), query]
        context.status_code = each.status
        context.headers.update(
            {name: each.headers[name] for name in ("Content-Type", "Link") if name in each.headers}
        )
        return each.body

    requests_mock.get(ANY, text=answer)
    return requests_mock


@pytest.fixture
def ask(sentry21, start, run):
    """Run an action on the organization that was recorded."""

    def send(action, **given):
        return run(start(action, {"url": ROOT, "organization": "lab-org"}, **given))

    return send


@pytest.fixture
def listed(ask):
    """List something, and give its items."""

    def send(action, **given):
        output = ask(action, **given)["output"]
        (items,) = (value for name, value in output.items() if name != "next_cursor")
        return items

    return send


def test_issues_of_the_organization_come_by_pages(listed, sentry21):
    found = listed("list_issues")
    assert len({each["id"] for each in found}) == len(found) > 1
    assert [request.qs for request in sentry21.request_history] == [
        {},
        {"cursor": ["1795326518000:0:0"]},
    ]
    assert {each["project"]["slug"] for each in found} <= {"lab-project", "second-project"}


@pytest.mark.parametrize(
    "given",
    [
        {"query": "is:resolved"},
        {"query": "assigned:me"},
        {"query": "seed issue 005"},
        {"query": "LAB-PROJECT-48", "shortIdLookup": True},
        {"limit": 5},
    ],
)
def test_issues_of_the_organization_are_searched(given, listed):
    found = listed("list_issues", **given)
    assert all(each["shortId"].startswith("LAB-PROJECT-") for each in found)
    statuses = {"is:resolved": {"resolved"}}.get(given.get("query"), {"unresolved", "resolved"})
    assert {each["status"] for each in found} <= statuses
    assert len(found) <= given.get("limit", 100)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"query": "is:bogus"}, "could not be parsed"),
        ({"cursor": "bad"}, "Invalid cursor parameter"),
    ],
)
def test_what_the_server_refuses_is_said_in_its_words(given, words, ask):
    answered = ask("list_issues", **given)
    assert answered["exception"]["code"] == "api_error"
    assert words in answered["error"]


def test_an_issue_and_its_events_are_got_below_the_organization(ask, listed, sentry21):
    found = ask("get_issue", issue_id="136")["output"]["issue"]
    assert (found["id"], type(found["activity"]), type(found["tags"])) == ("136", list, list)
    assert listed("list_issue_events", issue_id="136")[0]["groupID"] == "136"
    whole = listed("list_issue_events", issue_id="134", full=True)
    assert len({each["id"] for each in whole}) == len(whole) > 1
    assert all("entries" in each for each in whole)
    paths = {request.path for request in sentry21.request_history}
    assert all(path.startswith("/api/0/organizations/lab-org/issues/13") for path in paths)


def test_an_issue_that_does_not_exist_is_asked_for_once(ask, sentry21):
    answered = ask("get_issue", issue_id="999999")
    assert answered["exception"]["code"] == "not_found"
    assert sentry21.call_count == 1


def test_what_the_organization_has_is_listed(listed):
    projects, teams = listed("list_projects"), listed("list_teams")
    assert {each["slug"] for each in projects} == {"lab-project", "second-project"}
    assert {"lab-team"} <= {each["slug"] for each in teams}
    assert all(isinstance(each["projects"], list) for each in teams)
    members = listed("list_members")
    assert {each["role"] for each in members} <= {"owner", "manager", "admin", "member"}
    assert [each["pending"] for each in members if "user" not in each] == [True]
    (one,) = listed("list_members", query="member1")
    assert one["user"]["id"]
