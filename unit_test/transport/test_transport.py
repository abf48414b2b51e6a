"""HTTP and TLS over real sockets: what is followed, trusted, read, and said when nothing comes."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import json
import pathlib
import socket
import ssl
import threading
import tracemalloc

import pytest
import trustme

from sentry_plugin.transport import transport
from unit_test.outside import PATIENCE

pytestmark = pytest.mark.versions

EVENTS = "/api/0/issues/1/events/"
EVENT = b'[{"id": "1"}]'
DSN_KEY = "not-a-real-key"


class Server(http.server.ThreadingHTTPServer):
    """A server whose answers a test writes: per path a function that gets the handler."""

    daemon_threads = True

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked, self.scheme = {}, [], "http"
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, *_):
        """Say nothing: broken connections are what is tested."""


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""

    def answer(self, status=200, body=EVENT, **headers):
        self.send_response(status)
        for name, value in {"Content_Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def do_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        self.server.answers.get(self.path, Handler.answer)(self)

    def do_CONNECT(self):
        """Be a proxy: carry bytes both ways."""
        self.server.asked.append((self.command, self.path, dict(self.headers), b""))
        host, _, port = self.path.partition(":")
        self.answer(body=b"")
        with socket.create_connection((host, int(port))) as there:
            back = threading.Thread(target=carry, args=(there, self.connection))
            back.start()
            carry(self.connection, there)
            back.join()
        self.close_connection = True

    do_GET = do_PUT = do_POST = do_any  # noqa: N815  (names that http.server demands)


def carry(source, target):
    while data := source.recv(1 << 16):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def serving(context=None):
    with Server(context) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server():
    with serving() as server:
        yield server


@pytest.fixture
def other():
    with serving() as server:
        yield server


@pytest.fixture
def events(start, run):
    """List the events of issue 1 from a server, with more in the connection."""

    def send(server, **connection):
        connection = {"url": server.url, **connection}
        return run(start("list_issue_events", connection=connection, issue_id="1"))

    return send


def update(start, server):
    return start("update_issue", {"url": server.url}, issue_id="1", status="resolved")


def changing(answer):
    """Show an issue, and meet its update with *answer*."""
    issue = b'{"id": "1", "status": "unresolved"}'
    return lambda handler: (
        answer(handler) if handler.command == "PUT" else handler.answer(body=issue)
    )


def redirect(target, status=302):
    return lambda handler: handler.answer(status, b"", Location=target)


def test_a_redirect_within_the_server_is_followed_for_a_get(server, events):
    server.answers[EVENTS] = redirect("/api/0/moved/?x=1")
    assert events(server)["output"] == {"events": [{"id": "1"}]}
    assert [asked[1] for asked in server.asked] == [EVENTS, "/api/0/moved/?x=1"]
    assert server.asked[1][2]["Authorization"].startswith("Bearer ")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_server_is_not_followed(status, server, other, events):
    server.answers[EVENTS] = redirect(f"{other.url}/api/0/x/", status)
    error = events(server)["error"]
    assert f"redirects to {other.url}, and no credentials are sent there" in error
    assert "Set the connection's `url`" in error
    assert other.asked == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_of_an_update_is_not_followed(status, server, start, run):
    server.answers["/api/0/issues/1/"] = changing(redirect("/api/0/moved/", status))
    assert "redirects the PUT, which would lose it" in run(update(start, server))["error"]
    assert [asked[0] for asked in server.asked] == ["GET", "PUT"]


def test_a_redirect_of_an_event_carries_its_key_nowhere(server, other, start, run):
    server.answers["/api/1/envelope/"] = redirect(f"{other.url}/api/1/envelope/", 307)
    dsn = server.url.replace("//", f"//{DSN_KEY}@") + "/1"
    assert (
        "no credentials are sent there"
        in run(start("submit_event", dsn=dsn, event_json={}))["error"]
    )
    assert other.asked == []


def test_redirects_without_end_are_not_followed_for_ever(server, events):
    server.answers[EVENTS] = redirect(EVENTS)
    assert "redirects without end" in events(server)["error"]
    assert len(server.asked) == transport.MOST_REDIRECTS


@pytest.mark.parametrize(
    "target",
    [
        "http://{other}\\@{own}/",
        "http://{other}\\.{own}/",
        "http://{other}/\\@{own}/",
        "http://{own}\\@{other}/",
        "http://{own}@{other}/",
        "//{other}\\@{own}/",
        "/\\{other}/",
        "\\\\{other}/",
    ],
)
def test_a_redirect_that_parsers_read_differently_is_not_followed(target, server, other, events):
    own, foreign = (each.url.removeprefix("http://") for each in (server, other))
    server.answers[EVENTS] = redirect(target.format(own=own, other=foreign))
    assert "redirects to what is no address: it holds a" in events(server)["error"]
    assert [asked[1] for asked in server.asked] == [EVENTS]
    assert other.asked == []


@pytest.mark.parametrize("target", ["//[", "http://127.0.0.1:99999/", "http://[::1::]/", "ftp://x"])
def test_a_redirect_to_no_address_is_an_error(target, server, events):
    server.answers[EVENTS] = redirect(target)
    assert "redirects to what is no address" in events(server)["error"]


def test_a_redirect_to_the_same_host_with_a_final_dot_is_not_followed(server, events):
    server.answers[EVENTS] = redirect(f"http://localhost.:{server.server_port}/x")
    body = events(server, url=f"http://localhost:{server.server_port}")
    assert f"redirects to http://localhost.:{server.server_port}, and no cred" in body["error"]
    assert len(server.asked) == 1


def test_a_redirect_may_be_written_in_any_letters(server, events):
    server.answers[EVENTS] = redirect("\u00d7")
    assert events(server)["status"] == "ok"
    assert server.asked[1][1] == f"{EVENTS}%C3%97"


def test_the_body_of_a_redirect_is_read_with_care_too(server, events, monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 1 << 20)
    server.answers[EVENTS] = lambda handler: handler.answer(302, bytes(2 << 20), Location="/x")
    assert "answered with more than 1 MiB" in events(server)["error"]
    assert len(server.asked) == 1


def test_a_redirect_that_names_no_place_is_an_answer(server, events):
    moved = json.dumps({"detail": {"code": "resource-moved", "extra": {"slug": "new"}}}).encode()
    server.answers[EVENTS] = lambda handler: handler.answer(302, moved)
    assert "HTTP 302: code: resource-moved; slug: new" in events(server)["error"]


def test_cookies_of_one_answer_are_not_sent_again(server, events):
    server.answers[EVENTS] = lambda handler: handler.answer(
        302, b"", Location="/api/0/again/", Set_Cookie="session=1; Path=/"
    )
    assert events(server)["status"] == "ok"
    assert "Cookie" not in server.asked[1][2]


def test_a_compressed_answer_is_read(server, events):
    server.answers[EVENTS] = lambda handler: handler.answer(
        body=gzip.compress(EVENT), Content_Encoding="gzip"
    )
    assert events(server)["output"] == {"events": [{"id": "1"}]}


def test_a_small_answer_that_unpacks_to_a_huge_one_is_refused(server, events, monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 1 << 20)
    server.answers[EVENTS] = lambda handler: handler.answer(
        body=gzip.compress(bytes(2 << 20)), Content_Encoding="gzip"
    )
    assert "answered with more than 1 MiB" in events(server)["error"]


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_what_a_small_answer_unpacks_to_takes_no_memory(layers, server, events, monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 1 << 20)
    packed = bytes(100 << 20)
    for _ in range(layers):
        packed = gzip.compress(packed, 6)
    server.answers[EVENTS] = lambda handler: handler.answer(
        body=packed, Content_Encoding=", ".join(["gzip"] * layers)
    )
    tracemalloc.start()
    try:
        assert "answered with more than 1 MiB" in events(server)["error"]
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


def test_an_answer_that_is_packed_again_and_again_is_refused(server, events):
    server.answers[EVENTS] = lambda handler: handler.answer(
        body=EVENT, Content_Encoding=", ".join(["gzip"] * 50)
    )
    error = events(server)["exception"]
    assert error["code"] == "no_answer"
    assert len(server.asked) >= 1


def test_the_largest_answer_is_64_mebibytes():
    assert transport.LARGEST_ANSWER == 64 * 1024 * 1024


def cut(handler):
    handler.answer(Content_Length=1000)
    handler.close_connection = True


def hang_up(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (cut, "the connection was cut off"),
        (hang_up, "the connection was cut off"),
        (
            lambda handler: handler.answer(body=b"no gzip", Content_Encoding="gzip"),
            "its content encoding is broken",
        ),
    ],
)
def test_a_broken_answer_is_none_and_an_update_then_in_doubt(broken, reason, server, start, run):
    server.answers |= {EVENTS: broken, "/api/0/issues/1/": changing(broken)}
    doubt = "It is unknown whether the server carried it out."
    listed = run(start("list_issue_events", {"url": server.url}, issue_id="1"))
    assert listed["exception"]["code"] == "no_answer"
    assert f"No answer from 127.0.0.1:{server.server_port}: {reason}." in listed["error"]
    assert doubt not in listed["error"]
    assert doubt in run(update(start, server))["error"]


@pytest.fixture
def held():
    """An event that a server waits for, set at the end."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def in_time(server, start, run):
    """Update an issue in as few seconds as this machine needs to ask; give them, and the body."""

    def ask(answer):
        server.answers["/api/0/issues/1/"] = changing(answer)
        tries = (
            (seconds, run(start("update_issue", {"url": server.url, "timeout": seconds}, **CHANGE)))
            for seconds in (1, 4, 16)
        )
        return next(each for each in tries if "PUT" in {asked[0] for asked in server.asked})

    return ask


CHANGE = {"issue_id": "1", "status": "resolved"}


def test_a_server_that_does_not_answer_is_given_up_in_time(held, in_time):
    seconds, body = in_time(lambda _: held.wait(PATIENCE))
    assert (body["exception"]["code"], body["exception"]["retryable"]) == ("timed_out", True)
    assert f"request was sent, but no answer began within the {seconds} seconds" in body["error"]
    assert "It is unknown whether" in body["error"]


def test_bytes_that_come_slowly_are_given_up_in_time(held, in_time):
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        while not held.wait(0.05):
            handler.wfile.write(b" ")

    seconds, body = in_time(drip)
    assert body["exception"]["code"] == "timed_out"
    assert f"The {seconds} seconds that this message may take are over." in body["error"]
    assert "an answer began, but its body was not whole" in body["error"]
    assert "It is unknown whether" in body["error"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:1", "it refuses the connection"),
        ("http://no-such-host.invalid", "its name cannot be resolved"),
        ("http://a..b", "its address is not valid"),
    ],
)
def test_a_server_that_is_not_there_is_named(url, reason, start, run):
    message = start("update_issue", {"url": url}, issue_id="1", status="resolved")
    body = run(message)
    assert f"No answer from {url.partition('//')[2]}: {reason}." in body["error"]
    assert "It is unknown" not in body["error"]


def test_the_environments_proxy_is_used_and_its_failure_said(server, events, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://user:hush@127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    error = events(server, url="http://sentry.example")["error"]
    assert "No answer from the proxy http://127.0.0.1:1, through which sentry.example" in error
    assert "hush" not in error
    monkeypatch.setenv("http_proxy", server.url)
    events(server, url="http://sentry.example")
    assert [asked[1] for asked in server.asked] == [f"http://sentry.example{EVENTS}"]


# --- TLS


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def pem(blob):
    return blob.bytes().decode()


@pytest.fixture
def tls_server(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(context) as server:
        yield server


@pytest.fixture
def strict_server(authority):
    """A server that asks for a client certificate, but takes a connection without one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL
    with serving(context) as server:
        server.answers[EVENTS] = lambda handler: handler.answer(
            200 if handler.connection.getpeercert() else 400, EVENT
        )
        yield server


def test_an_unknown_authority_is_not_trusted(tls_server, events):
    body = events(tls_server)
    assert body["exception"]["code"] == "no_answer"
    assert "its certificate is not trusted" in body["error"]
    assert tls_server.asked == []


def test_the_connections_own_authority_is_trusted(tls_server, events, authority):
    body = events(tls_server, ca_certificate=pem(authority.cert_pem))
    assert body["output"] == {"events": [{"id": "1"}]}


def test_verification_can_be_switched_off(tls_server, events, authority):
    assert events(tls_server, ssl_verify=False)["status"] == "ok"
    both = {"ssl_verify": False, "ca_certificate": pem(authority.cert_pem)}
    assert events(tls_server, **both)["status"] == "ok"


def test_a_certificate_of_another_name_is_not_trusted(tls_server, events, authority):
    url = tls_server.url.replace("127.0.0.1", "localhost")
    error = events(tls_server, ca_certificate=pem(authority.cert_pem), url=url)["error"]
    assert "its certificate is not trusted" in error


def test_the_connections_own_authority_is_trusted_through_a_proxy_too(
    tls_server, other, events, authority, monkeypatch
):
    monkeypatch.setenv("https_proxy", other.url)
    monkeypatch.setenv("no_proxy", "")
    assert events(tls_server, ca_certificate=pem(authority.cert_pem))["status"] == "ok"
    assert [asked[:2] for asked in other.asked] == [
        ("CONNECT", f"127.0.0.1:{tls_server.server_port}")
    ]
    assert not [asked for asked in other.asked if "Authorization" in asked[2]]


def test_a_client_certificate_is_shown_to_our_server(strict_server, events, authority):
    identity = pem(authority.issue_cert("client.example").private_key_and_cert_chain_pem)
    known = {"ca_certificate": pem(authority.cert_pem)}
    assert "HTTP 400" in events(strict_server, **known)["error"]
    mutual = {**known, "client_certificate": {"privateKey": identity}}
    assert events(strict_server, **mutual)["status"] == "ok"


def test_a_client_certificate_is_not_shown_to_others(strict_server, start, run, authority):
    identity = pem(authority.issue_cert("client.example").private_key_and_cert_chain_pem)
    shown = []
    strict_server.answers["/api/1/envelope/"] = lambda handler: (
        shown.append(handler.connection.getpeercert()) or handler.answer(body=b'{"id": "a"}')
    )
    connection = {
        "ca_certificate": pem(authority.cert_pem),
        "client_certificate": {"privateKey": identity},
    }
    dsn = strict_server.url.replace("//", f"//{DSN_KEY}@") + "/1"
    given = {"dsn": dsn, "event_json": {}}
    assert run(start("submit_event", connection, **given))["status"] == "ok"
    own = {**connection, "url": strict_server.url}
    assert run(start("submit_event", own, **given))["status"] == "ok"
    assert [bool(certificate) for certificate in shown] == [False, True]


def test_a_private_key_that_needs_a_password_is_refused_and_nobody_is_asked(events, tls_server):
    sample = pathlib.Path(__file__).parents[1] / "samples/encrypted_private_key.pem"
    error = events(tls_server, client_certificate={"privateKey": sample.read_text()})["error"]
    assert "unencrypted" in error


def test_a_server_without_tls_is_said_to_fail_at_it(server, events):
    error = events(server, url=server.url.replace("http:", "https:"))["error"]
    assert "what it speaks on this port is not TLS" in error


def test_a_handshake_that_is_cut_off_is_tried_again(start, run):
    def cut_off():
        for _ in range(6):
            connection, _ = listening.accept()
            with connection:
                connection.recv(1 << 16)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        thread = threading.Thread(target=cut_off)
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        body = run(start("update_issue", {"url": url}, issue_id="1", status="resolved"))
        thread.join()
    assert (body["exception"]["code"], body["exception"]["retryable"]) == ("no_answer", True)
    assert "the connection was cut off before TLS was agreed on. Check" in body["error"]


def test_a_bundle_of_the_environment_that_is_missing_is_an_error(tls_server, events, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    assert "No answer from" in events(tls_server)["error"]
