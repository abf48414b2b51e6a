"""What stands before a server: its statuses, and its pages, which are not the server's word."""

from __future__ import annotations

import pytest
from requests_mock import ANY

from unit_test import recordings
from unit_test.client.test_pages_and_routes import GONE, ORGANIZATION, PROJECT, project
from unit_test.conftest import URL, unresolved

ISSUE = f"{URL}issues/1/"
EVENTS = f"{ISSUE}events/"
COMMENTS = f"{ISSUE}comments/"
DSN = "https://public-key@ingest.example/42"
ENVELOPE = "https://ingest.example/api/42/envelope/"
STORE = "https://ingest.example/api/42/store/"
EVENT_ID = "afd25d0e868f495fa802179d33ef3b97"
DOUBT = "It is unknown whether"
PASSING = [408, 502, 503, 504, *range(520, 531)]
LASTING = [400, 409, 423, 500, 501, 505, 507, 511]
PAGES = {
    "challenge": '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>',
    "firewall": "<html><head><title>Request Rejected</title></head><body>support ID 1</body>",
    "nginx": "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<center>nginx</center>",
    "login": '<html><title>Sign in</title><form><input name="csrf_token"></form>',
    "without a title": "\n<html>No.",
}


# --- statuses


@pytest.mark.parametrize("status", PASSING)
def test_a_read_is_tried_again_after_each_status_of_a_gateway(status, start, run, requests_mock):
    requests_mock.get(EVENTS, [{"status_code": status, "text": "error code"}, {"json": []}])
    assert run(start("list_issue_events", issue_id="1"))["output"] == {"events": []}
    assert requests_mock.call_count == 2


@pytest.mark.parametrize("status", PASSING)
def test_a_change_after_which_a_gateway_gave_up_is_in_doubt_and_sent_again_only_where_that_is_safe(
    status, start, run, requests_mock
):
    unresolved(requests_mock)
    trouble = {"status_code": status, "text": "<html>"}
    requests_mock.put(ISSUE, [trouble, {"json": {"id": "1", "status": "resolved"}}])
    requests_mock.post(COMMENTS, [trouble, {"json": {}}])
    assert run(start("update_issue", issue_id="1", status="resolved"))["output"]["changed"]
    said = run(start("add_comment", issue_id="1", text="hi"))
    assert said["exception"]["code"] == "server_error"
    assert DOUBT in said["error"]
    asked = [(request.method, request.url) for request in requests_mock.request_history]
    assert asked == [("GET", ISSUE), ("PUT", ISSUE), ("PUT", ISSUE), ("POST", COMMENTS)]


@pytest.mark.parametrize("status", LASTING)
def test_other_failures_are_met_once(status, start, run, requests_mock):
    requests_mock.post(COMMENTS, status_code=status, json={"detail": "no"})
    error = run(start("add_comment", issue_id="1", text="hi"))["error"]
    assert (DOUBT in error) is (status >= 500)
    assert requests_mock.call_count == 1


# --- pages that refuse


@pytest.fixture
def send(start, run):
    """Send something to a DSN."""

    def to_dsn(action):
        given = {
            "check_in": {"monitor_slug": "nightly", "status": "ok"},
            "submit_feedback": {"message": "hi"},
            "submit_event": {"event_json": {"event_id": EVENT_ID}},
        }
        return run(start(action, dsn=DSN, **given[action]))

    return to_dsn


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("action", ["check_in", "submit_feedback", "submit_event"])
def test_a_gateways_page_tells_nothing_of_the_age_of_a_server(
    action, status, page, send, requests_mock
):
    requests_mock.post(ANY, status_code=status, text=PAGES[page])
    body = send(action)
    assert body["exception"]["code"] == "api_error"
    assert f"POST {ENVELOPE} was answered with HTTP {status}: a web page" in body["error"]
    assert "what stands before it, such as a gateway" in body["error"]
    is_told_both_ways = status == 403 and action != "submit_event"
    assert ("Either the server has no envelopes" in body["error"]) is is_told_both_ways
    assert "associated_event_id" not in body["error"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("action", ["check_in", "submit_feedback", "submit_event"])
def test_a_page_that_is_not_sentrys_is_told_with_both_readings(action, page, send, requests_mock):
    requests_mock.post(ANY, status_code=404, text=PAGES[page])
    body = send(action)
    assert body["exception"]["code"] == "api_error"
    no_envelopes = ENVELOPE, "Either the server has no envelopes", "such as a gateway"
    told = {"submit_event": (STORE, "Check the DSN", "such as a gateway")}
    asked, one, other = told.get(action, no_envelopes)
    assert f"POST {asked} was answered with HTTP 404: a web page" in body["error"]
    assert (one in body["error"], other in body["error"]) == (True, True)


@pytest.mark.parametrize("page", PAGES)
def test_a_report_that_is_answered_with_a_page_says_so(page, start, run, requests_mock):
    requests_mock.post(ANY, status_code=404, text=PAGES[page])
    about = {"associated_event_id": EVENT_ID, "name": "Example User", "email": "user@example.com"}
    body = run(start("submit_feedback", dsn=DSN, message="hi", **about))
    assert body["exception"]["code"] == "api_error"
    assert "/api/embed/error-page/ was answered with HTTP 404: a web page" in body["error"]
    assert "such as a gateway" in body["error"]


@pytest.mark.parametrize("page", PAGES)
def test_an_event_that_a_gateway_keeps_from_its_envelope_may_pass_to_the_store(
    page, send, requests_mock
):
    requests_mock.post(ENVELOPE, status_code=403, text=PAGES[page])
    requests_mock.post(STORE, json={"id": EVENT_ID})
    assert send("submit_event")["output"] == {"id": EVENT_ID}


@pytest.mark.parametrize(
    ("answered", "code", "asked_for"),
    [
        ({"status_code": 404, "text": ""}, "api_error", ENVELOPE),
        ({"status_code": 403, "text": PAGES["nginx"]}, "api_error", ENVELOPE),
        ({"status_code": 403, "json": {"detail": "wrong key"}}, "forbidden", STORE),
        ({"status_code": 401, "json": {"error": "Invalid api key"}}, "unauthorized", STORE),
    ],
)
def test_of_two_refusals_of_an_event_the_servers_own_one_is_told(
    answered, code, asked_for, send, requests_mock
):
    requests_mock.post(ENVELOPE, status_code=403, text=PAGES["challenge"])
    requests_mock.post(STORE, **answered)
    body = send("submit_event")
    assert body["exception"]["code"] == code
    assert f"POST {asked_for} was answered" in body["error"]


@pytest.mark.parametrize("action", ["check_in", "submit_feedback", "submit_event"])
def test_what_sentry_9_says_of_a_way_that_it_lacks_is_known_as_its_own(
    action, send, shared, requests_mock
):
    answers = recordings.exchanges(shared / "recordings/sentry9")
    page = next(each for each in answers if each.path.endswith("/envelope/"))
    requests_mock.post(ENVELOPE, status_code=page.status, text=page.body)
    requests_mock.post(STORE, json={"id": EVENT_ID})
    words = {"check_in": "Either the server has no", "submit_feedback": "give also associated_ev"}
    body = send(action)
    assert words.get(action, "") in body.get("error", "")
    assert body.get("exception", {"code": "unsupported"})["code"] == "unsupported"
    assert (requests_mock.last_request.url == STORE) is (action == "submit_event")


@pytest.mark.parametrize("status", [401, 403, 511])
def test_a_gateways_page_is_no_word_on_the_token(status, start, run, requests_mock):
    requests_mock.get(EVENTS, status_code=status, text=PAGES["challenge"])
    exception = run(start("list_issue_events", issue_id="1"))["exception"]
    assert (exception["code"], exception["retryable"]) == ("api_error", False)
    assert "a web page, Just a moment" in exception["cause"]
    assert "a gateway" in exception["assistance"]
    assert "scope" not in exception["assistance"]


# --- pages that say that all is well


@pytest.mark.parametrize("page", PAGES)
def test_a_page_with_200_is_told_as_a_page(page, start, run, requests_mock):
    requests_mock.get(ANY, text=PAGES[page])
    exception = run(project(start))["exception"]
    assert exception["code"] == "api_error"
    assert f"GET {PROJECT} was answered with a web page" in exception["cause"]
    assert "instead of JSON" in exception["cause"]
    assert "a login (SSO, VPN)" in exception["assistance"]


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({"status_code": 404, "text": ""}, "api_error"),
        ({"status_code": 404, "text": "<html>"}, "api_error"),
        ({"status_code": 405, "json": {}}, "api_error"),
        (GONE, "api_error"),
        ({"status_code": 404, "json": {"detail": "No such thing."}}, "not_found"),
        ({"status_code": 403, "json": {"detail": "No."}}, "forbidden"),
    ],
)
def test_a_page_with_200_is_not_forgotten_for_what_comes_by_the_second_way(
    second, code, start, run, requests_mock
):
    requests_mock.get(PROJECT, text=PAGES["login"])
    requests_mock.get(ORGANIZATION, **second)
    exception = run(project(start))["exception"]
    assert exception["code"] == code
    page = f'GET {PROJECT} was answered with a web page ("Sign in") instead of JSON. By another way'
    assert exception["cause"].startswith(page)
    assert f"HTTP {second['status_code']}" in exception["cause"]
    assert "a login (SSO, VPN)" in exception["assistance"]


@pytest.mark.parametrize("action", ["submit_event", "check_in"])
def test_a_page_with_200_takes_no_event(action, send, requests_mock):
    requests_mock.post(ENVELOPE, text=PAGES["login"])
    error = send(action)["error"]
    assert 'was answered with a web page ("Sign in") instead of JSON, but no event id' in error
    assert "a login (SSO, VPN)" in error


# --- the scope that a step needs

MANY = {"issue_ids": ["1", "2"]}
SEARCH = {"query": "x", "limit": 5, "organization_slug": "o"}
DRY = {"dry_run": True}


@pytest.mark.parametrize(
    ("action", "given", "scope"),
    [
        ("update_issue", {"issue_id": "1", "status": "resolved"}, "event:write"),
        ("update_issue", {"issue_id": "WEB-1", "status": "resolved"}, "event:write"),
        ("add_comment", {"issue_id": "WEB-1", "text": "hi"}, "event:write"),
        ("merge_issues", MANY, "event:write"),
        ("update_issues", {"status": "resolved", **MANY}, "event:write"),
        ("update_issues", {"status": "resolved", **SEARCH}, "event:write"),
        ("update_issues", {"status": "resolved", **SEARCH, **DRY}, "event:read"),
        ("delete_issues", MANY, "event:admin"),
        ("delete_issues", SEARCH, "event:admin"),
        ("delete_issues", {**MANY, **DRY}, "event:read"),
        ("get_issue", {"issue_id": "WEB-1"}, "event:read"),
    ],
)
def test_a_look_that_is_refused_names_the_scope_of_the_whole_step(
    action, given, scope, start, run, requests_mock
):
    requests_mock.get(ANY, status_code=403, json={"detail": "You do not have permission."})
    exception = run(start(action, {"organization": "o"}, **given))["exception"]
    assert exception["code"] == "forbidden"
    assert f"Give the token the scope {scope}," in exception["assistance"]


@pytest.mark.parametrize("page", PAGES)
def test_a_gateways_page_stops_the_work_on_many(page, start, run, requests_mock):
    """It refuses whatever is asked for, and not one of the issues."""
    requests_mock.get(ANY, status_code=403, text=PAGES[page])
    body = run(start("delete_issues", {"organization": "o"}, **MANY))
    assert body["exception"]["code"] == "api_error"
    assert requests_mock.call_count == 1
