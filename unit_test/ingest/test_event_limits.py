"""What Sentry drops or cuts of an event is said before it is sent."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest

ENVELOPE = "https://ingest.example/api/42/envelope/"


@pytest.fixture
def submit(start, run, requests_mock):
    """Submit an event and give the warnings in the log."""
    requests_mock.post(ENVELOPE, json={"id": "0" * 32})

    def send(event):
        event = {"event_id": "0" * 32, **event}
        given = {"dsn": "https://public-key@ingest.example/42", "event_json": event}
        body = run(start("submit_event", **given))
        assert body["status"] == "ok"
        return [line for line in body["log"].splitlines() if line.startswith("WARNING")]

    return send


def frames(number):
    return {"frames": [{"lineno": line} for line in range(number)]}


def ago(**span):
    return (dt.datetime.now(dt.UTC) - dt.timedelta(**span)).isoformat()


FINE = [
    {},
    {"message": "x" * 8192, "tags": {"k" * 200: "v" * 200}, "release": "app@1.0"},
    {"extra": {"a": "x" * 16000}, "contexts": {"os": {"name": "x"}}, "environment": "QA 1"},
    {"stacktrace": frames(50), "exception": {"values": [{"stacktrace": frames(50)}]}},
    {"exception": {"values": ["odd", {"stacktrace": "odd"}, {"stacktrace": {"frames": 5}}]}},
    {"exception": {"values": {"odd": 1}}, "threads": {}},
    {"timestamp": ago(days=29)},
]
LOSSES = [
    ({"message": "x" * 8193}, "message whole: it has 8193 characters, and 8192 are kept"),
    ({"tags": {"k": "v" * 201}}, "tag k: a key or a value has over 200 characters"),
    ({"tags": {"k" * 201: 5}}, "tag kkkk"),
    ({"extra": {"a": "x" * 17000}}, "extra.a: it has 17002 bytes, and 16384 are kept"),
    ({"extra": {str(n): "x" * 16000 for n in range(20)}}, "extra: it has 320"),
    ({"contexts": {"c": {"a": "x" * 9000}}}, "contexts.c: it has 9009 bytes, and 8192 are kept"),
    ({"stacktrace": frames(51)}, "stack trace whole: it has 51 frames, and 50 are kept"),
    ({"exception": [{"stacktrace": frames(99)}]}, "it has 99 frames"),
    ({"threads": [{"stacktrace": frames(99)}]}, "it has 99 frames"),
    *(({"release": text}, "release: it is") for text in ("a/b", "a\nb", "..", " ", "x" * 201)),
    *(
        ({"environment": text}, "environment: it is")
        for text in ("a/b", "None", "none", "\u00e9" * 33)
    ),
    ({"timestamp": "yesterday"}, "timestamp: it is not one of RFC 3339"),
    ({"timestamp": ago(days=31)}, "timestamp: it is over 30 days ago"),
    ({"timestamp": ago(days=-1)}, "a minute ahead"),
    ({"timestamp": "2001-01-01T00:00:00"}, "timestamp: it is over 30 days ago"),
]


@pytest.mark.parametrize("event", FINE)
def test_an_event_within_the_limits_is_not_warned_of(event, submit):
    assert submit(event) == []


@pytest.mark.parametrize(("event", "words"), LOSSES)
def test_what_will_not_be_kept_is_said_with_sizes_and_sent_all_the_same(event, words, submit):
    (warning,) = submit(event)
    assert warning.startswith("WARNING Sentry will not keep the event's ")
    assert words in warning


def test_an_event_that_is_too_large_is_said_to_be_and_left_to_the_server(
    submit, start, run, requests_mock
):
    event = {"event_id": "0" * 32, "request": {"data": "x" * (1 << 20)}}
    assert "Sentry drops one of over 1048576." in submit(event)[0]
    refused = {"detail": "envelope exceeded size limits for type 'event'"}
    requests_mock.post(ENVELOPE, status_code=413, json=refused)
    given = {"dsn": "https://public-key@ingest.example/42", "event_json": event}
    body = run(start("submit_event", **given))
    assert body["exception"]["code"] == "api_error"
    assert "Sentry takes 1048576. Leave out what is large in it." in body["error"]


@pytest.mark.parametrize(("size", "compressed"), [(10_000, False), (20_000, True)])
def test_a_large_event_is_compressed(size, compressed, submit, requests_mock):
    submit({"request": {"data": "x" * size}})
    sent = requests_mock.last_request
    assert (sent.headers.get("Content-Encoding") == "gzip") is compressed
    body = gzip.decompress(sent.body) if compressed else sent.body
    header, item, event, rest = body.split(b"\n")
    assert (json.loads(header)["event_id"], rest) == ("0" * 32, b"")
    assert json.loads(item)["length"] == len(event) > size


def test_a_text_is_sent_as_utf_8_and_half_a_character_as_the_sign_for_it(submit, requests_mock):
    submit({"message": "größe 漢\u2028\ud83d"})
    sent = requests_mock.last_request.body
    assert '"größe 漢\u2028\ufffd"'.encode() in sent
    _, item, event, _ = sent.split(b"\n")
    assert json.loads(item)["length"] == len(event)
