"""A server in trouble: what is sent again, what is waited for, and what is told in the end."""

from __future__ import annotations

import base64
import datetime as dt
import email.utils
import json
import sys
import threading
import time
from urllib.parse import quote, quote_plus

import pytest
import requests
from urllib3.exceptions import ConnectTimeoutError

from sentry_plugin.actions.update_issue import UpdateIssue
from sentry_plugin.deadline import Deadline
from sentry_plugin.errors import Stopped
from sentry_plugin.runtime import watchdog
from sentry_plugin.transport.ratelimits import EVENT_CATEGORIES, LONGEST, drops, seconds_to_wait
from unit_test import outside
from unit_test.client.test_pages_and_routes import both, project
from unit_test.conftest import URL, unresolved

pytestmark = pytest.mark.versions

EVENTS = f"{URL}issues/1/events/"
ISSUE = f"{URL}issues/1/"
PROJECT = f"{URL}projects/o/p/issues/"
ENVELOPE = "https://ingest.example/api/42/envelope/"
EVENT_ID = "afd25d0e868f495fa802179d33ef3b97"
RESET = {"exc": requests.ConnectionError(ConnectionResetError(104, "reset"))}
REFUSED = {"exc": requests.ConnectTimeout("x")}
UNREACHABLE = {"exc": requests.ConnectTimeout(ConnectTimeoutError())}


def events(start, **connection):
    return start("list_issue_events", connection=connection, issue_id="1")


def update(start, status="resolved", **connection):
    return start("update_issue", connection=connection, issue_id="1", status=status)


def submit(start, **connection):
    given = {"dsn": "https://public-key@ingest.example/42", "event_json": {"event_id": EVENT_ID}}
    return start("submit_event", connection=connection, **given)


def window(seconds, remaining="0", **more):
    """Make the headers by which Sentry's web API tells of its limit."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return {
        "Date": email.utils.format_datetime(now, usegmt=True),
        "X-Sentry-Rate-Limit-Remaining": remaining,
        "X-Sentry-Rate-Limit-Reset": str(int(now.timestamp()) + seconds),
        **more,
    }


# --- again


@pytest.mark.parametrize(
    "trouble",
    [
        RESET,
        REFUSED,
        *({"status_code": status, "text": "<html>"} for status in (429, 502, 503, 504)),
    ],
)
def test_a_read_is_sent_again_with_growing_waits_and_a_word_on_each(
    trouble, start, run, requests_mock, waits
):
    requests_mock.get(EVENTS, [trouble, trouble, trouble, {"json": [{"id": "1"}]}])
    body = run(events(start))
    assert body["output"] == {"events": [{"id": "1"}]}
    assert requests_mock.call_count == 4
    assert [0.1 <= waits[0] <= 0.5, 1 <= waits[1] <= 1.5, 2 <= waits[2] <= 2.5] == [True] * 3
    assert body["log"].count("Trying GET again in") == len(waits) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 500])
def test_what_will_not_pass_is_not_sent_again(status, start, run, requests_mock, waits):
    requests_mock.get(EVENTS, status_code=status, json={"detail": "no"})
    assert run(events(start))["status"] == "error"
    assert (requests_mock.call_count, waits) == (1, [])


def test_it_is_given_up_after_five_more_tries(start, run, requests_mock, waits):
    requests_mock.get(EVENTS, status_code=503)
    body = run(events(start))
    assert body["exception"]["code"] == "server_error"
    assert (requests_mock.call_count, len(waits)) == (6, 5)
    assert sum(waits) < 20


def test_it_is_given_up_at_once_where_the_next_wait_does_not_fit(start, run, requests_mock, waits):
    requests_mock.get(EVENTS, status_code=503)
    assert run(events(start, timeout=3))["exception"]["code"] == "server_error"
    assert requests_mock.call_count in {3, 4}
    assert sum(waits) < 3


@pytest.mark.parametrize(
    ("status", "trouble", "tries"),
    [
        ("resolved", RESET, 2),
        ("resolved", {"status_code": 503}, 2),
        ("resolved", {"status_code": 429}, 2),
        ("resolvedInNextRelease", RESET, 1),
        ("resolvedInNextRelease", {"status_code": 503}, 1),
        ("resolvedInNextRelease", {"status_code": 429}, 2),
        ("resolvedInNextRelease", UNREACHABLE, 2),
    ],
)
def test_an_update_is_sent_again_only_where_twice_is_the_same_as_once(
    status, trouble, tries, start, run, requests_mock
):
    details = {"inNextRelease": status != "resolved"}
    issue = {"id": "1", "status": "resolved", "statusDetails": details}
    unresolved(requests_mock, statusDetails={})
    requests_mock.put(ISSUE, [trouble, {"json": issue}])
    body = run(update(start, status))
    assert requests_mock.call_count == 1 + tries
    assert body["status"] == ("ok" if tries == 2 else "error")
    if (trouble, tries) == (RESET, 1):
        assert "It is unknown whether the server carried it out." in body["error"]


@pytest.mark.parametrize(
    ("tries", "in_doubt"),
    [
        ([{"status_code": 500, "json": {}}], True),
        ([{"status_code": 429, "headers": {"Retry-After": "600"}}], False),
        ([UNREACHABLE], False),
        ([{"status_code": 504}], True),
        ([RESET, {"status_code": 500, "json": {}}], True),
        ([{"status_code": 502}, {"status_code": 403, "json": {}}], True),
        ([RESET, UNREACHABLE], True),
    ],
)
@pytest.mark.parametrize("send", [update, submit])
def test_a_try_that_may_have_been_carried_out_is_not_forgotten(
    send, tries, in_doubt, start, run, requests_mock
):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, tries)
    requests_mock.post(ENVELOPE, tries)
    error = run(send(start))["error"]
    assert error.count("It is unknown whether the server carried it out.") == in_doubt


@pytest.mark.parametrize("trouble", [RESET, {"status_code": 429}, {"status_code": 502}])
def test_an_event_is_sent_again_with_the_same_id(trouble, start, run, requests_mock):
    answers = [trouble, {"json": lambda request, _: {"id": sent_id(request)}}]
    requests_mock.post(ENVELOPE, answers)
    message = submit(start, timeout=100)
    del message["body"]["input"]["event_json"]["event_id"]
    body = run(message)
    ids = {sent_id(request) for request in requests_mock.request_history}
    assert (requests_mock.call_count, ids) == (2, {body["output"]["id"]})


def sent_id(request):
    return json.loads(request.body.split(b"\n")[0])["event_id"]


# --- rate limits


def test_a_429_of_the_web_api_is_waited_out_until_its_window_begins_anew(
    start, run, requests_mock, waits
):
    full = {"status_code": 429, "headers": window(20), "json": {"detail": "too fast"}}
    requests_mock.get(EVENTS, [full, {"json": []}])
    assert run(events(start))["status"] == "ok"
    assert waits == [20]


@pytest.mark.parametrize(
    ("send", "method", "url"),
    [(events, "GET", EVENTS), (update, "PUT", ISSUE), (submit, "POST", ENVELOPE)],
)
def test_a_429_that_does_not_fit_fails_at_once_and_says_when_to_come_back(
    send, method, url, start, run, requests_mock, waits
):
    unresolved(requests_mock)
    requests_mock.register_uri(
        method, url, status_code=429, headers={"Retry-After": "600"}, json={"detail": "later"}
    )
    exception = run(send(start))["exception"]
    assert (exception["code"], exception["retryable"]) == ("rate_limited", True)
    assert exception["retry_after"] == 600
    assert (requests_mock.call_count, waits) == (1 + (method == "PUT"), [])


def test_the_next_request_waits_where_nothing_of_the_window_remains(
    start, run, requests_mock, waits
):
    first = {"json": [{"id": "1"}], "headers": both("0:1:0") | window(7)}
    requests_mock.get(PROJECT, [first, {"json": [{"id": "2"}]}])
    body = run(project(start))
    assert len(body["output"]["issues"]) == 2
    assert len(waits) == 1
    assert 6 < waits[0] <= 7
    assert "takes its next request in 7.0 s" in body["log"]


def test_a_window_that_does_not_fit_ends_the_list_before_a_429(start, run, requests_mock, waits):
    first = {"json": [{"id": "1"}], "headers": both("0:1:0") | window(300)}
    requests_mock.get(PROJECT, [first, {"json": [{"id": "2"}]}])
    body = run(project(start))
    assert (body["exception"]["code"], requests_mock.call_count) == ("rate_limited", 1)
    assert 299 <= body["exception"]["retry_after"] <= 300
    assert body["partial"] == {"output": {"issues": [{"id": "1"}]}, "next_cursor": "0:1:0"}
    assert waits == []


def test_a_wait_without_end_is_told_as_a_number(start, run, requests_mock):
    requests_mock.get(EVENTS, status_code=429, headers={"Retry-After": "9" * 400})
    assert run(events(start))["exception"]["retry_after"] == LONGEST


def test_a_429_of_ingest_that_tells_no_time_means_a_minute(start, run, requests_mock, waits):
    requests_mock.post(ENVELOPE, status_code=429, text="Too Many Requests")
    assert run(submit(start))["exception"]["retry_after"] == 60
    assert waits == []


def test_an_event_that_was_taken_while_events_are_dropped_is_no_success(start, run, requests_mock):
    limited = {"X-Sentry-Rate-Limits": "120:error:organization:quota"}
    requests_mock.post(ENVELOPE, json={"id": EVENT_ID}, headers=limited)
    exception = run(submit(start))["exception"]
    assert (exception["code"], exception["retry_after"]) == ("rate_limited", 120)
    assert EVENT_ID in exception["assistance"]


def test_limits_of_other_categories_do_not_matter(start, run, requests_mock):
    limited = {"X-Sentry-Rate-Limits": "120:transaction;session:organization"}
    requests_mock.post(ENVELOPE, json={"id": EVENT_ID}, headers=limited)
    assert run(submit(start))["output"] == {"id": EVENT_ID}


DATE = "Thu, 01 Jan 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        (window(5), 5),
        (window(-5), 0),
        (window(5, remaining="1"), None),
        (window(5) | {"X-Sentry-Rate-Limit-Reset": "soon"}, None),
        (window(5) | {"Retry-After": "9"}, 9),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "Thu, 01 Jan 2026 00:01:00 GMT", "Date": DATE}, 60),
        ({"Retry-After": "Wed, 31 Dec 2025 00:01:00 GMT", "Date": DATE}, 0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "9" * 400}, LONGEST),
        ({"X-Sentry-Rate-Limits": "60:error;default:organization:quota"}, 60),
        ({"X-Sentry-Rate-Limits": "60::organization"}, 60),
        ({"X-Sentry-Rate-Limits": "60"}, 60),
        ({"X-Sentry-Rate-Limits": "60:transaction:key, 2700:default;x:organization:r:ns"}, 2700),
        ({"X-Sentry-Rate-Limits": "60:error:key,90::key"}, 90),
        ({"X-Sentry-Rate-Limits": "60:transaction:key, 2700:session:key"}, None),
        ({"X-Sentry-Rate-Limits": "x:error:key"}, None),
    ],
)
def test_every_form_of_a_wait_is_read(headers, seconds):
    assert seconds_to_wait(headers) == seconds


def test_a_reset_is_measured_by_our_clock_where_the_server_tells_no_time():
    headers = window(0) | {"X-Sentry-Rate-Limit-Reset": str(int(time.time()) + 50), "Date": ""}
    assert 0 < seconds_to_wait(headers) <= 50


def test_only_limits_of_events_drop_them():
    assert drops({"X-Sentry-Rate-Limits": "60:error:key"}, EVENT_CATEGORIES)
    assert not drops({"X-Sentry-Rate-Limits": "60:session:key"}, EVENT_CATEGORIES)
    assert not drops({"Retry-After": "60"}, EVENT_CATEGORIES)


# --- what was got before


@pytest.mark.parametrize(
    "trouble",
    [
        {"status_code": 500, "json": {"detail": "Internal Error"}},
        {"status_code": 403, "json": {"detail": "no"}},
        {"text": "<html>"},
        {"text": "[{"},
        {"json": {}},
        RESET,
    ],
)
def test_a_page_that_fails_after_others_leaves_what_was_got_and_the_cursor(
    trouble, start, run, requests_mock
):
    first = {"json": [{"id": "1", "level": None}, {"id": 2}], "headers": both("0:1:0")}
    requests_mock.get(PROJECT, [first, trouble])
    body = run(project(start))
    assert body["status"] == "error"
    assert body["partial"] == {"output": {"issues": [{"id": "1"}, {}]}, "next_cursor": "0:1:0"}


def test_without_a_page_there_is_nothing_partial(start, run, requests_mock):
    requests_mock.get(PROJECT, status_code=500)
    assert "partial" not in run(project(start))


# --- in time


def test_what_cannot_be_interrupted_is_left_behind(start, run, monkeypatch):
    held = threading.Event()
    monkeypatch.setattr(watchdog, "GRACE", 0.1)
    monkeypatch.setattr(UpdateIssue, "run", lambda *_: held.wait(outside.PATIENCE))
    body = run(update(start, timeout=1))
    held.set()
    assert body["exception"]["code"] == "timed_out"
    assert "what it waits for does not end" in body["error"]


def test_a_timeout_of_an_actions_own_is_a_bug(start, answer, monkeypatch):
    def fail(*_):
        raise TimeoutError

    monkeypatch.setattr(UpdateIssue, "run", fail)
    assert answer(update(start))[1]["body"]["exception"]["code"] == "bug"


def test_an_action_that_exits_is_a_bug(start, answer, monkeypatch):
    monkeypatch.setattr(UpdateIssue, "run", lambda *_: sys.exit(0))
    status, event, _ = answer(update(start))
    assert (status, event["body"]["exception"]["code"]) == (1, "bug")


def test_what_works_on_after_a_stop_is_told_to_stop():
    deadline = Deadline(5)
    deadline.stop()
    with pytest.raises(Stopped):
        deadline.remaining()


# --- where it goes

ORGANIZATION = {"organization": "acme"}
SAAS = "https://sentry.io/api/0/"


@pytest.mark.parametrize(
    ("region", "used"),
    [
        ("https://de.sentry.io", "de.sentry.io"),
        ("https://us2.sentry.io", "us2.sentry.io"),
        ("https://de.sentry.io/", "sentry.io"),
        ("http://de.sentry.io", "sentry.io"),
        ("https://sentry.io.evil.example", "sentry.io"),
        ("https://evil.example", "sentry.io"),
        ("https://evil.example/.sentry.io", "sentry.io"),
        ("https://a.b.sentry.io", "sentry.io"),
        ("https://de.sentry.io@evil.example", "sentry.io"),
        ("https://de.sentry.io\n", "sentry.io"),
        (5, "sentry.io"),
        (None, "sentry.io"),
    ],
)
def test_only_sentry_io_may_name_its_region(region, used, start, run, requests_mock):
    requests_mock.get(f"{SAAS}organizations/acme/", json={"links": {"regionUrl": region}})
    requests_mock.get(f"https://{used}/api/0/organizations/acme/issues/1/events/", json=[])
    body = run(events(start, url="https://sentry.io", **ORGANIZATION))
    assert body["output"] == {"events": []}
    assert [request.hostname for request in requests_mock.request_history] == ["sentry.io", used]


@pytest.mark.parametrize(
    "trouble", [{"status_code": 403, "json": {}}, {"text": "<html>"}, {"json": []}, RESET]
)
def test_a_region_that_is_not_told_is_not_needed(trouble, start, run, requests_mock, waits):
    requests_mock.get(f"{SAAS}organizations/o/", **trouble)
    requests_mock.get(f"{SAAS}projects/o/p/issues/", json=[], headers=both("0:1:0", "false"))
    assert run(at(start, SAAS))["output"] == {"issues": []}
    assert (requests_mock.call_count, waits) == (2, [])


def test_a_region_is_asked_for_once(start, run, requests_mock):
    region = {"links": {"regionUrl": "https://de.sentry.io"}}
    requests_mock.get(f"{SAAS}organizations/o/", json=region)
    pages = [{"json": [{"id": "1"}], "headers": both("0:1:0")}, {"json": [{"id": "2"}]}]
    requests_mock.get("https://de.sentry.io/api/0/projects/o/p/issues/", pages)
    assert len(run(at(start, SAAS))["output"]["issues"]) == 2
    asked = [request.hostname for request in requests_mock.request_history]
    assert asked == ["sentry.io", "de.sentry.io", "de.sentry.io"]


def at(start, url):
    message = project(start)
    message["body"]["connection"]["url"] = url
    return message


@pytest.mark.parametrize("url", ["https://sentry.example", "https://acme.sentry.io"])
def test_no_other_server_is_asked_for_a_region(url, start, run, requests_mock):
    requests_mock.get(f"{url}/api/0/organizations/acme/issues/1/events/", json=[])
    assert run(events(start, url=url, **ORGANIZATION))["status"] == "ok"
    assert requests_mock.call_count == 1


@pytest.mark.parametrize(
    ("allowed", "ok"),
    [
        ("", True),
        (" , ", True),
        ("ingest.example", True),
        ("*.ingest.sentry.io, INGEST.example", True),
        ("*.example", True),
        ("example", False),
        ("*.ingest.sentry.io", False),
    ],
)
def test_events_go_only_where_the_operator_allows(
    allowed, ok, start, run, requests_mock, monkeypatch
):
    monkeypatch.setenv("SENTRY_PLUGIN_INGEST_HOSTS", allowed)
    requests_mock.post(ENVELOPE, json={"id": EVENT_ID})
    body = run(submit(start))
    assert (body["status"] == "ok") is ok
    if not ok:
        assert "SENTRY_PLUGIN_INGEST_HOSTS" in body["error"]
        assert requests_mock.call_count == 0


def test_an_endpoint_that_will_be_switched_off_is_warned_of_once(start, run, requests_mock):
    headers = {
        "X-Sentry-Deprecation-Date": "2026-05-15T00:00:00",
        "X-Sentry-Replacement-Endpoint": "sentry-api-0-organization-group-index",
    }
    first = {"json": [{"id": "1"}], "headers": both("0:1:0") | headers}
    requests_mock.get(PROJECT, [first, {"json": [], "headers": headers}])
    log = run(project(start))["log"]
    assert log.count("switches projects/o/p/issues/ off at 2026-05-15T00:00:00") == 1
    assert "replaces it is sentry-api-0-organization-group-index" in log


def test_a_replaced_endpoint_names_its_replacement(start, run, requests_mock):
    headers = {"X-Sentry-Replacement-Endpoint": "the-new-one"}
    gone = {"status_code": 410, "json": {"message": "gone"}, "headers": headers}
    requests_mock.get(f"{URL}organizations/acme/issues/1/", **gone)
    requests_mock.get(ISSUE, **gone)
    assert "by the-new-one" in run(update(start, **ORGANIZATION))["exception"]["assistance"]


# --- encodings of secrets

SECRET = 'a/b c+"d"=e?'


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"{SECRET}:".encode()).decode(),
        base64.b64encode(f":{SECRET}".encode()).decode(),
    ],
)
def test_a_secret_is_masked_in_every_encoding(form, start, answer, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, status_code=400, text=f"refused {form}.")
    _, event, err = answer(update(start, headers={"X-Sso": SECRET}))
    assert form.strip('"') not in event["body"]["exception"]["data"]
    assert "refused" in event["body"]["exception"]["data"]
    assert "********" in event["body"]["exception"]["data"]
    assert form.strip('"') not in err
