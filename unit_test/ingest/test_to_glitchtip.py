"""What is sent to a DSN of a GlitchTip, which drops and doubles what Sentry does not."""

from __future__ import annotations

import json
import re

import pytest
from requests.exceptions import ReadTimeout
from urllib3.exceptions import ReadTimeoutError

from unit_test.conftest import URL as ELSEWHERE
from unit_test.glitchtip import URL, asked, recording

pytestmark = pytest.mark.usefixtures("shared")

EVENT_ID = "afd25d0e868f495fa802179d33ef3b97"
HOST = "http://127.0.0.1:8177"
DSN = f"{HOST.replace('//', '//key@')}/9"
ENVELOPE, STORE = f"{HOST}/api/9/envelope/", f"{HOST}/api/9/store/"
HERE = {"url": URL, "organization": "rec-org"}
EVENT = {"event_id": EVENT_ID, "message": "m"}
DOUBT = "It is unknown whether the server carried it out."
SHOWN = "GET projects/rec-org/rec-app/events/afd25d0e868f495fa802179d33ef3b97/"


def answer(name, **changes):
    each = recording(name)
    return {"status_code": each.status, "headers": each.headers, "text": each.body, **changes}


CUT = {"exc": ReadTimeout(ReadTimeoutError(None, "", ""))}


# --- what it drops


def test_a_check_in_that_glitchtip_drops_is_no_success(start, run, requests_mock):
    requests_mock.post(ENVELOPE, **answer("m07_envelope_check_in"))
    body = run(start("check_in", HERE, dsn=DSN, monitor_slug="nightly", status="ok"))
    assert (body["status"], body["exception"]["code"]) == ("error", "unsupported")
    assert "GlitchTip drops every check-in" in body["error"]
    assert "Send a check-in to a Sentry" in body["error"]
    assert DOUBT not in body["error"]
    assert "counts once" not in body["error"]
    assert body["exception"]["retryable"] is False


def test_feedback_that_glitchtip_drops_is_no_success_and_what_it_takes_is_said(
    start, run, requests_mock
):
    requests_mock.post(ENVELOPE, **answer("m07_envelope_feedback"))
    body = run(start("submit_feedback", HERE, dsn=DSN, message="It broke."))
    assert body["exception"]["code"] == "unsupported"
    assert "GlitchTip drops every feedback" in body["error"]
    assert "give also associated_event_id, name, email" in body["error"]


def test_feedback_on_an_event_of_a_user_is_sent_as_the_report_that_glitchtip_keeps(
    start, run, requests_mock
):
    requests_mock.post(ENVELOPE, **answer("m07_envelope_feedback"))
    requests_mock.post(f"{HOST}/api/embed/error-page/", **answer("m08_report"))
    said = {"message": "It broke.", "name": "U", "email": "u@example.com"}
    given = {"dsn": DSN, "associated_event_id": EVENT_ID, **said}
    body = run(start("submit_feedback", HERE, **given))
    assert body["output"] == {"id": EVENT_ID}
    assert requests_mock.last_request.qs["eventid"] == [EVENT_ID]


# --- what it doubles


def test_an_event_goes_into_an_envelope(start, run, requests_mock):
    text = json.dumps({"id": EVENT_ID})
    requests_mock.post(ENVELOPE, **answer("s01_envelope_event", text=text))
    body = run(start("submit_event", HERE, dsn=DSN, event_json=EVENT))
    assert body["output"] == {"id": EVENT_ID}
    assert [each.url for each in requests_mock.request_history] == [ENVELOPE]


@pytest.fixture
def store(start, run, requests_mock):
    """Send an event to a store that cuts its answer; *shown* are the statuses of looks at it."""

    def send(*shown, connection=HERE, dsn=DSN, **given):
        requests_mock.post(re.compile(".*/store/"), **CUT)
        requests_mock.get(f"{URL}organizations/rec-org/projects/", **answer("l04_projects"))
        looks = [{"status_code": each, "json": {"detail": "Not Found"}} for each in shown or [404]]
        requests_mock.get(f"{URL}{SHOWN[4:]}", looks)
        event = {**EVENT, **given}
        return run(start("submit_event", connection, dsn=dsn, event_json=event, sentry_version=6))

    return send


def test_an_event_that_may_be_in_a_store_is_looked_up_and_not_sent_again(store, requests_mock):
    body = store(404, 200)
    assert (body["status"], body["output"]) == ("ok", {"id": EVENT_ID})
    assert [each.method for each in requests_mock.request_history].count("POST") == 1
    assert asked(requests_mock)[-2:] == [SHOWN, SHOWN]


def test_an_event_that_is_not_shown_stays_in_doubt(store, requests_mock, waits):
    body = store(404)
    assert DOUBT in body["error"]
    assert body["exception"]["retryable"] is False
    assert "GlitchTip for five minutes" in body["error"]
    assert [each.method for each in requests_mock.request_history].count("POST") == 1
    assert sum(waits) == pytest.approx(6)


@pytest.mark.parametrize(
    ("changes", "looks"),
    [
        ({"connection": {"url": URL}}, 0),
        ({"connection": {"url": ELSEWHERE, "organization": "rec-org"}}, 0),
        ({"dsn": DSN.replace("8177/9", "8177/8/9")}, 0),
    ],
)
def test_an_event_is_only_looked_up_where_the_connection_leads_to_its_project(
    changes, looks, store, requests_mock
):
    body = store(200, **changes)
    assert DOUBT in body["error"]
    assert [each.method for each in requests_mock.request_history].count("GET") == looks


def test_an_event_of_a_project_that_the_organization_has_not_stays_in_doubt(store, requests_mock):
    assert DOUBT in store(200, dsn=DSN.replace("/9", "/77"))["error"]
    assert asked(requests_mock)[-1] == "GET organizations/rec-org/projects/"


def test_a_token_that_may_not_look_leaves_the_doubt(store, requests_mock):
    body = store(403)
    assert DOUBT in body["error"]
    assert "WARNING The event could not be looked up" in body["log"]


def test_a_store_of_a_glitchtip_gets_an_event_once(start, run, requests_mock):
    requests_mock.post(ENVELOPE, **answer("l10_unknown_route"))
    requests_mock.post(STORE, **CUT)
    body = run(start("submit_event", {"url": URL}, dsn=DSN, event_json=EVENT))
    assert DOUBT in body["error"]
    assert [each.url for each in requests_mock.request_history] == [ENVELOPE, STORE]


@pytest.mark.parametrize("status", [403, 404])
def test_a_page_of_a_gateway_tells_nothing_of_the_store_behind_it(
    status, start, run, requests_mock
):
    requests_mock.post(ENVELOPE, status_code=status, text="<title>Request Rejected</title>")
    requests_mock.post(STORE, **CUT)
    body = run(start("submit_event", {"url": URL}, dsn=DSN, event_json=EVENT))
    assert DOUBT in body["error"]
    assert [each.url for each in requests_mock.request_history] == [ENVELOPE, STORE]


def test_a_store_of_another_server_without_envelopes_gets_an_event_again(start, run, requests_mock):
    requests_mock.post(ENVELOPE, status_code=404, text="")
    requests_mock.post(STORE, [CUT, {"json": {"id": EVENT_ID}}])
    body = run(start("submit_event", {"url": URL}, dsn=DSN, event_json=EVENT))
    assert body["output"] == {"id": EVENT_ID}
    assert requests_mock.call_count == 3
