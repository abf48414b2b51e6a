"""Events: the DSN, what is filled in, and how they are sent."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from sentry_plugin.errors import InputError
from sentry_plugin.generated import VERSION
from sentry_plugin.ingest import dsn

ENVELOPE = "https://ingest.example/api/42/envelope/"
STORE = "https://ingest.example/api/42/store/"
EVENT_ID = "afd25d0e868f495fa802179d33ef3b97"
DASHED = "afd25d0e-868f-495f-a802-179d33ef3b97"
HTML = "<!DOCTYPE html><title>CSRF Verification Failed</title>"


@pytest.fixture
def submit(start, run):
    """Submit an event and give the body of the answer."""

    def send(event, **more):
        given = {"dsn": "https://public-key@ingest.example/42", "event_json": event, **more}
        return run(start("submit_event", **given))

    return send


def envelope(request):
    """Take an envelope apart: its header, its item's header, its event."""
    header, item, event, rest = request.body.split(b"\n")
    assert rest == b""
    assert json.loads(item)["length"] == len(event)
    return json.loads(header), json.loads(item), json.loads(event)


@pytest.mark.parametrize(
    ("text", "url", "keys"),
    [
        ("https://k@sentry.io/1", "https://sentry.io/api/1/store/", ("k", "")),
        ("https://k:s@sentry.io/1", "https://sentry.io/api/1/store/", ("k", "s")),
        ("https://k:@sentry.io/1", "https://sentry.io/api/1/store/", ("k", "")),
        ("http://k-1@localhost:9000/12", "http://localhost:9000/api/12/store/", ("k-1", "")),
        ("HTTPS://k@Sentry_1/1", "https://sentry_1/api/1/store/", ("k", "")),
        ("https://k@h/a/b/7", "https://h/a/b/api/7/store/", ("k", "")),
        ("https://k@[::1]:9000/7", "https://[::1]:9000/api/7/store/", ("k", "")),
        (
            "https://k@o4501.ingest.de.sentry.io/4502",
            "https://o4501.ingest.de.sentry.io/api/4502/store/",
            ("k", ""),
        ),
        (" https://k@h/7\n", "https://h/api/7/store/", ("k", "")),
        ("https://k@h/7/", "https://h/api/7/store/", ("k", "")),
        ("https://k@h//7", "https://h/api/7/store/", ("k", "")),
        ("https://k:s@h:9000//a///b/7//", "https://h:9000/a/b/api/7/store/", ("k", "s")),
        ("https://k@h/7?@evil.example/8", "https://h/api/7/store/", ("k", "")),
        ("https://k@[::1]/7/?a=1#@evil.example", "https://[::1]/api/7/store/", ("k", "")),
    ],
)
def test_a_dsn_is_taken_apart(text, url, keys):
    found = dsn.parse(text)
    assert found.url("store") == url
    assert (found.public_key, found.secret_key) == keys


@pytest.mark.parametrize(
    "text",
    [
        "hush-hush",
        "https://ingest.example/42",
        "https://@ingest.example/42",
        "https://hush-hush@/42",
        "https://hush-hush@ingest.example",
        "https://hush-hush@ingest.example/",
        "https://hush-hush@ingest.example/project",
        "https://hush-hush@ingest.example/\u0664\u0662",
        "https://hush-hush@ingest.example/../42",
        "https://hush-hush@ingest.example/a//..//42",
        "https://hush-hush@ingest.example?/42",
        "https://hush-hush?@ingest.example/42",
        "https://ingest.example/42?https://hush-hush@ingest.example/42",
        "https://hush-hush@ingest.example:0/42",
        "https://hush-hush@ingest.example:99999/42",
        "https://hush-hush@ingest.example:x/42",
        "https://hush,hush@ingest.example/42",
        "https://hush hush@ingest.example/42",
        "https://hush\nhush@ingest.example/42",
        "https://hush-hush@evil.example@ingest.example/42",
        "https://hush-hush@evil.example\\@ingest.example/42",
        "ftp://hush-hush@ingest.example/42",
        "//hush-hush@ingest.example/42",
    ],
)
def test_anything_else_is_refused_and_not_repeated(text, start, run, requests_mock):
    body = run(start("submit_event", dsn=text, event_json={}))
    assert "`dsn` is not a DSN" in body["error"]
    assert "hush" not in json.dumps(body)
    assert requests_mock.call_count == 0


def test_a_dsn_error_names_the_form_and_where_to_find_one():
    with pytest.raises(InputError, match=r"https://key@host/project-number.*Client Keys"):
        dsn.parse("x")


def test_an_event_goes_as_an_envelope_with_the_key_and_without_the_token(submit, requests_mock):
    requests_mock.post(ENVELOPE, json={"id": EVENT_ID})
    event = {"event_id": EVENT_ID, "timestamp": "2026-01-02T03:04:05Z", "platform": "python"}
    body = submit({**event, "extra": {"n": None}, "odd": "\u00fc\ud800"})
    assert body["output"] == {"id": EVENT_ID}
    sent = requests_mock.last_request
    header, item, payload = envelope(sent)
    assert header["event_id"] == EVENT_ID
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", header["sent_at"])
    assert (item["type"], item["content_type"]) == ("event", "application/json")
    assert payload == {**event, "extra": {"n": None}, "odd": "\u00fc\ufffd"}
    assert sent.headers["Content-Type"] == "application/x-sentry-envelope"
    assert sent.headers["X-Sentry-Auth"] == (
        f"Sentry sentry_version=7, sentry_client=sentry-plugin/{VERSION}, sentry_key=public-key"
    )
    assert "Authorization" not in sent.headers
    assert "given" not in body["log"]


def test_what_follows_a_dsn_is_not_sent_and_said_to_have_no_effect(submit, requests_mock):
    requests_mock.post(ENVELOPE, json={"id": EVENT_ID})
    text = "https://public-key@ingest.example/42"
    log = submit({"event_id": EVENT_ID}, dsn=f"{text}?verify_ssl=0&hush=hush#more")["log"]
    assert "What follows the ? or # in the DSN is not used" in log
    sent = requests_mock.last_request
    assert (sent.url, sent.verify) == (ENVELOPE, True)
    assert "hush" not in f"{log}{sent.headers}{sent.body}"
    assert "What follows" not in submit({"event_id": EVENT_ID}, dsn=text)["log"]


def test_an_old_dsns_secret_is_sent_with_its_key(submit, requests_mock):
    requests_mock.post(ENVELOPE, json={"id": EVENT_ID})
    submit({}, dsn="https://public-key:secret-key@ingest.example/42")
    auth = requests_mock.last_request.headers["X-Sentry-Auth"]
    assert auth.endswith("sentry_key=public-key, sentry_secret=secret-key")


def test_no_netrc_adds_a_login_to_an_event(submit, requests_mock, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine ingest.example login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    requests_mock.post(ENVELOPE, json={"id": EVENT_ID})
    submit({})
    assert "Authorization" not in requests_mock.last_request.headers


def test_what_an_event_lacks_is_filled_in_and_said(submit, requests_mock):
    requests_mock.post(ENVELOPE, json=lambda request, _: {"id": envelope(request)[0]["event_id"]})
    body = submit({"message": "hello", "platform": ""})
    event = envelope(requests_mock.last_request)[2]
    assert body["output"] == {"id": event["event_id"]}
    assert re.fullmatch("[0-9a-f]{32}", event["event_id"])
    assert event["platform"] == "other"
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(event["timestamp"])
    assert abs(age) < dt.timedelta(minutes=1)
    for name in ("event_id", "timestamp", "platform"):
        assert f"INFO The event has no {name}; it is given {event[name]}." in body["log"]


@pytest.mark.parametrize("given", [EVENT_ID, EVENT_ID.upper(), DASHED, DASHED.upper()])
def test_an_event_id_is_sent_in_sentrys_form(given, submit, requests_mock):
    requests_mock.post(ENVELOPE, json={"id": DASHED})
    body = submit({"event_id": given})
    assert envelope(requests_mock.last_request)[2]["event_id"] == EVENT_ID
    assert body["output"] == {"id": DASHED}
    assert "WARNING" not in body["log"]


@pytest.mark.parametrize("given", ["nothex", EVENT_ID[1:], EVENT_ID + "0", f"{EVENT_ID}\n", "{x}"])
def test_an_event_id_that_is_no_uuid_is_refused(given, submit, requests_mock):
    assert "`event_json.event_id` is not a UUID" in submit({"event_id": given})["error"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"exception": [{"type": "E"}]}, {"exception": {"values": [{"type": "E"}]}}),
        ({"exception": {"values": []}}, {"exception": {"values": []}}),
        ({"breadcrumbs": []}, {"breadcrumbs": {"values": []}}),
        ({"threads": [{"id": 1}]}, {"threads": {"values": [{"id": 1}]}}),
        ({"tags": [["a", "1"], ["b", 2]]}, {"tags": {"a": "1", "b": "2"}}),
        ({"timestamp": 1767323045.5}, {"timestamp": "2026-01-02T03:04:05.500000Z"}),
        ({"message": {"formatted": "x"}}, {"logentry": {"formatted": "x"}}),
    ],
)
def test_the_other_spellings_of_sentry_are_taken_too(given, sent, submit, requests_mock):
    requests_mock.post(ENVELOPE, json={"id": EVENT_ID})
    submit({"event_id": EVENT_ID, **given})
    event = envelope(requests_mock.last_request)[2]
    assert {name: event[name] for name in sent} == sent
    assert event.keys() <= {"event_id", "timestamp", "platform", *sent}


@pytest.mark.parametrize("given", [5, False, [], {}, 1.5])
def test_an_event_id_that_is_no_text_is_refused(given, submit, requests_mock):
    assert "`event_json.event_id` is not a UUID" in submit({"event_id": given})["error"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("event", ["x", 5, [1], True])
def test_an_event_that_is_no_object_is_refused(event, submit, requests_mock):
    assert "`event_json` is not of type object" in submit(event)["error"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    "missing", [{"status_code": 404, "text": ""}, {"status_code": 403, "text": f"\n\n{HTML}"}]
)
def test_a_server_without_envelopes_gets_the_event_at_its_store(missing, submit, requests_mock):
    requests_mock.post(ENVELOPE, **missing)
    requests_mock.post(STORE, json={"id": EVENT_ID})
    assert submit({"event_id": EVENT_ID, "message": "m"})["output"] == {"id": EVENT_ID}
    sent = requests_mock.last_request
    assert (sent.json()["event_id"], sent.json()["message"]) == (EVENT_ID, "m")
    assert sent.headers["Content-Type"] == "application/json"
    assert "sentry_key=public-key" in sent.headers["X-Sentry-Auth"]


def test_an_old_protocol_goes_to_the_store_at_once(submit, requests_mock):
    requests_mock.post(STORE, json={"id": EVENT_ID})
    assert submit({"event_id": EVENT_ID}, sentry_version=5)["output"] == {"id": EVENT_ID}
    assert "sentry_version=5" in requests_mock.last_request.headers["X-Sentry-Auth"]
    assert requests_mock.call_count == 1


@pytest.mark.parametrize(
    ("answered", "code", "words"),
    [
        (
            {"status_code": 403, "json": {"detail": "event submission rejected: ProjectId"}},
            "forbidden",
            "region",
        ),
        ({"status_code": 403, "text": "Project not found or key incorrect"}, "forbidden", "region"),
        ({"status_code": 401, "json": {"error": "Invalid api key"}}, "unauthorized", "Client Keys"),
        (
            {"status_code": 400, "json": {"detail": "bad", "causes": ["why"]}},
            "api_error",
            "bad; why",
        ),
        ({"status_code": 413, "json": {"detail": "too large"}}, "api_error", "too large"),
        ({"status_code": 429, "text": "Too Many Requests"}, "rate_limited", "Wait"),
        ({"status_code": 503, "json": {"detail": "queue"}}, "server_error", "Try again later"),
        ({"json": {}}, "api_error", "no event id"),
        ({"json": {"id": 5}}, "api_error", "no event id"),
        ({"json": []}, "api_error", "no event id"),
        ({"text": HTML}, "api_error", "no event id"),
        ({"status_code": 204}, "api_error", "no event id"),
    ],
)
def test_an_event_that_was_not_acknowledged_is_an_error(
    answered, code, words, submit, requests_mock
):
    requests_mock.post(ENVELOPE, **answered)
    body = submit({"event_id": EVENT_ID})
    assert body["exception"]["code"] == code
    assert words in body["error"]
    assert f"Given the `event_id` {EVENT_ID}, the event counts once" in body["error"]
    assert (requests_mock.call_count == 1) is (code != "server_error")


def test_an_id_that_glitchtip_gives_is_taken(submit, requests_mock):
    requests_mock.post(ENVELOPE, json={"event_id": EVENT_ID, "task_id": None})
    assert submit({"event_id": EVENT_ID})["output"] == {"id": EVENT_ID}


def test_another_id_than_the_one_sent_is_given_with_a_warning(submit, requests_mock):
    requests_mock.post(ENVELOPE, json={"id": "0" * 32})
    body = submit({"event_id": EVENT_ID})
    assert body["output"] == {"id": "0" * 32}
    assert f"WARNING The server gave the event another id than {EVENT_ID}" in body["log"]
