"""Check-ins and feedback: by the DSN's key alone, once, and what servers without envelopes get."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from unit_test.conftest import TOKEN

DSN = "https://public-key@ingest.example/42"
ENVELOPE = "https://ingest.example/api/42/envelope/"
EMBED = "https://ingest.example/api/embed/error-page/"
ID = "afd25d0e868f495fa802179d33ef3b97"
DASHED = "afd25d0e-868f-495f-a802-179d33ef3b97"
HTML = "<!DOCTYPE html><title>CSRF Verification Failed</title>"
CRONTAB = {"schedule": {"type": "crontab", "value": "0 * * * *"}}


@pytest.fixture
def check_in(start, run):
    """Check in and give the body of the answer."""

    def send(**given):
        whole = {"dsn": DSN, "monitor_slug": "my-job", "status": "ok", **given}
        return run(start("check_in", **whole))

    return send


@pytest.fixture
def feedback(start, run):
    """Submit feedback and give the body of the answer."""

    def send(**given):
        return run(start("submit_feedback", **{"dsn": DSN, "message": "It is empty.", **given}))

    return send


def envelope(body):
    header, item, payload, rest = body.split(b"\n")
    assert (rest, json.loads(item)["length"]) == (b"", len(payload))
    return json.loads(header), json.loads(item)["type"], json.loads(payload)


def test_a_check_in_is_an_item_of_an_envelope(check_in, requests_mock):
    requests_mock.post(ENVELOPE, json={})
    given = {"check_in_id": DASHED, "duration": 12.5, "environment": "production"}
    body = check_in(**given, monitor_config=CRONTAB, release="app@1")
    assert body["output"] == {"check_in_id": ID, "monitor_slug": "my-job"}
    assert "WARNING Sentry does not keep the release of a check-in." in body["log"]
    header, kind, payload = envelope(requests_mock.last_request.body)
    assert (header.keys(), kind) == ({"sent_at"}, "check_in")
    assert payload == {
        "check_in_id": ID,
        "monitor_slug": "my-job",
        "status": "ok",
        "duration": 12.5,
        "environment": "production",
        "release": "app@1",
        "monitor_config": CRONTAB,
    }
    headers = requests_mock.last_request.headers
    assert "sentry_key=public-key" in headers["X-Sentry-Auth"]
    assert TOKEN not in str(headers)


def test_a_job_is_begun_and_ended_with_one_id(sandbox, check_in):
    given = {"dsn": sandbox.known["dsn"], "environment": "production", "monitor_config": CRONTAB}
    begun = check_in(**given, status="in_progress")["output"]["check_in_id"]
    checkins = "organizations/acme/monitors/my-job/checkins/"
    (found,) = sandbox.get(checkins).json()
    assert (found["id"].replace("-", ""), found["status"]) == (begun, "in_progress")
    assert check_in(**given, check_in_id=begun, duration=1.5)["output"]["check_in_id"] == begun
    (found,) = sandbox.get(checkins).json()
    assert found["status"] == "ok"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        *(({"monitor_slug": slug}, "`monitor_slug` has no") for slug in ("!?", "\u6f22", " - ")),
        *(({"check_in_id": each}, "`check_in_id` is not") for each in ("x", "", ID[1:])),
        *(({"duration": each}, "`duration` is not 0 to") for each in (-1, 2_147_484)),
        *(({"environment": each}, "`environment` is not") for each in ("a/b", "a\nb", "x" * 65)),
    ],
)
def test_a_check_in_that_cannot_be_one_is_refused(given, words, check_in, requests_mock):
    body = check_in(**given)
    assert (body["exception"]["code"], words in body["error"]) == ("bad_input", True)
    assert requests_mock.call_count == 0


def test_an_id_for_the_envelope_of_a_check_in_is_not_taken_for_another(check_in, requests_mock):
    requests_mock.post(ENVELOPE, json={"id": "0" * 32})
    body = check_in(check_in_id=ID)
    assert (body["output"]["check_in_id"], "another id" in body["log"]) == (ID, False)


@pytest.mark.parametrize("missing", [{"status_code": 404}, {"status_code": 403, "text": HTML}])
def test_a_server_without_envelopes_does_not_support_check_ins(missing, check_in, requests_mock):
    requests_mock.post(ENVELOPE, **missing)
    body = check_in()
    assert body["exception"]["code"] == "unsupported"
    assert f"POST {ENVELOPE} was answered with HTTP {missing['status_code']}" in body["error"]
    assert "Either the server has no envelopes" in body["error"]
    assert "or what stands before it, such as a gateway or a proxy" in body["error"]


def test_a_check_in_is_sent_again_with_the_same_id(check_in, requests_mock):
    requests_mock.post(ENVELOPE, [{"status_code": 503}, {"json": {}}])
    found = check_in()["output"]["check_in_id"]
    sent = [envelope(request.body)[2]["check_in_id"] for request in requests_mock.request_history]
    assert sent == [found, found]


@pytest.mark.parametrize(
    ("answered", "code", "words"),
    [
        ({"text": "no JSON"}, "api_error", "the check-in may not have been taken"),
        ({"status_code": 403, "json": {"detail": "No."}}, "forbidden", "Check the DSN"),
        ({"status_code": 413}, "api_error", "Sentry takes 102400"),
        (
            {"json": {}, "headers": {"X-Sentry-Rate-Limits": "60:monitor:organization"}},
            "rate_limited",
            "drops check-ins for now",
        ),
        ({"status_code": 503}, "server_error", "It is unknown whether"),
    ],
)
def test_a_check_in_that_was_not_taken_names_its_id(answered, code, words, check_in, requests_mock):
    requests_mock.post(ENVELOPE, **answered)
    body = check_in(check_in_id=ID)
    assert body["exception"]["code"] == code
    assert words in body["error"]
    assert f"Given the `check_in_id` {ID}" in body["error"]


def test_an_id_of_zeros_is_none_to_sentry(check_in, requests_mock):
    requests_mock.post(ENVELOPE, [{"json": {}}, {"status_code": 500}])
    zeros = "00000000-0000-0000-0000-000000000000"
    assert "WARNING To Sentry, a check-in ID of zeros is none" in check_in(check_in_id=zeros)["log"]
    body = check_in(check_in_id=zeros)
    assert (body["exception"]["retryable"], "counts once" in body["error"]) == (False, False)


def test_a_limit_on_events_does_not_stop_a_check_in(check_in, requests_mock):
    requests_mock.post(ENVELOPE, json={}, headers={"X-Sentry-Rate-Limits": "60:error:organization"})
    assert check_in()["output"]


def test_feedback_is_an_event_of_its_own(feedback, requests_mock):
    requests_mock.post(ENVELOPE, json={"id": ID})
    given = {"name": "Example User", "email": "user@example.com", "url": "https://www.example.com/"}
    given |= {"associated_event_id": DASHED, "environment": "production", "tags": {"a": "b"}}
    assert feedback(**given, event_id=ID)["output"] == {"id": ID}
    header, kind, payload = envelope(requests_mock.last_request.body)
    assert (header["event_id"], kind, payload["event_id"]) == (ID, "feedback", ID)
    assert (payload["environment"], payload["tags"]) == ("production", {"a": "b"})
    assert payload["contexts"]["feedback"] == {
        "message": "It is empty.",
        "name": "Example User",
        "contact_email": "user@example.com",
        "url": "https://www.example.com/",
        "associated_event_id": ID,
    }


def test_the_sandbox_takes_feedback(sandbox, feedback):
    assert feedback(dsn=sandbox.known["dsn"], event_id=ID)["output"] == {"id": ID}


def test_feedback_goes_to_a_server_without_envelopes_as_a_report_on_its_event(
    feedback, requests_mock
):
    requests_mock.post(ENVELOPE, status_code=403, text=HTML)
    requests_mock.post(EMBED, json={})
    said = {"name": "Example User", "email": "user@example.com"}
    body = feedback(
        **said, associated_event_id=DASHED, dsn="https://public-key:old@ingest.example/42"
    )
    assert body["output"] == {"id": ID}
    sent = requests_mock.last_request
    assert parse_qs(sent.text) == {
        "name": ["Example User"],
        "email": ["user@example.com"],
        "comments": ["It is empty."],
    }
    assert sent.qs == {"dsn": [DSN], "eventid": [ID]}
    assert "public-key" not in body["log"]
    assert TOKEN not in str(sent.headers)


def test_a_report_that_is_refused_says_why(feedback, requests_mock):
    requests_mock.post(ENVELOPE, status_code=404)
    said = {"name": "Example User", "email": "x", "associated_event_id": ID}
    requests_mock.post(EMBED, status_code=400, json={"errors": {"email": ["Enter a valid email."]}})
    assert "email: Enter a valid email." in feedback(**said)["error"]
    requests_mock.post(EMBED, status_code=500)
    assert feedback(**said)["exception"]["code"] == "server_error"


def test_a_server_without_envelopes_needs_an_event_and_a_user(feedback, requests_mock):
    requests_mock.post(ENVELOPE, status_code=404)
    body = feedback(name="Example User")
    assert body["exception"]["code"] == "unsupported"
    assert "for that, give also associated_event_id, email." in body["error"]
    assert requests_mock.call_count == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"message": " "}, "`message` is empty"),
        ({"message": "x" * 4097}, "more than 4096"),
        ({"event_id": "x"}, "`event_id` is not"),
        ({"associated_event_id": "x"}, "`associated_event_id` is not"),
        *(
            ({"environment": each}, "`environment` is not")
            for each in ("None", "a/b", "\u00e9" * 33)
        ),
    ],
)
def test_feedback_that_cannot_be_any_is_refused(given, words, feedback, requests_mock):
    assert words in feedback(**given)["error"]
    assert requests_mock.call_count == 0


def test_feedback_that_was_not_taken_names_its_id(feedback, requests_mock):
    requests_mock.post(ENVELOPE, json={})
    error = feedback(event_id=ID)["error"]
    assert "the feedback may not have been taken" in error
    assert f"Given the `event_id` {ID}" in error
