"""Faults on demand, and the record of what was asked."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
import types

import pytest
import requests

from sentry_plugin.sandbox.kept.faults import Fault
from sentry_plugin.sandbox.serving import wire
from unit_test import outside

LIST = "projects/acme/sandbox/issues/"


def test_latency_delays_the_answer(sandbox):
    sandbox.fault("latency", seconds=0.3)
    started = time.monotonic()
    assert sandbox.get(LIST).status_code == 200
    assert time.monotonic() - started >= 0.3


def test_the_web_api_is_rate_limited_without_retry_after(sandbox):
    sandbox.fault("rate_limit", times=1, seconds=7)
    before = int(time.time())
    response = sandbox.get(LIST)
    assert response.status_code == 429
    assert "Limit is 5 requests in 1 seconds" in response.json()["detail"]
    assert response.headers["Content-Type"].startswith("text/html")
    assert "Retry-After" not in response.headers
    reset = int(response.headers["X-Sentry-Rate-Limit-Reset"])
    assert before + 7 <= reset <= time.time() + 7
    assert response.headers["X-Sentry-Rate-Limit-Remaining"] == "0"
    assert sandbox.get(LIST).status_code == 200


def test_the_ingest_is_rate_limited_with_retry_after(sandbox):
    sandbox.fault("ingest_rate_limit", seconds=60)
    assert sandbox.get(LIST).status_code == 200
    response = sandbox.send("store/", b"{}")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    limits = "60:default;error;security:key:quota_exceeded"
    assert response.headers["X-Sentry-Rate-Limits"] == limits


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_is_a_page_in_html(sandbox, status):
    sandbox.fault("server_error", status=status)
    response = sandbox.get(LIST)
    assert response.status_code == status
    assert response.text.startswith("<!DOCTYPE html>")
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("kind", "count"), [("reset_before", 0), ("reset_after", 1)])
def test_a_connection_is_reset_before_or_after_the_request_was_processed(sandbox, kind, count):
    sandbox.fault(kind, times=1)
    with pytest.raises(requests.ConnectionError, match="reset"):
        sandbox.send("store/", b'{"message": "one"}')
    assert len(sandbox.get(LIST).json()) == count
    assert sandbox.asked()[-2]["status"] == (200 if count else None)


def test_a_connection_that_is_gone_is_not_reset():
    request = types.SimpleNamespace(transport=None)
    fault = Fault("reset_before")
    assert asyncio.run(wire.send(request, [fault], pytest.fail)).status == 200


def test_slow_bytes_come_in_drops_and_all_of_them(sandbox):
    issue = sandbox.issue(message="one")
    sandbox.fault("slow_bytes", seconds=0.3)
    started = time.monotonic()
    assert sandbox.get(f"issues/{issue['id']}/").json()["id"] == issue["id"]
    assert time.monotonic() - started >= 0.3


def test_the_headers_of_a_slow_answer_come_at_once(sandbox):
    sandbox.fault("slow_bytes", seconds=600)
    with sandbox.get("", stream=True) as response:
        assert response.status_code == 200


def test_a_slow_answer_without_a_body_is_just_an_answer(sandbox):
    sandbox.fault("slow_bytes", seconds=0)
    assert sandbox.put(LIST, {"hasSeen": True}, params={"id": 1}).status_code == 204


def test_a_truncated_body_ends_in_the_middle(sandbox):
    sandbox.fault("truncated")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        sandbox.get("")


def test_html_comes_with_200(sandbox):
    sandbox.fault("html")
    response = sandbox.get(LIST)
    assert (response.status_code, response.text[:15]) == (200, "<!DOCTYPE html>")


def test_a_brown_out_says_that_the_endpoint_is_gone(sandbox):
    sandbox.fault("gone", path="/api/0/issues/*")
    number = sandbox.event(message="one")
    assert number
    response = sandbox.get("issues/1/")
    assert (response.status_code, response.json()) == (
        410,
        {"message": "This API no longer exists."},
    )
    assert "X-Sentry-Deprecation-Date" in response.headers
    assert sandbox.get("organizations/acme/issues/").status_code == 200


def test_an_answer_may_be_empty(sandbox):
    sandbox.fault("empty")
    response = sandbox.get(LIST)
    assert (response.status_code, response.content) == (204, b"")


def test_the_next_page_may_be_on_another_host(sandbox):
    sandbox.fault("foreign_next")
    link = sandbox.get(LIST).headers["Link"]
    assert (
        f'<https://elsewhere.example/api/0/{LIST}?&cursor=0:0:0>; rel="next"; results="true"'
        in link
    )
    assert f'<{sandbox.base}/api/0/{LIST}?&cursor=0:0:1>; rel="previous"' in link


def test_there_may_always_be_a_next_page(sandbox):
    sandbox.issue(message="one")
    sandbox.fault("endless_next")
    seen = set()
    response = sandbox.get(LIST)
    for _ in range(3):
        link = response.links["next"]
        assert link["results"] == "true"
        seen.add(link["url"])
        response = sandbox.http.get(link["url"], headers=dict(response.request.headers))
        assert len(response.json()) == 1
    assert len(seen) == 1


def test_an_answer_without_pages_has_no_link_to_spoil(sandbox):
    sandbox.fault("endless_next")
    sandbox.fault("foreign_next")
    assert "Link" not in sandbox.get("").headers


def test_the_content_type_may_be_wrong(sandbox):
    sandbox.fault("content_type")
    response = sandbox.get(LIST)
    assert (response.json(), response.headers["Content-Type"]) == ([], "text/plain; charset=utf-8")


def statuses(sandbox, count, **given):
    return [sandbox.get(LIST, **given).status_code for _ in range(count)]


def test_a_fault_meets_the_next_requests(sandbox):
    sandbox.fault("server_error", times=2)
    assert statuses(sandbox, 4) == [503, 503, 200, 200]


def test_a_fault_meets_a_share_of_the_requests_evenly(sandbox):
    sandbox.fault("server_error", share=0.5)
    assert statuses(sandbox, 6) == [200, 503, 200, 503, 200, 503]


def test_a_fault_meets_the_methods_and_paths_that_it_names(sandbox):
    sandbox.fault("server_error", method="put", path="*/issues/")
    assert sandbox.get(LIST).status_code == 200
    assert sandbox.put("issues/1/", {}).status_code == 404
    assert sandbox.put(LIST, {}).status_code == 503


def test_faults_add_up_and_are_told_and_cleared(sandbox):
    sandbox.fault("latency", seconds=0)
    sandbox.fault("server_error", times=1)
    assert statuses(sandbox, 2) == [503, 200]
    address = f"{sandbox.base}/_sandbox/faults"
    told = {fault["kind"]: fault["fired"] for fault in sandbox.http.get(address).json()}
    assert told == {"latency": 2, "server_error": 1}
    first, second = sandbox.asked()
    assert (first["fault"], second["fault"]) == ("latency, server_error", "latency")
    assert first["time"] <= second["time"] <= time.time()
    assert sandbox.http.delete(address).status_code == 204
    assert sandbox.http.get(address).json() == []


BAD = {
    "bogus kind": {"kind": "bogus"},
    "no kind": {},
    "no object": ["latency"],
    "times": {"kind": "latency", "times": 0},
    "share": {"kind": "latency", "share": 2},
    "seconds": {"kind": "latency", "seconds": -1},
    "status": {"kind": "server_error", "status": 404},
    "name": {"kind": "latency", "fired": 3},
    "number": {"kind": "latency", "seconds": "long"},
    "nothing": {"kind": "latency", "times": None},
}


@pytest.mark.parametrize("fault", BAD.values(), ids=BAD)
def test_a_fault_that_makes_no_sense_is_refused(sandbox, fault):
    response = sandbox.http.post(f"{sandbox.base}/_sandbox/faults", json=fault)
    assert response.status_code == 400
    assert response.json()["detail"]


def test_requests_are_told_with_their_secrets_shortened(sandbox):
    secret = "do-not-tell-this-to-anyone"
    headers = {"X-Sentry-Auth": f"Sentry sentry_key={sandbox.key}, sentry_version=7"}
    body = json.dumps({"message": "one"})
    address = f"{sandbox.base}/api/{sandbox.project_id}/store/"
    sandbox.http.post(address, data=body, headers=headers | {"X-Proxy-Token": secret})
    sandbox.http.post(f"{address}?sentry_key={sandbox.key}", data=body)
    sandbox.get(LIST, params={"query": "is:unresolved"})
    first, second, third = sandbox.asked()
    assert (first["method"], first["path"], first["body"]) == (
        "POST",
        f"/api/{sandbox.project_id}/store/",
        body,
    )
    assert first["headers"]["X-Sentry-Auth"] == (
        f"Sentry sentry_key={sandbox.key[:4]}…, sentry_version=7"
    )
    assert first["headers"]["X-Proxy-Token"] == "do-n…"
    assert second["query"] == f"sentry_key={sandbox.key[:4]}…"
    assert (third["query"], third["status"]) == ("query=is%3Aunresolved", 200)
    assert third["headers"]["Authorization"] == "Bearer sntr…"
    told = json.dumps(sandbox.asked())
    assert sandbox.key not in told
    assert sandbox.known["token"] not in told
    assert sandbox.http.delete(f"{sandbox.base}/_sandbox/requests").status_code == 204
    assert sandbox.asked() == []


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /api/0/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/1/store/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_request_that_is_no_http_gets_an_answer_without_a_traceback(sandbox, caplog, sent):
    host, port = sandbox.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=outside.PATIENCE) as connection:
        connection.sendall(sent)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/9.9 400"))
    assert b"Traceback" not in answer
    assert caplog.text == ""


def test_a_client_that_leaves_in_the_middle_harms_nobody(sandbox, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("sentry_plugin"), "propagate", True)
    sandbox.fault("slow_bytes", seconds=0.2, times=1)
    sandbox.fault("latency", seconds=0.5, path="*/issues/")
    host, port = sandbox.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=outside.PATIENCE) as connection:
        connection.sendall(b"GET /api/0/ HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(10)
    with socket.create_connection((host, int(port)), timeout=outside.PATIENCE) as connection:
        connection.sendall(b"POST /api/1/store/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{}")
    assert sandbox.get(LIST).status_code == 200
    assert caplog.text == ""
