"""Taking events in: who may send, how it is packed, what is refused and with which words."""

from __future__ import annotations

import base64
import gzip
import json
import time
import uuid
import zlib

import brotli
import pytest

from unit_test import outside

PROJECT = "projects/acme/sandbox/"
TOO_LARGE = (
    "envelope exceeded size limits for type 'event'"
    " (https://develop.sentry.dev/sdk/envelopes/#size-limits)"
)
REJECTED = "event submission rejected with_reason: ProjectId"
ENVELOPE = "invalid event envelope"


def event(**attributes):
    return json.dumps({"event_id": uuid.uuid4().hex, "message": "one", **attributes}).encode()


def envelope(*items, **headers):
    lines = [json.dumps(headers).encode()]
    for header, payload in items:
        lines += [json.dumps(header).encode(), payload]
    return b"\n".join([*lines, b""])


def item(payload, kind="event"):
    return {"type": kind, "length": len(payload)}, payload


def stored(sandbox, event_id):
    return sandbox.get(f"{PROJECT}events/{event_id}/").status_code == 200


def post(sandbox, path, data, query="", **headers):
    address = f"{sandbox.base}/api/{sandbox.project_id}/{path}{query}"
    return sandbox.http.post(address, data=data, headers=headers, timeout=outside.PATIENCE)


@pytest.mark.parametrize(
    "path", ["store/", "store", "/store//", "envelope/", "envelope", "//envelope/"]
)
def test_slashes_do_not_matter(sandbox, path):
    event_id = uuid.uuid4().hex
    body = event(event_id=event_id)
    if "envelope" in path:
        body = envelope(item(body), event_id=event_id)
    response = sandbox.send(path, body)
    assert (response.status_code, response.json()) == (200, {"id": event_id})
    assert stored(sandbox, event_id)


def auth_forms(sandbox):
    basic = base64.b64encode(f"{sandbox.key}:".encode()).decode()
    return {
        "header": ({"X-Sentry-Auth": f"Sentry sentry_key={sandbox.key}, sentry_version=7"}, ""),
        "any case": ({"X-Sentry-Auth": f"SENTRY sentry_key={sandbox.key.upper()}"}, ""),
        "authorization": ({"Authorization": f"Sentry sentry_key={sandbox.key}"}, ""),
        "basic": ({"Authorization": f"Basic {basic}"}, ""),
        "query": ({}, f"?sentry_key={sandbox.key}&sentry_version=7.0"),
    }


@pytest.mark.parametrize("form", ["header", "any case", "authorization", "basic", "query"])
@pytest.mark.parametrize("path", ["store/", "envelope/"])
def test_a_key_is_taken_wherever_clients_put_it(sandbox, form, path):
    headers, query = auth_forms(sandbox)[form]
    body = event() if path == "store/" else envelope(item(event()))
    response = post(sandbox, path, body, query, **headers)
    assert response.status_code == 200, response.text
    assert stored(sandbox, response.json()["id"])


def test_an_envelope_may_name_its_key_itself(sandbox):
    body = envelope(item(event()), dsn=sandbox.known["dsn"])
    response = post(sandbox, "envelope/", body)
    assert response.status_code == 200
    assert stored(sandbox, response.json()["id"])


def test_the_store_of_old_clients_needs_no_project(sandbox):
    headers = {"X-Sentry-Auth": sandbox.auth}
    response = sandbox.http.post(f"{sandbox.base}/api/store/", data=event(), headers=headers)
    assert stored(sandbox, response.json()["id"])


WRONG_AUTH = (
    ({}, "", 401, {"detail": "missing authorization information"}),
    ({"Authorization": "Basic ?"}, "", 401, {"detail": "missing authorization information"}),
    ({"Authorization": "Basic Zm9v"}, "", 401, {"detail": "missing authorization information"}),
    ({"Authorization": "Bearer x"}, "", 401, {"detail": "missing authorization information"}),
    (
        {"X-Sentry-Auth": "Sentry sentry_version=7"},
        "",
        401,
        {
            "detail": "bad x-sentry-auth header",
            "causes": ["missing public key in auth header"],
        },
    ),
    (
        {"X-Sentry-Auth": "Sentry sentry_key=x, sentry_version=new"},
        "",
        401,
        {"detail": "bad x-sentry-auth header", "causes": ["invalid value for version"]},
    ),
    (
        {"X-Sentry-Auth": "Sentry sentry_key=x"},
        "?sentry_key=y",
        401,
        {"detail": "multiple authorization payloads detected"},
    ),
    (
        {"X-Sentry-Auth": "Sentry sentry_key=zzz"},
        "",
        400,
        {"detail": "bad sentry DSN public key", "causes": ["invalid project key"]},
    ),
    (
        {"X-Sentry-Auth": f"Sentry sentry_key={'f' * 32}, sentry_version=99"},
        "",
        400,
        {"detail": "unsupported protocol version (99)"},
    ),
    ({"X-Sentry-Auth": f"Sentry sentry_key={'f' * 32}"}, "", 403, {"detail": REJECTED}),
)


@pytest.mark.parametrize(("headers", "query", "status", "words"), WRONG_AUTH)
@pytest.mark.parametrize("path", ["store/", "envelope/"])
def test_a_sender_that_is_none_is_refused(sandbox, path, headers, query, status, words):
    body = event() if path == "store/" else envelope(item(event()))
    response = post(sandbox, path, body, query, **headers)
    assert (response.status_code, response.json()) == (status, words)


def test_a_key_of_another_project_is_refused(sandbox):
    address = f"{sandbox.base}/api/4500001/store/"
    headers = {"X-Sentry-Auth": sandbox.auth}
    response = sandbox.http.post(address, data=event(), headers=headers)
    assert (response.status_code, response.json()) == (403, {"detail": REJECTED})


def test_a_key_that_is_off_is_refused(sandbox):
    sandbox.put(f"{PROJECT}keys/{sandbox.key}/", {"isActive": False})
    response = sandbox.send("store/", event())
    assert (response.status_code, response.json()) == (403, {"detail": REJECTED})


def test_a_project_is_a_number(sandbox):
    response = sandbox.http.post(f"{sandbox.base}/api/sandbox/store/", data=event())
    assert (response.status_code, response.content) == (404, b"")


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("GZIP", gzip.compress),
        ("UTF-8", bytes),
        ("", bytes),
    ],
)
@pytest.mark.parametrize("path", ["store/", "envelope/"])
def test_bodies_may_be_packed(sandbox, path, encoding, pack):
    body = event() if path == "store/" else envelope(item(event()))
    response = sandbox.send(path, pack(body), headers={"Content-Encoding": encoding})
    assert response.status_code == 200, response.text
    assert stored(sandbox, response.json()["id"])


@pytest.mark.parametrize(
    "pack", [base64.b64encode, lambda body: base64.b64encode(zlib.compress(body))]
)
def test_old_clients_pack_in_base64(sandbox, pack):
    response = sandbox.send("store/", pack(event()))
    assert stored(sandbox, response.json()["id"])


@pytest.mark.parametrize("encoding", ["zstd", "gzip, br", "nonsense"])
def test_another_encoding_is_not_supported(sandbox, encoding):
    response = sandbox.send("store/", event(), headers={"Content-Encoding": encoding})
    assert (response.status_code, response.content) == (415, b"")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("cut", [0, 20])
def test_a_body_that_cannot_be_unpacked_is_refused(sandbox, encoding, cut):
    packs = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}
    body = packs[encoding](event())[:cut] if cut else b"nonsense"
    response = sandbox.send("store/", body, headers={"Content-Encoding": encoding})
    assert (response.status_code, response.text) == (400, "Failed to buffer the request body")


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "br"])
def test_an_event_over_a_mebibyte_is_too_large_packed_or_not(sandbox, encoding):
    packs = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "": bytes}
    body = packs[encoding](event(extra={"x": "y" * 1024 * 1024}))
    response = sandbox.send("store/", body, headers={"Content-Encoding": encoding})
    assert (response.status_code, response.text) == (413, "length limit exceeded")


def test_an_event_over_a_mebibyte_is_too_large_in_an_envelope(sandbox):
    body = envelope(item(event(extra={"x": "y" * 1024 * 1024})))
    response = sandbox.send("envelope/", body)
    assert (response.status_code, response.json()) == (413, {"detail": TOO_LARGE})


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "empty request body"),
        (
            b'{"event_id":',
            'invalid JSON data: Error("EOF while parsing a value", line: 1, column: 12)',
        ),
        (b'{"message": NaN}', 'invalid JSON data: Error("'),
        (b'{"event_id": "nothex"}', "invalid JSON data: Error("),
        (b'{"event_id": 7}', "invalid JSON data: Error("),
        (b"[1]", "invalid request body"),
        (b"not base64!", "invalid request body"),
        (base64.b64encode(b"not zlib"), "invalid request body"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused(sandbox, body, detail):
    response = sandbox.send("store/", body)
    assert response.status_code == 400
    assert response.json()["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("body", "causes"),
    [
        (b"not json\n", ["invalid envelope header"]),
        (b'{"event_id":"\\ud800"}\n', ["invalid envelope header"]),
        (b"[]\n", ["invalid envelope header", "invalid type: expected a map"]),
        (
            b'{"event_id":"nothex"}\n',
            [
                "invalid envelope header",
                'invalid value: string "nothex", expected an event identifier',
            ],
        ),
        (b"{}\n{}\n", ["invalid item header", "missing field `type`"]),
        (b'{}\n{"type":"event","length":-1}\n', ["invalid item header", "invalid length"]),
        (b'{}\n{"type":"event","length":99}\n{}', ["unexpected end of file"]),
        (
            b'{}\n{"type":"event","length":1}\n{}',
            ["missing newline after header or payload"],
        ),
        (
            b'{"dsn":"http://ffffffffffffffffffffffffffffffff@h/4500000"}\n',
            ["public key header mismatch between envelope and request"],
        ),
        (
            b'{"dsn":"http://ffffffffffffffffffffffffffffffff@h/1"}\n',
            ["project id header mismatch between envelope and request"],
        ),
    ],
)
def test_an_envelope_that_cannot_be_read_is_refused(sandbox, body, causes):
    response = sandbox.send("envelope/", body)
    told = response.json()
    assert (response.status_code, told["detail"]) == (400, ENVELOPE)
    assert told["causes"][: len(causes)] == causes


def test_an_empty_envelope_is_refused(sandbox):
    response = sandbox.send("envelope/", b"")
    assert (response.status_code, response.json()) == (400, {"detail": "empty request body"})


@pytest.mark.parametrize("dsn", [7, "no dsn", "http://[", "http://host/1"])
def test_an_envelope_with_a_dsn_that_is_none_names_no_key(sandbox, dsn):
    response = post(sandbox, "envelope/", envelope(item(event()), dsn=dsn))
    assert response.status_code == 401


def test_items_may_have_no_length_and_no_newline_at_the_end(sandbox):
    event_id = uuid.uuid4().hex
    header = f'{{"event_id":"{event_id}"}}'
    body = f'{header}\n{{"type":"event"}}\n{{"message":"one"}}'
    assert sandbox.send("envelope/", body.encode()).json() == {"id": event_id}
    assert stored(sandbox, event_id)
    assert sandbox.send("envelope/", header.encode()).json() == {"id": event_id}


def test_an_envelope_through_the_store_is_an_envelope(sandbox):
    headers = {"Content-Type": "application/x-sentry-envelope"}
    event_id = uuid.uuid4().hex
    body = envelope(item(event()), event_id=event_id)
    assert sandbox.send("store/", body, headers=headers).json() == {"id": event_id}
    assert stored(sandbox, event_id)


def test_items_that_are_no_event_are_taken_and_dropped(sandbox):
    body = envelope(item(b"{}", "session"), item(b"", "client_report"), item(b"?", "new_kind"))
    assert sandbox.send("envelope/", body).json() == {}
    attached = envelope(item(b"log", "attachment"))
    assert len(sandbox.send("envelope/", attached).json()["id"]) == 32
    trace = {"trace_id": "a" * 32, "span_id": "b" * 16}
    now = time.time()
    transaction = event(
        type="transaction",
        transaction="/books/",
        start_timestamp=now - 1,
        timestamp=now,
        contexts={"trace": trace},
        spans=[],
    )
    assert sandbox.send("envelope/", envelope(item(transaction, "transaction"))).status_code == 200
    assert sandbox.send("store/", transaction).status_code == 200
    assert sandbox.get(f"{PROJECT}issues/").json() == []


def test_what_relay_accepts_and_loses_later_is_lost(sandbox):
    event_id = uuid.uuid4().hex
    broken = envelope(item(b'{"message":'), event_id=event_id)
    assert sandbox.send("envelope/", broken).json() == {"id": event_id}
    two = envelope(item(event()), item(event()), event_id=event_id)
    assert sandbox.send("envelope/", two).json() == {"id": event_id}
    assert not stored(sandbox, event_id)


def test_the_id_of_the_envelope_is_the_id_of_the_event(sandbox):
    event_id = uuid.uuid4().hex
    body = envelope(item(event()), event_id=event_id.upper())
    assert sandbox.send("envelope/", body).json() == {"id": event_id}
    assert stored(sandbox, event_id)


def test_an_event_is_kept_once(sandbox):
    body = event()
    first, second = sandbox.send("store/", body), sandbox.send("store/", body)
    assert first.json() == second.json()
    (issue,) = sandbox.get(f"{PROJECT}issues/").json()
    assert issue["count"] == "1"


def test_an_event_without_an_id_gets_one_and_a_dashed_id_is_written_without(sandbox):
    response = sandbox.send("store/", b'{"message":"one"}')
    assert stored(sandbox, response.json()["id"])
    event_id = uuid.uuid4()
    response = sandbox.send("store/", event(event_id=str(event_id)))
    assert response.json() == {"id": event_id.hex}


def test_what_the_normaliser_finds_wrong_is_told(sandbox):
    event_id = sandbox.event(message="one", level="nope", timestamp="yesterday", unknown=1)
    found = sandbox.get(f"{PROJECT}events/{event_id}/").json()
    errors = {error["data"]["name"]: error for error in found["errors"]}
    assert set(errors) == {"level", "timestamp", "unknown"}
    assert errors["level"]["data"]["value"] == "nope"
    assert errors["level"]["type"] == "invalid_data"
    assert {"key": "level", "value": "error"} in found["tags"]


def test_a_limited_key_answers_429_with_the_headers_of_relay(sandbox):
    limit = {"count": 2, "window": 3600}
    sandbox.put(f"{PROJECT}keys/{sandbox.key}/", {"rateLimit": limit})
    bodies = [("store/", event()), ("envelope/", envelope(item(event()))), ("store/", event())]
    responses = [sandbox.send(path, body) for path, body in bodies]
    assert [response.status_code for response in responses] == [200, 200, 429]
    seconds = responses[2].headers["Retry-After"]
    assert 0 < int(seconds) <= 3600
    limits = responses[2].headers["X-Sentry-Rate-Limits"]
    assert limits == f"{seconds}:default;error;security:key:key_quota"
    assert responses[2].json()["detail"].startswith("Sentry dropped data due to a quota")
    session = envelope(item(b"{}", "session"))
    assert sandbox.send("envelope/", session).status_code == 200


def test_a_limit_is_counted_anew_in_every_window(sandbox):
    sandbox.put(f"{PROJECT}keys/{sandbox.key}/", {"rateLimit": {"count": 1, "window": 1}})
    statuses = [sandbox.send("store/", event()).status_code]
    while statuses.count(200) < 2 and len(statuses) < 5000:
        statuses.append(sandbox.send("store/", event()).status_code)
    assert statuses.count(200) == 2


def test_an_event_may_be_asked_for_as_a_picture(sandbox):
    given = {"sentry_key": sandbox.key, "sentry_data": event().decode()}
    address = f"{sandbox.base}/api/{sandbox.project_id}/store/"
    response = sandbox.http.get(address, params=given)
    assert response.headers["Content-Type"] == "image/gif"
    assert response.content.startswith(b"GIF89a")
    assert sandbox.http.get(address, params={"sentry_key": sandbox.key}).status_code == 400
    assert sandbox.http.get(address).status_code == 401


def test_a_browser_may_ask_first(sandbox):
    response = sandbox.http.options(f"{sandbox.base}/api/{sandbox.project_id}/envelope/")
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "POST"


def test_another_method_is_not_allowed(sandbox):
    response = sandbox.http.put(f"{sandbox.base}/api/{sandbox.project_id}/envelope/", data=b"")
    assert response.status_code == 405


GROUPS = (
    # Two events, and whether they are one issue.
    ({"message": "a"}, {"message": "a", "level": "info"}, True),
    ({"message": "a"}, {"message": "b"}, False),
    (
        {"logentry": {"message": "%s gone", "params": ["a"]}},
        {"logentry": {"message": "%s gone", "params": ["b"]}},
        True,
    ),
    ({"message": "a", "fingerprint": ["x"]}, {"message": "b", "fingerprint": ["x"]}, True),
    (
        {"message": "a", "fingerprint": ["x", "{{ default }}"]},
        {"message": "b", "fingerprint": ["x", "{{default}}"]},
        False,
    ),
    (
        {"exception": {"values": [{"type": "E", "value": "v"}]}, "message": "a"},
        {"exception": {"values": [{"type": "E", "value": "v"}]}, "message": "b"},
        True,
    ),
    (
        {"exception": {"values": [{"type": "E", "value": "v"}]}},
        {"exception": {"values": [{"type": "E", "value": "w"}]}},
        False,
    ),
)


@pytest.mark.parametrize(("first", "second", "one"), GROUPS)
def test_events_are_grouped_by_fingerprint_exception_or_message(sandbox, first, second, one):
    issues = {sandbox.issue(**first)["id"], sandbox.issue(**second)["id"]}
    assert len(issues) == (1 if one else 2)


IN_APP = {"module": "shop.views", "function": "index", "in_app": True}
LIBRARY = {"filename": "lib.py", "function": "call", "in_app": False}
NAMES = (
    # An event, and its issue's title, culprit and metadata.
    ({}, "<unlabeled event>", "", {"title": "<unlabeled event>"}),
    ({"message": "one\ntwo"}, "one", "", {"title": "one"}),
    ({"message": "x" * 101}, f"{'x' * 97}...", "", {"title": f"{'x' * 97}..."}),
    (
        {"exception": {"values": [{"type": "E", "stacktrace": {"frames": [LIBRARY]}}]}},
        "E",
        "lib.py in call",
        {"type": "E", "value": "", "filename": "lib.py", "function": "call"},
    ),
    (
        {
            "exception": {
                "values": [
                    {"type": "Cause", "value": "c"},
                    {"type": "E", "value": "v", "stacktrace": {"frames": [IN_APP, LIBRARY]}},
                ]
            }
        },
        "E: v",
        "shop.views in index",
        {"type": "E", "value": "v", "function": "index"},
    ),
    (
        {"transaction": "/books/", "exception": {"values": [{"value": "v"}]}},
        "Error: v",
        "/books/",
        {"type": "Error", "value": "v"},
    ),
    (
        {"exception": {"values": [{"type": "E", "stacktrace": {"frames": [{"module": "m"}]}}]}},
        "E",
        "m",
        {"type": "E", "value": ""},
    ),
)


@pytest.mark.parametrize(("sent", "title", "culprit", "metadata"), NAMES)
def test_an_issue_is_named_after_its_event(sandbox, sent, title, culprit, metadata):
    found = sandbox.issue(**sent)
    shown = (found["title"], found["culprit"], found["metadata"])
    assert shown == (title, culprit, metadata)


def test_an_exception_that_nobody_caught_is_told(sandbox):
    values = [{"type": "E", "value": "v", "mechanism": {"type": "main", "handled": False}}]
    assert sandbox.issue(exception={"values": values})["isUnhandled"]
    assert not sandbox.issue(message="one")["isUnhandled"]


def test_an_ignored_issue_stays_ignored(sandbox):
    path = f"issues/{sandbox.issue(message='one')['id']}/"
    sandbox.put(path, {"status": "ignored"})
    sandbox.event(message="one")
    assert sandbox.get(path).json()["status"] == "ignored"
