"""Who gave no answer, how far the request got, and what of it may have been carried out."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import socketserver
import ssl
import threading

import pytest
import trustme
from urllib3.exceptions import NewConnectionError

from sentry_plugin.client.jupiterone import JupiterOne
from sentry_plugin.deadline import Deadline
from sentry_plugin.errors import ApiError, TransportError
from sentry_plugin.ledger import Ledger
from sentry_plugin.transport import failures, tracing
from sentry_plugin.transport.messages import Credentials, Request
from sentry_plugin.transport.tracing import Stage, Trace
from sentry_plugin.transport.transport import TlsSettings, Transport
from sentry_plugin.watching.dispatcher import Dispatcher
from unit_test import outside

from .test_transport import EVENTS, serving

pytestmark = pytest.mark.versions

DOUBT = "It is unknown whether the server carried it out."
COMMENTS = "/api/0/issues/1/comments/"
HTTP = "http://sentry.internal.example/"
HTTPS = "https://sentry.internal.example/"
CLOSED = "127.0.0.1:1"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
ALERT = b"\x15\x03\x03\x00\x02\x02\x46"


def refusal(status):
    return f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()


class Raw(socketserver.ThreadingTCPServer):
    """Answers what comes with bytes, one after the other, and then hangs up."""

    daemon_threads = True

    def __init__(self, replies, held):
        super().__init__(("127.0.0.1", 0), None)
        self.replies, self.held, self.asked = replies, held, []
        self.place = f"127.0.0.1:{self.server_address[1]}"

    def finish_request(self, request, _):
        for reply in self.replies:
            self.asked.append(request.recv(1 << 16))
            if isinstance(reply, bytes):
                request.sendall(reply)
            else:
                self.held.wait(30)
        # What is not read would make a reset of the end, and that would take the answer away.
        request.shutdown(socket.SHUT_WR)
        while request.recv(1 << 16):
            """It is of no interest."""

    def handle_error(self, *_):
        """Say nothing: broken connections are what is tested."""


HOLD = None
"""Not a reply: the connection stays open, and nothing comes."""


@pytest.fixture
def raw():
    """Start servers by the bytes that they answer with."""
    held = threading.Event()
    with contextlib.ExitStack() as stack:

        def start(*replies):
            server = stack.enter_context(Raw(replies or (b"",), held))
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return server

        yield start
        held.set()


@pytest.fixture
def through(monkeypatch):
    """Have everything go through a proxy."""

    def proxy(url):
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, url)
        monkeypatch.setenv("no_proxy", "")

    return proxy


def comment(start, url, **connection):
    return start("add_comment", {"url": url, **connection}, issue_id="1", text="hi")


# --- proxies


@pytest.mark.parametrize("url", [HTTP, HTTPS])
@pytest.mark.parametrize(
    ("proxy", "reason", "retryable"),
    [
        (f"http://user:hush-hush@{CLOSED}", "it refuses the connection", True),
        (f"user:hush-hush@{CLOSED}/", "its address is not valid", False),
        ("http://user:hush-hush@no-such-host.invalid:3128", "its name cannot be resolved", True),
        (f"socks5h://user:hush-hush@{CLOSED}", "it is one of SOCKS, which needs", False),
        (f"socks9://user:hush-hush@{CLOSED}", "its address is not valid", False),
        (f"ftp://user:hush-hush@{CLOSED}", "its address is not valid", False),
        ("http://user:hush-hush@", "its address is not valid", False),
        ("http://user:hush-hush@[", "its address is not valid", False),
        ("http://user:hush-hush@host.example:99999", "its address is not valid", False),
    ],
)
def test_a_proxy_that_fails_is_named_and_its_login_is_not(
    proxy, reason, retryable, url, through, start, answer, monkeypatch
):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    through(proxy)
    _, event, err = answer(comment(start, url))
    body = event["body"]
    scheme, _, place = proxy.rpartition("@")
    named = f"{scheme.partition('://')[0]}://" if "://" in scheme else ""
    told = f"No answer from the proxy {named}{place.rstrip('/')}, through which sentry.internal"
    assert told in body["error"]
    assert f"is asked: {reason}" in body["error"]
    assert (body["exception"]["code"], body["exception"]["retryable"]) == ("no_answer", retryable)
    assert body["log"].count("Trying") == (5 if retryable else 0)
    assert DOUBT not in body["error"]
    assert "hush" not in json.dumps(event) + err


def test_a_proxy_of_socks_without_its_package_names_what_to_install(
    through, start, run, monkeypatch
):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    through(f"socks5h://{CLOSED}")
    assistance = run(comment(start, HTTP))["exception"]["assistance"]
    assert "pip install 'sentry-plugin[socks]'" in assistance


# What urllib3 asks of PySocks, without the protocol.
SOCKS = """
import socket
PROXY_TYPE_SOCKS4, PROXY_TYPE_SOCKS5 = 1, 2
class ProxyError(OSError): socket_err = None
def create_connection(there, proxy_addr, proxy_port, timeout, **_):
    return socket.create_connection((proxy_addr, proxy_port), timeout)
"""


def test_a_proxy_of_socks_is_used_where_its_package_is_there(through, start, tmp_path, monkeypatch):
    (tmp_path / "socks.py").write_text(SOCKS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with serving() as server:
        through(f"socks5h://127.0.0.1:{server.server_port}")
        message = start("list_issue_events", {"url": HTTP}, issue_id="1")
        body = outside.answer(message, command=outside.PLUGIN)
    assert body["output"] == {"events": [{"id": "1"}]}
    (asked,) = server.asked
    assert (asked[1], asked[2]["Host"]) == (EVENTS, "sentry.internal.example")


@pytest.mark.parametrize(
    ("replies", "reason", "retryable"),
    [
        ([refusal(407)], "it wants a login, or another one", False),
        ([refusal(403)], "it makes no connection to it (HTTP 403)", False),
        ([refusal(502)], "it makes no connection to it (HTTP 502)", True),
        ([refusal(503)], "it makes no connection to it (HTTP 503)", True),
        ([b""], "the connection was cut off", True),
    ],
)
def test_a_proxy_that_makes_no_connection_is_named(
    replies, reason, retryable, raw, through, start, run
):
    proxy = raw(*replies)
    through(f"http://user:hush@{proxy.place}")
    body = run(comment(start, HTTPS))
    told = f"No answer from the proxy http://{proxy.place}, through which sentry.internal.example"
    assert told in body["error"]
    assert f"is asked: {reason}." in body["error"]
    assert "`no_proxy`" in body["exception"]["assistance"]
    assert body["exception"]["retryable"] is retryable
    assert DOUBT not in body["error"]
    assert len(proxy.asked) == (6 if retryable else 1)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_login_that_a_proxy_wants_is_told_as_that(is_known, raw, through, start, run):
    proxy = raw(refusal(407))
    if is_known:
        through(f"http://{proxy.place}")
    body = run(comment(start, HTTP if is_known else f"http://{proxy.place}"))
    whom = "the proxy http://" if is_known else "a proxy on the way to "
    assert f"No answer from {whom}{proxy.place}" in body["error"]
    assert "it wants a login, or another one" in body["error"]
    assert (body["exception"]["code"], len(proxy.asked)) == ("no_answer", 1)


@pytest.mark.parametrize("url", [HTTP, HTTPS])
def test_a_proxy_that_does_not_speak_the_tls_that_it_is_named_with_is_told(
    url, raw, through, start, run
):
    proxy = raw(OK)
    through(f"https://{proxy.place}")
    body = run(comment(start, url))
    assert f"No answer from the proxy https://{proxy.place}" in body["error"]
    assert "is not TLS" in body["error"]
    assert "Begin its address with http://" in body["error"]


def test_a_change_that_a_proxy_took_and_lost_is_in_doubt_and_sent_once(raw, through, start, run):
    proxy = raw()
    through(f"http://{proxy.place}")
    body = run(comment(start, HTTP))
    whom = f"sentry.internal.example, asked through the proxy http://{proxy.place}"
    assert f"No answer from {whom}: the connection was cut off. {DOUBT}" in body["error"]
    assert len(proxy.asked) == 1


def test_a_server_behind_a_proxy_that_fails_at_tls_is_not_taken_for_the_proxy(
    raw, through, start, run
):
    proxy = raw(b"HTTP/1.1 200 OK\r\n\r\n", OK)
    through(f"http://{proxy.place}")
    error = run(comment(start, HTTPS))["error"]
    whom = f"sentry.internal.example, asked through the proxy http://{proxy.place}"
    assert f"No answer from {whom}: what it speaks on this port is not TLS" in error


def test_a_name_that_no_host_can_have_is_told_through_a_proxy_too(raw, through, start, run):
    through(f"http://{raw(b'HTTP/1.1 200 OK' + bytes([13, 10, 13, 10])).place}")
    body = run(comment(start, "https://a..b"))
    assert body["exception"]["code"] == "no_answer"
    assert "its address is not valid" in body["error"]


@pytest.mark.parametrize(
    ("name", "inner", "reason"),
    [
        ("SOCKS5Error", OSError(), "it makes no connection to it"),
        ("SOCKS5AuthError", OSError(), "it wants a login, or another one"),
        ("GeneralProxyError", OSError(), "it does not answer in SOCKS of this version"),
        ("ProxyConnectionError", ConnectionRefusedError(), "it refuses the connection"),
        ("GeneralProxyError", socket.gaierror(), "the name of what it is to reach cannot be"),
    ],
)
def test_what_a_proxy_of_socks_says_is_told(name, inner, reason):
    of_socks = type(name, (OSError,), {"__module__": "socks"})
    error = NewConnectionError(None, "library's own words")
    error.__cause__ = of_socks("library's own words")
    error.__cause__.__cause__ = inner
    told = failures.explain(
        error, "POST", trace=on_the_way("socks5://u:hush@h:1"), patience=1, deadline=Deadline(9)
    )
    assert f"No answer from the proxy socks5://h:1, through which a.example is asked: {reason}" in (
        told.cause
    )
    assert "own words" not in told.cause
    assert told.unsent


def on_the_way(proxy=None):
    trace = tracing.begin("http://a.example/", lambda _: None)
    tracing.note_proxy(proxy)
    return trace


# --- http and https


def asked(url, body=b"{}"):
    """Send a change to a URL, once."""
    transport = Transport(Deadline(20), Ledger(), home=url, headers={}, tls=TlsSettings())
    with contextlib.closing(transport):
        return transport.send(
            Request("POST", url, Credentials({}, url), {}, body, repeatable=False)
        )


def of_sentry(url, start, run):
    return run(comment(start, url))["error"]


def of_a_dsn(url, start, run):
    dsn = url.replace("//", "//not-a-real-key@") + "/1"
    return run(start("submit_event", dsn=dsn, event_json={}))["error"]


def of_the_dispatcher(url, start, run):
    with Dispatcher(url, Deadline(20)) as dispatcher, pytest.raises(ApiError) as raised:
        dispatcher.deliver("{}")
    return str(raised.value)


def of_jupiterone(url, start, run):
    transport = Transport(Deadline(20), Ledger(), home=url, headers={}, tls=TlsSettings())
    jupiterone = JupiterOne(transport, url, "not-a-real-key", "account")
    with contextlib.closing(jupiterone), pytest.raises(ApiError) as raised:
        jupiterone.start({})
    return str(raised.value)


PEERS = [of_sentry, of_a_dsn, of_the_dispatcher, of_jupiterone]
WANTS_TLS = [
    ALERT,
    *(
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" + words
        for words in (
            b"<center>The plain HTTP request was sent to HTTPS port</center><hr>nginx",
            b"Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
            b"Client sent an HTTP request to an HTTPS server.\n",
            b"Bad Request\r\nThis combination of host and port requires TLS.\r\n",
        )
    ),
]


@pytest.mark.parametrize("told", PEERS)
@pytest.mark.parametrize("reply", [OK, refusal(400), b"SSH-2.0-x\r\n"])
def test_a_port_that_speaks_no_tls_is_known(reply, told, raw, start, run):
    server = raw(reply)
    error = told(f"https://{server.place}", start, run)
    assert f"No answer from {server.place}: what it speaks on this port is not TLS" in error
    assert "Begin its address with http://" in error
    assert DOUBT not in error
    assert len(server.asked) == 1


@pytest.mark.parametrize("told", PEERS)
@pytest.mark.parametrize("reply", WANTS_TLS)
def test_a_port_that_wants_tls_is_known(reply, told, raw, start, run):
    server = raw(reply)
    error = told(f"http://{server.place}", start, run)
    assert f"No answer from {server.place}: on this port it speaks TLS" in error
    assert "Begin its address with https://" in error
    assert DOUBT not in error
    assert len(server.asked) == 1


@pytest.mark.parametrize(("scheme", "other"), [("http", "https"), ("https", "http")])
def test_a_port_that_hangs_up_at_once_may_be_one_of_the_other_kind(scheme, other, raw):
    server = raw()
    with pytest.raises(TransportError, match=f"begin the URL with {other}://") as raised:
        asked(f"{scheme}://{server.place}")
    assert raised.value.retryable
    assert (DOUBT in raised.value.cause) is (scheme == "http")


def test_tls_that_fails_for_another_reason_is_told_as_that(raw):
    server = raw(b"\x15\x03\x03\x00\x02\x02\x28")
    with pytest.raises(TransportError, match=r"TLS failed \(.*HANDSHAKE_FAILURE\)\.") as raised:
        asked(f"https://{server.place}")
    assert (raised.value.retryable, raised.value.unsent) == (False, True)


def test_words_on_tls_in_another_answer_do_not_count(raw):
    reply = WANTS_TLS[1].replace(b"400 Bad Request", b"409 Conflict")
    assert asked(f"http://{raw(reply).place}").status == 409


def test_a_change_whose_answer_breaks_in_tls_is_in_doubt(start, run):
    """The request was sent, whatever kind of error the library raises."""

    def garbage(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "9")
        handler.end_headers()
        os.write(handler.connection.fileno(), b"this is no record of TLS")

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(context) as server:
        server.answers[COMMENTS] = garbage
        body = run(comment(start, server.url, ca_certificate=authority.cert_pem.bytes().decode()))
    assert f"TLS failed. {DOUBT}" in body["error"]
    assert len(server.asked) == 1


# --- how far


@pytest.mark.parametrize(
    ("scheme", "replies", "far"),
    [
        ("https", [HOLD], "a connection was made, but was not ready for a request"),
        ("http", [HOLD], "a connection was made and the request was sent, but no answer began"),
        ("http", [OK[:-1], HOLD], "an answer began, but its body was not whole (1 bytes had come)"),
        ("http", [OK[:20], HOLD], "a connection was made and the request was sent, but no answer"),
    ],
)
def test_how_far_a_request_got_is_told_with_the_messages_limit(
    scheme, replies, far, raw, start, run
):
    server = raw(*replies)
    seconds = 5 if "an answer began" in far else 1  # the server's part of it takes time, too
    body = run(comment(start, f"{scheme}://{server.place}", timeout=seconds))
    assert body["exception"]["code"] == "timed_out"
    assert f"No answer from {server.place}: {far}" in body["error"]
    assert f"within the {seconds} seconds that this message may take" in body["error"]
    assert (DOUBT in body["error"]) is (scheme == "http")


@pytest.mark.parametrize("left", [9, 0])
@pytest.mark.parametrize("stage", Stage)
def test_no_wait_of_no_time_is_told(stage, left):
    trace = Trace("https://a.example/", lambda _: None)
    trace.reach(stage)
    error = failures.explain(
        TimeoutError("library's own words"),
        "POST",
        trace=trace,
        patience=30,
        deadline=Deadline(left or -1),
    )
    assert trace.words in error.cause
    assert (" within 30 seconds." in error.cause) is bool(left)
    assert error.unsent is (Stage.UNSEEN < stage < Stage.READY)
    assert " 0 seconds" not in error.cause


def test_a_connection_that_is_used_again_tells_how_far_it_got_too(raw):
    url = f"http://{raw(OK, b'').place}"
    transport = Transport(Deadline(20), Ledger(), home=url, headers={}, tls=TlsSettings())
    with contextlib.closing(transport):
        assert transport.send(Request("GET", url, Credentials({}, url))).ok
        with pytest.raises(TransportError, match=DOUBT):
            transport.send(Request("POST", url, Credentials({}, url), repeatable=False))
