"""What writes, on a real Sentry: it is done, or it is said that the server lacks it."""

from __future__ import annotations

import uuid

import pytest

from unit_test import outside
from unit_test.live import probing

pytestmark = pytest.mark.live
NOBODY = "9999999999"


def named(issue):
    """Give the short ID of an issue, or its number where the server knows no other."""
    return issue["shortId" if probing.server().has("short_ids") else "id"]


@pytest.fixture
def act(sentry, message):
    """Run an action on a connection that names the organization; give the body of its answer."""

    def send(action, **given):
        return outside.answer(message(action, {"organization": sentry.org}, **given))

    return send


@pytest.fixture
def done(act):
    """Run an action that has to succeed and give its output."""

    def send(action, **given):
        body = act(action, **given)
        assert body["status"] == "ok", body
        return body["output"]

    return send


@pytest.fixture
def three(submit, list_issues):
    """Three issues with the same words in their titles."""
    words = outside.new_words()
    submit(words, ["a", "b", "c"])
    outside.eventually(lambda: len(list_issues(query=words)["issues"]) == 3)
    return words, list_issues(query=words)["issues"]


@pytest.fixture
def bystander(submit, list_issues):
    """Tell how an issue looks that is none of those; nothing if it is gone."""
    words = outside.new_words()
    submit(words, ["another"])

    def look():
        return [(each["id"], each["status"]) for each in list_issues(query=words)["issues"]]

    return outside.eventually(look), look


def test_comment_is_added_once_and_listed(issue, done):
    text = f"Tracked as {outside.new_words()}"
    first = done("add_comment", issue_id=named(issue.found), text=text)
    again = done("add_comment", issue_id=issue.id, text=text)
    assert (first["created"], again["created"]) == (True, False)
    assert first["comment"]["id"] == again["comment"]["id"]
    listed = done("list_comments", issue_id=issue.id)["comments"]
    assert [each["data"]["text"] for each in listed].count(text) == 1


@pytest.fixture
def version(sentry, done):
    """Give a release that was created once, though it was asked for twice."""
    version = f"live@{outside.new_words()}"
    release = {"version": version, "projects": [sentry.project]}
    first, again = done("create_release", **release), done("create_release", **release)
    assert (first["created"], again["created"]) == (True, False)
    assert first["release"]["version"] == again["release"]["version"] == version
    return version


def test_release_is_created_once(sentry, version, done):
    found = done("list_releases", query=version, projects=[sentry.project])["releases"]
    assert [each["version"] for each in found] == [version]


@pytest.mark.needs("deploys")
def test_release_is_deployed_once(version, done):
    deploy = {"version": version, "environment": "production", "name": "build-1"}
    made = done("create_deploy", **deploy)
    assert (made["created"], made["deploy"]["environment"]) == (True, "production")
    again = done("create_deploy", **deploy, unless_exists=True)
    assert (again["created"], again["deploy"]["id"]) == (False, made["deploy"]["id"])


@pytest.mark.needs("deploys")
def test_deploy_of_a_release_that_is_not_there_says_so(act):
    body = act("create_deploy", version="live@never", environment="production")
    assert body["exception"]["code"] == "not_found"


def test_issues_are_updated_and_no_others(three, bystander, list_issues, done):
    words, issues = three
    before, look = bystander
    given = {"issue_ids": [named(issues[0]), issues[1]["id"], NOBODY], "status": "resolved"}
    dry = done("update_issues", **given, dry_run=True)
    assert dry["counts"] == {"would_change": 2, "not_found": 1}
    output = done("update_issues", **given)
    assert output["counts"] == {"done": 2, "not_found": 1}
    again = done("update_issues", **given)
    assert again["counts"] == {"unchanged": 2, "not_found": 1}
    left = outside.eventually(lambda: list_issues(query=f"is:unresolved {words}")["issues"])
    assert [each["id"] for each in left] == [issues[2]["id"]]
    assert look() == before


@pytest.mark.needs("flags")
def test_issues_that_a_search_finds_are_updated(sentry, three, done):
    words, _ = three
    found = {"query": words, "project_slug": sentry.project}
    assert done("update_issues", **found, limit=3, isBookmarked=True)["counts"] == {"done": 3}


def test_search_that_finds_more_than_its_limit_changes_nothing(sentry, three, list_issues, act):
    found = {"query": three[0], "project_slug": sentry.project, "limit": 2}
    assert "more than 2 issues" in act("delete_issues", **found)["error"]
    assert len(list_issues(query=three[0])["issues"]) == 3


def test_issues_are_deleted_and_no_others(three, bystander, list_issues, done):
    words, issues = three
    before, look = bystander
    output = done("delete_issues", issue_ids=[issues[0]["id"], named(issues[1]), NOBODY])
    assert output["counts"] == {"done": 2, "not_found": 1}
    outside.eventually(
        lambda: [each["id"] for each in list_issues(query=words)["issues"]] == [issues[2]["id"]]
    )
    assert look() == before


def test_issues_are_merged(three, list_issues, done):
    words, issues = three
    output = done("merge_issues", issue_ids=[named(issues[0]), issues[1]["id"]])
    assert {output["parent"], *output["children"]} == {issues[0]["id"], issues[1]["id"]}
    left = {output["parent"], issues[2]["id"]}
    outside.eventually(lambda: {each["id"] for each in list_issues(query=words)["issues"]} == left)


@pytest.mark.needs("ingest")
def test_check_in_is_taken_or_said_not_to_be_supported(sentry, act):
    schedule = {"schedule": {"type": "crontab", "value": "0 * * * *"}}
    job = {"monitor_slug": "live-job", "monitor_config": schedule, "check_in_id": uuid.uuid4().hex}
    for status in ("in_progress", "ok"):
        body = act("check_in", dsn=sentry.dsn, status=status, **job)
        taken = body.get("output", {}).get("check_in_id") == job["check_in_id"]
        assert taken or body["exception"]["code"] == "unsupported"


def test_feedback_on_an_event_is_taken(sentry, issue, done):
    said = {"message": outside.new_words(), "name": "Example User", "email": "user@example.com"}
    output = done("submit_feedback", dsn=sentry.dsn, **said, associated_event_id=issue.event_id)
    assert len(output["id"]) == 32
    reports = f"projects/{sentry.org}/{sentry.project}/user-feedback/"
    found = done("call_api", path=reports, limit=100)["items"]
    # A server without envelopes keeps reports on events.
    is_report = output["id"] == issue.event_id
    assert not is_report or said["message"] in [each["comments"] for each in found]


def test_any_path_is_asked_and_what_it_changes_is_changed(sentry, issue, done, act):
    assert done("call_api", path="/api/0/")["status"] == 200
    place = "" if probing.server().has("sentry_9") else f"organizations/{sentry.org}/"
    one = f"{place}issues/{issue.id}/"
    body = done("call_api", method="PUT", path=one, body={"status": "unresolved"})["body"]
    assert body["status"] == "unresolved"
    output = done("call_api", path=f"organizations/{sentry.org}/projects/", limit=1)
    assert len(output["items"]) == 1
    assert act("call_api", path=f"issues/{NOBODY}/")["exception"]["code"] == "not_found"
