"""Empty lists of a server that gives them also of what does not exist: one more look decides."""

from __future__ import annotations

import pytest

from unit_test.conftest import TOKEN, URL

HEADERS = {"Content-Security-Policy": "connect-src 'self' https://*.glitchtip.com"}
NO_PAGE = "<!DOCTYPE html><title>GlitchTip</title>"
ORGANIZATION = {"organization": "o"}
ISSUE = {"issue_id": "1"}
PROJECT = {"organization_slug": "o", "project_slug": "p"}
# A step, its input, its list, and what contains that.
LISTS = [
    ("list_projects", {}, "organizations/o/projects/", "organizations/o/"),
    ("list_teams", {}, "organizations/o/teams/", "organizations/o/"),
    ("list_members", {}, "organizations/o/members/", "organizations/o/"),
    ("list_releases", {}, "organizations/o/releases/", "organizations/o/"),
    ("list_issues", {"query": ""}, "organizations/o/issues/", "organizations/o/"),
    ("list_project_issues", PROJECT | {"query": ""}, "projects/o/p/issues/", "projects/o/p/"),
    ("list_issue_events", ISSUE, "issues/1/events/", "issues/1/"),
    ("list_comments", ISSUE, "issues/1/comments/", "issues/1/"),
]
SCOPES = {"organizations": "org:read", "projects": "project:read", "issues": "event:read"}


@pytest.fixture
def ask(start, run, requests_mock):
    """Ask for a list that is empty; *container* answers for what contains it."""

    def send(step, given, place, within, **container):
        requests_mock.get(f"{URL}{place}", json=[], headers=HEADERS)
        looks = requests_mock.get(f"{URL}{within}", headers=HEADERS, **container)
        connection = {} if "issue_id" in given else ORGANIZATION
        return run(start(step, connection, **given)), looks.call_count

    return send


@pytest.mark.parametrize(("step", "given", "place", "within"), LISTS)
def test_an_empty_list_of_what_exists_is_one(step, given, place, within, ask):
    body, looks = ask(step, given, place, within, json={"id": "1"})
    assert (body["status"], [*body["output"].values()], looks) == ("ok", [[]], 1)


@pytest.mark.parametrize(("step", "given", "place", "within"), LISTS)
def test_an_empty_list_of_what_does_not_exist_is_not_found(step, given, place, within, ask):
    missing = {"status_code": 404, "json": {"detail": "Not Found"}}
    body, looks = ask(step, given, place, within, **missing)
    assert (body["exception"]["code"], looks) == ("not_found", 1)
    assert f"GET {URL}{within} was answered with HTTP 404" in body["exception"]["cause"]
    assert "partial" not in body


@pytest.mark.parametrize(
    ("answered", "code"),
    [
        ({"status_code": 403, "json": {"detail": "Permission denied"}}, "forbidden"),
        ({"status_code": 500, "text": "<title>Server Error"}, "server_error"),
        ({"status_code": 404, "text": NO_PAGE}, "api_error"),
        ({"text": NO_PAGE}, "api_error"),
    ],
)
@pytest.mark.parametrize(("step", "given", "place", "within"), LISTS)
def test_where_the_second_look_proves_nothing_that_is_said(
    step, given, place, within, answered, code, ask
):
    body, _ = ask(step, given, place, within, **answered)
    assert body["exception"]["code"] == code
    assert "which of the two it is could not be found out" in body["exception"]["cause"]
    if code == "forbidden":
        assert SCOPES[within.partition("/")[0]] in body["exception"]["assistance"]


@pytest.mark.parametrize(("step", "given", "place", "within"), LISTS)
def test_a_server_whose_empty_lists_prove_something_is_not_asked_again(
    step, given, place, within, start, run, requests_mock
):
    requests_mock.get(f"{URL}{place}", json=[])
    body = run(start(step, {} if "issue_id" in given else ORGANIZATION, **given))
    assert ([*body["output"].values()], requests_mock.call_count) == ([[]], 1)


def test_what_came_of_an_issue_that_is_deleted_meanwhile_is_kept(start, run, requests_mock):
    more = {"Link": f'<{URL}?cursor=cDA>; rel="next"; results="true"; cursor="cDA"'}
    pages = [{"json": [{"id": "1"}], "headers": HEADERS | more}, {"json": [], "headers": HEADERS}]
    requests_mock.get(f"{URL}issues/1/comments/", pages)
    requests_mock.get(f"{URL}issues/1/", status_code=404, json={"detail": "Not Found"})
    body = run(start("list_comments", issue_id="1"))
    assert [each["id"] for each in body["partial"]["output"]["comments"]] == ["1"]
    assert body["exception"]["code"] == "not_found"


WATCHED = [
    ("new_issue", {"projects": ["p"], "kinds": ["new"]}, "projects/o/p/issues/", "projects/o/p/"),
    ("new_issue", {"kinds": ["new"]}, "organizations/o/issues/", "organizations/o/"),
    ("new_event", {"projects": ["p"]}, "projects/o/p/events/", "projects/o/p/"),
    ("new_event", {"issue_ids": ["1"]}, "issues/1/events/", "issues/1/"),
]


@pytest.mark.parametrize(("step", "given", "place", "within"), WATCHED)
def test_a_trigger_does_not_watch_in_silence_what_does_not_exist(
    step, given, place, within, answer, requests_mock
):
    body = watched("trigger", step, given, place, within, answer, requests_mock)
    assert (body["status"], body["exception"]["code"]) == ("error", "not_found")


@pytest.mark.parametrize(
    ("step", "given", "place", "within"),
    [(each.replace("new", "collect") + "s", *more) for each, *more in WATCHED],
)
def test_a_task_does_not_collect_nothing_from_what_does_not_exist(
    step, given, place, within, answer, requests_mock
):
    given = {name: value for name, value in given.items() if name != "kinds"}
    body = watched("task", step, given, place, within, answer, requests_mock)
    assert (body["status_code"], body["exception"]["code"]) == (404, "not_found")


def watched(kind, step, given, place, within, answer, requests_mock):
    requests_mock.get(f"{URL}{place}", json=[], headers=HEADERS)
    missing = {"status_code": 404, "json": {"detail": "Not Found"}}
    requests_mock.get(f"{URL}{within}", headers=HEADERS, **missing)
    return answer(message(kind, step, given))[1]["body"]


def message(kind, step, given):
    organization = "" if "issue_ids" in given else "o"
    connection = {"url": URL, "token": {"token": TOKEN}, "organization": organization}
    body = {kind: step, "meta": {}, "connection": connection, "input": given, "state": {}}
    body["dispatcher"] = {"url": "http://dispatcher.example/", "webhook_url": ""}
    return {"version": "v1", "type": f"{kind}_start", "body": body}


def test_a_trigger_refuses_kinds_that_the_server_does_not_tell_of(answer, requests_mock):
    requests_mock.get(f"{URL}organizations/o/issues/", json=[{"id": "1"}], headers=HEADERS)
    given = {"kinds": ["new", "regressed", "assigned"]}
    ended = answer(message("trigger", "new_issue", given))[1]["body"]
    assert ended["exception"]["code"] == "unsupported"
    assert "does not tell when an issue is assigned, regressed" in ended["exception"]["cause"]


def test_lists_of_an_organization_that_may_not_be_seen_are_partial_and_not_empty(
    start, run, requests_mock
):
    denied = {"status_code": 403, "json": {"detail": "Permission denied"}}
    requests_mock.get(f"{URL}organizations/o/", headers=HEADERS, **denied)
    lists = {"teams": [], "projects": [], "members": [{"id": "1", "email": "a@example.com"}]}
    for name, items in lists.items():
        requests_mock.get(f"{URL}organizations/o/{name}/", json=items, headers=HEADERS)
    output = run(start("collect_inventory", ORGANIZATION, store=False))["output"]
    reasons = {each["type"]: each["reason"] for each in output["partial_types"]}
    assert "could not be found out" in reasons["sentry_team"]
    assert "could not be found out" in reasons["sentry_project"]
    assert "sentry_member" not in reasons
