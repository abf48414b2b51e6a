"""What Sentry keeps of an event is sent, and what it drops or cuts is said before it is sent."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest

from unit_test.ingest import relay

ENVELOPE = "https://ingest.example/api/42/envelope/"
ID = "0" * 32


@pytest.fixture
def submit(start, run, requests_mock):
    """Submit an event and give the warnings in the log."""
    requests_mock.post(ENVELOPE, json={"id": ID})

    def send(event):
        event = {"event_id": ID, **event}
        given = {"dsn": "https://public-key@ingest.example/42", "event_json": event}
        body = run(start("submit_event", **given))
        assert body["status"] == "ok", body["error"]
        return [line for line in body["log"].splitlines() if line.startswith("WARNING")]

    return send


@pytest.fixture
def refused(start, run, requests_mock):
    """Submit an event that is refused before any request, and give the error."""

    def send(event):
        given = {"dsn": "https://public-key@ingest.example/42", "event_json": event}
        exception = run(start("submit_event", **given))["exception"]
        assert (exception["code"], requests_mock.call_count) == ("bad_input", 0)
        return f"{exception['cause']} {exception['assistance']}"

    return send


def sent(requests_mock):
    body = requests_mock.last_request.body
    body = body if body.startswith(b"{") else gzip.decompress(body)
    return json.loads(body.split(b"\n")[2])


def frames(number, **more):
    return {"frames": [{"function": f"f{line}", **more} for line in range(number)]}


def ago(**span):
    return (dt.datetime.now(dt.UTC) - dt.timedelta(**span)).isoformat()


def thrown(**fields):
    return {"exception": [{"type": "E", **fields}]}


def deep(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


TRACE = {"trace_id": "a" * 32, "span_id": "b" * 16}
FINE = [
    {},
    {"message": "x" * 8392, "tags": {"k" * 200: "v" * 200}, "release": "app@1.0"},
    {"extra": {"a": "x" * 16000}, "contexts": {"os": {"name": "x"}}, "environment": "QA 1"},
    {"extra": {"k": "\u6f22" * 6000, "list": [1.5, 7.0, None, True]}},
    {"extra": {"k": deep(100)}},
    {"stacktrace": frames(250), "threads": {"values": [{"id": 1, "stacktrace": frames(50)}]}},
    {"stacktrace": {}, "exception": {"values": [{"type": "E", "stacktrace": frames(50)}]}},
    {"stacktrace": frames(1, symbol_addr=-1, image_addr="0x1f"), "exception": [{"type": "E"}]},
    {"stacktrace": frames(50, vars={"a": 1})},
    {"stacktrace": {"frames": [{"vars": ["a"], "in_app": n % 2 == 0} for n in range(50)]}},
    {"timestamp": ago(days=29)},
    {"timestamp": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dt%H:%M:%Sz")},
    {"breadcrumbs": [{"timestamp": "2026-11-28T10:00:60+0100", "type": "x"}, {"timestamp": 5}]},
    {"threads": {"id": 7, "held_locks": {"a": {"type": 1}}}},
    {"user": {"ip_address": "{{auto}}", "id": 5, "plan": "free", "data": {"x": 1}}},
    {"user": {"ip_address": "::1"}, "type": "error", "version": "7"},
    {"request": {"headers": [["a", ["b", "c"]]], "cookies": "a=b; c=d", "query_string": "?a=b&c"}},
    {"request": {"cookies": {"a": "b"}, "headers": {"x": "y", "z": ["1", 2]}, "data": '{"a": 1}'}},
    {"request": {"data": "{", "query_string": {"a": {"b": 1}}, "url": "http://h/"}},
    {"contexts": {"trace": TRACE, "mine": {"a": 1}, "x": {"type": "os", "name": "y"}}},
    {**thrown(mechanism={"any": 1}), "contexts": {"flags": {"values": [{"flag": "a"}]}}},
    {"type": "transaction", "start_timestamp": ago(seconds=1), "contexts": {"trace": TRACE}},
    {"other": None, "zz": {"a": []}, "tags": [["a", None], None], "logentry": {"message": "m"}},
    {"tags": {"user": ""}, "request": {"headers": [["a", "b"], []]}},
]
KEPT = [
    ({"level": 40}, {"level": "error"}),
    ({"level": "critical"}, {"level": "fatal"}),
    ({"release": 20261128}, {"release": "20261128"}),
    ({"release": 1.5, "dist": 42}, {"release": "1.5", "dist": "42"}),
    ({"fingerprint": ["oom", 137, True]}, {"fingerprint": ["oom", "137", "True"]}),
    ({"tags": [[404, "x"], ["b", True]]}, {"tags": {"404": "x", "b": "True"}}),
    ({"tags": {"ratio": 1.5}}, {"tags": {"ratio": "1.5"}}),
    ({"message": 42}, {"message": "42"}),
    ({"message": ["a", "b"]}, {"message": '["a","b"]'}),
    ({"message": "m", "logentry": {}}, {"message": "m"}),
    ({"logentry": "boom"}, {"logentry": {"formatted": "boom"}}),
    ({"time_spent": 1.5}, {"time_spent": 1.5}),
    ({"extra": [], "user": []}, {"extra": {}, "user": {}}),
    ({"exception": {"type": "E"}}, {"exception": {"values": [{"type": "E"}]}}),
    (thrown(value={"a": 1}), {"exception": {"values": [{"type": "E", "value": '{"a":1}'}]}}),
    (
        {"stacktrace": {"frames": [{"vars": ["a"]}]}},
        {"stacktrace": {"frames": [{"vars": {"0": "a"}}]}},
    ),
    ({"timestamp": "2026-11-28T10:00:00Z"}, {"timestamp": "2026-11-28T10:00:00Z"}),
]
LOSSES = [
    ({"message": "x" * 8393}, "message whole: it has 8393 characters, and 8192 are kept"),
    ({"tags": {"k": "v" * 201}}, "tags.k whole: it has 201 characters, and 200 are kept"),
    ({"tags": {"k" * 201: 5}}, "tags.kkkk"),
    ({"tags": {"a": "x\ny"}}, "tags.a: it holds a line break"),
    ({"tags": {"a": ""}}, "tags.a: it is blank"),
    ({"tags": {"a": {"b": 1}}}, "tags.a: it is not a text"),
    ({"tags": {"gr\u00f6\u00dfe": "1"}}, "tags.gr\u00f6\u00dfe: a name of a tag has only letters"),
    ({"tags": [["a"]]}, "tags.0: it is not a pair"),
    ({"tags": [["a", "1"], ["a", "2"]]}, "tags.a: there is a tag of this name already"),
    ({"tags": {"user": "1"}}, "tags.user: there is a tag of this name"),
    ({"tags": {"environment": "x" * 65}}, "tags.environment whole: it has 65 characters"),
    ({"tags": {"environment": "a"}, "environment": "b"}, "tags.environment: it is a field"),
    ({"tags": [["server_name", "a"], ["a", "b"], "x"][:2], "server_name": "b"}, "tags.server_name"),
    ({"tags": 5}, "tags: it is not an object"),
    ({"extra": {"a": "x" * 17000}}, "extra.a whole: it has 17002 bytes, and about 16384 are kept"),
    ({"extra": {"a": ["x" * 9000] * 2}}, "extra.a whole: it has 180"),
    ({"extra": {str(n): "x" * 16000 for n in range(20)}}, "extra whole: it has 320"),
    ({"extra": {"a": [2**64]}}, "extra.a.0: it is a whole number of over 64 bits, and 0 is kept"),
    ({"contexts": {"c": {"a": "x" * 9000}}}, "contexts.c whole: it has 9009 bytes, and about 8192"),
    ({"contexts": {"c": {"type": 5}}}, "contexts.c.type: it is not a text, so the name"),
    ({"contexts": {"c": "text"}}, "contexts.c: it is not an object"),
    ({"contexts": {"app": {"in_foreground": "yes"}}}, "contexts.app.in_foreground: it is not true"),
    (
        {"contexts": {"trace": {**TRACE, "status": "odd"}}},
        "contexts.trace.status: it is not a stat",
    ),
    ({"stacktrace": frames(251)}, "stacktrace.frames whole: it has 251 frames, and the last 250"),
    ({"stacktrace": frames(51, vars={"a": 1})}, "it has 51 frames; variables and the code around"),
    ({"stacktrace": {"frames": 5}}, "stacktrace.frames: it is not a list"),
    ({"exception": "x"}, "exception: it is not a list"),
    ({"exception": [{"module": "m"}]}, "exception.values.0: it has neither type nor value"),
    ({"exception": ["odd"]}, "exception.values.0: it is not an object"),
    (thrown(thread_id=[1]), "exception.values.0.thread_id: it is not a text"),
    (thrown(mechanism={"type": "m", "odd": 1}), "mechanism.odd: Sentry knows no such field"),
    ({"logentry": {"params": ["a"]}}, "logentry: it has neither message nor formatted"),
    ({"logentry": {"message": "m", "params": "a"}}, "logentry.params: it is not a list"),
    ({"message": "m", "logentry": {"message": "n"}}, "message: there is logentry, too"),
    ({"fingerprint": "a"}, "fingerprint: it is not a list"),
    ({"level": "bad"}, "level: it is not a level, so it becomes error"),
    ({"level": {"a": 1}}, "level: it is not a level"),
    ({"platform": "cobol"}, "platform: it is not a platform that Sentry knows"),
    ({"logger": "a\nb"}, "logger: it holds a line break"),
    ({"dist": "a b"}, "dist: it is not up to 64 letters"),
    ({"release": " "}, "release: it is blank"),
    *(({"release": text}, "release: it is not") for text in ("a/b", "a\nb", "..", "Latest")),
    *(({"release": text}, "release: it is not") for text in ("x" * 201, "\u00e9" * 101)),
    *(
        ({"environment": text}, "environment: it is not")
        for text in ("a/b", "None", "none", "\u6f22" * 30)
    ),
    *(
        ({"timestamp": text}, "timestamp: it is not one of RFC 3339")
        for text in ("x", "2026-11-28")
    ),
    ({"timestamp": "2026-02-30T10:00:00Z"}, "timestamp: it is not one of RFC 3339"),
    ({"timestamp": 1e30}, "timestamp: it is not one of RFC 3339"),
    ({"timestamp": True}, "timestamp: it is not one of RFC 3339"),
    ({"timestamp": ago(days=31)}, "timestamp: it is over 30 days ago"),
    ({"timestamp": ago(days=-1)}, "a minute ahead"),
    ({"timestamp": "2001-01-01T00:00:00"}, "timestamp: it is over 30 days ago"),
    ({"timestamp": 2**64}, "timestamp: it is over 30 days ago"),
    (
        {"breadcrumbs": [{"timestamp": -1, "message": "m"}]},
        "breadcrumbs.values.0: its timestamp is",
    ),
    (
        {"breadcrumbs": [{"timestamp": 2**64 - 1, "type": "x"}]},
        "breadcrumbs.values.0: its timestamp",
    ),
    ({"user": {"ip_address": "unknown"}}, "user.ip_address: it is not an IP address"),
    ({"user": {"ip_address": "::1%eth0"}}, "user.ip_address: it is not an IP address"),
    ({"user": {"plan": "a", "data": {"plan": "b"}}}, "user.data.plan: the user has a field"),
    ({"request": {"headers": "a: b"}}, "request.headers: it is not an object"),
    ({"request": {"headers": [["a"]]}}, "request.headers.0: it is not a pair"),
    ({"request": {"headers": [[{"a": 1}, "b"]]}}, "request.headers.0: "),
    (
        {"request": {"headers": {"Cookie": "a=b"}, "cookies": "c=d"}},
        "request.headers.Cookie: there",
    ),
    ({"request": {"cookies": "a"}}, "request.cookies: it holds something else"),
    ({"request": {"headers": {"a": "x" * 9000}}}, "request.headers whole: it has 9009 bytes"),
    ({"request": {"query_string": "a=" + "x" * 2000}}, "request.query_string whole: it has 2004"),
    (
        {"stacktrace": frames(1), **thrown(stacktrace=frames(1))},
        "exception.values.0.stacktrace: the",
    ),
    ({"stacktrace": frames(1), "exception": [{"module": "m"}]}, "stacktrace: it is that of the"),
    ({"request": {"body_size": -1}}, "request.body_size: it is not a whole number from 0"),
    ({"time_spent": 1 << 31}, "time_spent: it is not a whole number from 0"),
    ({"zz": 1}, "zz: Sentry knows no such field"),
    ({"received": 1}, "received: Sentry sets it itself"),
    ({"sentry.interfaces.User": {"id": "1"}, "user": {"id": "2"}}, "there is user, too"),
]
LOST = [
    ({"extra": {"k": deep(126)}}, "nested more than 127 levels deep"),
    ({"start_timestamp": -1}, "`event_json.start_timestamp` is before 1970"),
    ({"type": "transaction"}, "`event_json.type` is transaction, which needs a start_timestamp"),
    (
        {"type": "transaction", "start_timestamp": ago(days=-1), "contexts": {"trace": TRACE}},
        "`event_json.type` is transaction",
    ),
]


@pytest.mark.parametrize("event", FINE)
def test_an_event_within_the_rules_is_not_warned_of(event, submit, requests_mock):
    assert submit(event) == []
    assert relay.losses(sent(requests_mock)) == set()


@pytest.mark.parametrize(("event", "expected"), KEPT)
def test_what_sentry_keeps_is_sent_in_the_form_of_the_spec(event, expected, submit, requests_mock):
    assert submit(event) == []
    event = sent(requests_mock)
    assert {name: event[name] for name in expected} == expected
    assert event.keys() == {"event_id", "timestamp", "platform", *expected}


@pytest.mark.parametrize(("event", "words"), LOSSES)
def test_what_will_not_be_kept_is_said_by_name_and_sent_all_the_same(
    event, words, submit, requests_mock
):
    warnings = submit(event)
    assert [line for line in warnings if words in line]
    assert all(line.startswith("WARNING Sentry will not keep the event's ") for line in warnings)
    assert relay.losses(sent(requests_mock))


def test_a_query_that_is_said_twice_is_said_to_be_cut_from_the_url(submit, requests_mock):
    (warning,) = submit({"request": {"url": "http://h/?a=b#?", "query_string": "c=d"}})
    assert "request.url whole: there is a query_string, too" in warning
    kept = relay.normalized(sent(requests_mock))["request"]
    assert (kept["url"], kept["query_string"]) == ("http://h/", [["c", "d"]])


@pytest.mark.parametrize(("event", "words"), LOST)
def test_an_event_that_sentry_would_lose_is_refused(event, words, refused):
    error = refused(event)
    assert words in error
    assert "Sentry would lose the whole event." in error


def test_an_event_that_is_too_large_is_said_to_be_and_left_to_the_server(
    submit, start, run, requests_mock
):
    event = {"event_id": ID, "breadcrumbs": [{"message": "x" * 8000}] * 140}
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
    request = requests_mock.last_request
    assert (request.headers.get("Content-Encoding") == "gzip") is compressed
    body = gzip.decompress(request.body) if compressed else request.body
    header, item, event, rest = body.split(b"\n")
    assert (json.loads(header)["event_id"], rest) == (ID, b"")
    assert json.loads(item)["length"] == len(event) > size


def test_a_text_is_sent_as_utf_8_and_half_a_character_as_the_sign_for_it(submit, requests_mock):
    submit({"message": "gr\u00f6\u00dfe \u6f22\u2028\ud83d"})
    body = requests_mock.last_request.body
    assert '"gr\u00f6\u00dfe \u6f22\u2028\ufffd"'.encode() in body
    _, item, event, _ = body.split(b"\n")
    assert json.loads(item)["length"] == len(event)
