"""Which make of server answers is known from its answers: real ones, replayed."""

from __future__ import annotations

import json

import pytest

from sentry_plugin.client import makes
from unit_test import glitchtip, recordings
from unit_test.conftest import URL
from unit_test.glitchtip import ORGANIZATION, answers, asked

pytestmark = pytest.mark.usefixtures("shared")

FIRST = "PUT organizations/o/issues/1/"


def shown(each):
    """Give what an exchange shows of its make, by its headers or else by its document."""
    found = makes.of_headers(each.headers)
    try:
        document = json.loads(each.body)
    except ValueError:
        return found
    return found if found.name else makes.of_document(document)


def headers_without_a_policy(each):
    return {name: text for name, text in each.headers.items() if "policy" not in name}


def test_every_answer_of_glitchtip_is_known_as_its(shared):
    for each in recordings.exchanges(shared / "recordings/glitchtip"):
        headers = {name.title(): text for name, text in each.headers.items()}
        assert makes.of_headers(headers) is makes.GLITCHTIP


@pytest.mark.parametrize("server", ["sentry9", "sentry21", "bugsink"])
def test_no_answer_of_another_server_is_taken_for_glitchtips(server, shared):
    found = {shown(each).name for each in recordings.exchanges(shared / f"recordings/{server}")}
    assert found <= {"", "Sentry"}
    assert ("Sentry" in found) == server.startswith("sentry")


@pytest.mark.parametrize(
    "name", ["a01_root_good_token", "d01_issue_legacy", "c01_org_issues_limit1", "l05_members"]
)
def test_without_its_policy_glitchtip_is_known_by_lists_issues_and_the_root(name, shared):
    each = recordings.exchange(shared / f"recordings/glitchtip/{name}.http")
    headers = {name.title(): text for name, text in headers_without_a_policy(each).items()}
    assert shown(each._replace(headers=headers)) is makes.GLITCHTIP


LIST = "GET organizations/rec-org/issues/?limit=1"


@pytest.mark.parametrize(
    "page",
    [
        {"status_code": 404, "text": "<title>GlitchTip</title>"},
        {"status_code": 405, "text": "Method not allowed"},
        {"status_code": 404, "headers": {"Content-Security-Policy": "connect-src 'self'"}},
    ],
)
def test_a_page_on_the_way_makes_no_glitchtip_of_a_sentry(page, start, run, requests_mock):
    requests_mock.get(f"{URL}organizations/o/issues/1/", **page)
    requests_mock.get(f"{URL}issues/1/", json={"id": "1"})
    for _ in range(2):
        body = run(start("get_issue", {"organization": "o"}, issue_id="1"))
        assert body["output"] == {"issue": {"id": "1"}}
    assert requests_mock.call_count == 4


@pytest.mark.parametrize(
    ("sort", "sent"), [("new", "-first_seen"), ("freq", "-count"), ("priority", "-priority")]
)
def test_an_order_is_asked_for_by_the_name_that_the_server_has(
    sort, sent, start, run, requests_mock
):
    answers(
        requests_mock,
        c04_org_issues_sort_date=f"{LIST}&sort={sort}",
        c01_org_issues_limit1=f"{LIST}&query=is:unresolved&sort={sent}",
    )
    body = run(start("list_issues", ORGANIZATION, sort=sort, limit=1))
    assert (body["status"], requests_mock.call_count) == ("ok", 2), body


def test_an_order_that_the_server_has_not_is_unsupported(start, run, requests_mock):
    answers(requests_mock, c04_org_issues_sort_date="GET organizations/rec-org/issues/?sort=trends")
    body = run(start("list_issues", ORGANIZATION, sort="trends"))
    assert body["exception"]["code"] == "unsupported"
    assert "GlitchTip has no sort trends" in body["error"]
    assert "Leave it out, or give date, freq, new, priority." in body["error"]


def test_where_no_search_means_all_issues_the_unresolved_ones_are_asked_for(
    start, run, requests_mock
):
    answers(
        requests_mock,
        c01_org_issues_limit1="GET organizations/rec-org/issues/?limit=1",
        b07_query_is_unresolved="GET organizations/rec-org/issues/?limit=1&query=is:unresolved",
    )
    body = run(start("list_issues", ORGANIZATION, limit=1))
    assert {each["status"] for each in body["output"]["issues"]} == {"unresolved"}
    assert requests_mock.call_count == 2


def test_all_projects_are_asked_for_as_the_server_understands_it(start, run, requests_mock):
    answers(
        requests_mock,
        c02_org_issues_project_minus_1=f"{LIST}&query=&project=-1",
        c01_org_issues_limit1=f"{LIST}&query=",
    )
    body = run(start("list_issues", ORGANIZATION, query="", projects=["-1"], limit=1))
    assert body["output"]["issues"]
    assert requests_mock.call_count == 2


def test_what_a_server_is_known_to_lack_is_not_asked_for(start, run, requests_mock):
    issue = {"d01_issue_org": "GET organizations/rec-org/issues/195/"}
    answers(requests_mock, "d01_issue_legacy", "h02_put_org_status_resolved", **issue)
    body = run(start("update_issue", ORGANIZATION, issue_id="195", status="ignored"))
    assert asked(requests_mock)[:2] == [issue["d01_issue_org"], "GET issues/195/"]
    assert body["status"] == "error"  # the recorded answer is of another issue


def test_a_deploy_is_unsupported_where_no_server_has_the_route(start, run, requests_mock):
    answers(requests_mock, "k04_deploy_create")
    given = {"version": "rec@2.0", "environment": "prod"}
    body = run(start("create_deploy", ORGANIZATION, **given))
    assert body["exception"]["code"] == "unsupported"
    assert "GlitchTip has nothing like it" in body["error"]
    assert "unknown" not in body["error"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("h05_put_bad_token", "unauthorized"), ("h05_put_read_only_token", "forbidden")],
)
def test_a_refusal_of_a_change_tells_a_bad_token_from_a_missing_scope(
    name, code, start, run, requests_mock
):
    answers(requests_mock, "d01_issue_legacy", **{name: "PUT issues/195/"})
    body = run(start("update_issue", {"url": glitchtip.URL}, issue_id="195", status="resolved"))
    assert body["exception"]["code"] == code, body
    assert ("Give the token the scope" in body["error"]) is (code == "forbidden")


def test_sentry_9_is_known_by_its_answer_for_the_path_that_it_lacks(shared):
    each = recordings.exchange(shared / "recordings/sentry9/c01_orgissues_get.http")
    path = each.path.removeprefix("/api/0/")
    found = makes.of_missing(path, each.status, each.body.strip().encode())
    assert found is makes.SENTRY_9
    assert makes.of_missing(path, 200, b"") is makes.UNKNOWN
    assert makes.of_missing(path, 404, b"{}") is makes.UNKNOWN
    assert makes.of_missing("organizations/o/projects/", 404, b"") is makes.UNKNOWN


def test_a_missing_scope_is_told_by_its_name_at_the_server_that_asks_for_it(
    start, run, requests_mock
):
    answers(requests_mock, k01_releases_read_scopes_only="GET organizations/rec-org/releases/")
    body = run(start("list_releases", ORGANIZATION))
    assert body["exception"]["code"] == "forbidden"
    assert "Give the token the scope project:releases" in body["error"]


def test_what_a_list_ignores_is_told_by_its_make():
    query = {"query": "a", "limit": "1", "environment": "b", "per_page": "1"}
    ignored = makes.GLITCHTIP.ignored("organizations/o/releases/", query)
    assert ignored == ["query", "environment"]
    assert makes.GLITCHTIP.ignored("projects/o/p/keys/", query) == []
    assert makes.SENTRY.ignored("organizations/o/releases/", query) == []
