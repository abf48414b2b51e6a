"""Where requests go: however an address is spelt, a secret reaches its own server alone.

Addresses are put together from what parsers are known to read differently. What was decided is
compared with the connections that were made and the bytes that were sent on them: each is a real
socket, whose other end the test holds.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Callable
from typing import NamedTuple
from unittest import mock
from urllib.parse import urlsplit

import pytest
import requests
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentry_plugin import settings as operator
from sentry_plugin.address import Origin, has_origin, origin_of
from sentry_plugin.client import issueids, userpath
from sentry_plugin.client.routes import ROOT, organization_route
from sentry_plugin.deadline import Deadline
from sentry_plugin.errors import ApiError, PluginError
from sentry_plugin.ledger import Ledger
from sentry_plugin.steps.connection import Connection
from sentry_plugin.transport.messages import Credentials
from sentry_plugin.watching.dispatcher import Dispatcher

TOKEN, OWN_HEADER, KEY = "token-of-sentry", "own-header", "key-of-a-dsn"
JUPITERONE_KEY, EVENT = "key-of-jupiterone", "event-of-a-trigger"
SECRETS = [each.encode() for each in (TOKEN, OWN_HEADER, KEY, JUPITERONE_KEY, EVENT)]
OWN, SAAS = "http://own.example/", "https://sentry.io"
CONNECTION = {
    "token": {"token": TOKEN},
    "organization": "acme",
    "headers": {"X-Own": OWN_HEADER},
    "jupiterone": {"secretKey": JUPITERONE_KEY},
    "jupiterone_account": "account",
}


class Wire:
    """Stands where connections are made: notes where each one goes, and what is sent on it."""

    def __init__(self, answers):
        self._answers, self._made, self._patches = answers, [], contextlib.ExitStack()

    def __enter__(self):
        def connect_with_tls(connection):
            plain(connection)
            connection.is_verified = True
            self._made[-1][0][0] = "https"

        plain = urllib3.connection.HTTPConnection.connect
        secured = urllib3.connection.HTTPSConnection
        for owner, name, value in (
            (urllib3.util.connection, "create_connection", self._connect),
            (secured, "connect", connect_with_tls),
        ):
            self._patches.enter_context(mock.patch.object(owner, name, value))
        return self

    def __exit__(self, *_):
        self._patches.close()
        for _, theirs in self._made:
            theirs.close()

    def _connect(self, address, *_, **__):
        ours, theirs = socket.socketpair()
        theirs.sendall(self._answers[min(len(self._made), len(self._answers) - 1)])
        theirs.settimeout(0)
        self._made.append((["http", *address[:2]], theirs))
        return ours

    def told(self):
        """List for each secret that was sent the server that it was sent to."""
        return [
            (secret.decode(), tuple(there))
            for there, theirs in self._made
            for data in [received(theirs)]
            for secret in SECRETS
            if secret in data
        ]


def received(there):
    data = b""
    with contextlib.suppress(BlockingIOError):
        while more := there.recv(1 << 16):
            data += more
    return data


def reply(status=200, document=None, **headers):
    body = json.dumps(document).encode()
    head = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", "Connection: close"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*head, "", ""]).encode() + body


def server_of(url):
    """Read an address with another parser than the one that sends."""
    parts = urlsplit(url.strip())
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]


@contextlib.contextmanager
def connected(url=OWN):
    connection = Connection({**CONNECTION, "url": url}, Ledger())
    connection.check()
    try:
        yield connection
    finally:
        connection.close()


def read(text, url=OWN):
    with connected(url) as connection:
        connection.client.get([organization_route("acme")])


def change(text):
    with connected() as connection:
        connection.client.put([ROOT], {}, "")


def check_in(dsn):
    with connected() as connection:
        connection.ingest(dsn).check_in({})


def deliver(url):
    with Dispatcher(url, Deadline(60)) as dispatcher:
        dispatcher.deliver(EVENT)


def list_pages(text):
    with connected() as connection:
        list(connection.client.pages([ROOT], ""))


def call(text):
    with connected() as connection:
        connection.client.call("GET", userpath.route(text, {"query": text}))


def look_up(text):
    with connected() as connection:
        client = connection.client
        connection.client.get(issueids.routes(client, f"{text}organizations/a/issues/1/"))


def learn_the_organization(text):
    with connected() as connection:
        connection.client.organization = ""
        of = issueids.organization_of_issue(
            connection.client, "1", f"{text}organizations/a/issues/1/"
        )
        connection.client.get([organization_route(of)])


def upload(text):
    if "\0" in text:
        return  # no environment holds one
    with mock.patch.dict(os.environ, {operator.JUPITERONE_URL: text}), connected() as connection:
        connection.jupiterone.start({})


def dsn_of(text):
    scheme, separator, rest = text.partition("://")
    return f"{scheme}{separator}{KEY}@{rest.rstrip('/')}/1"


def redirect(status):
    return lambda text: [reply(status, Location=text), reply(document={})]


def pages(text):
    link = f'<{text}?cursor={text}>; rel="next"; results="true"'
    return [
        reply(document=[1], Link=link),
        reply(document=[2], Link=f'{link}; cursor="{text}"'),
        reply(document=[]),
    ]


def regions(text):
    return [reply(document={"links": {"regionUrl": text.rstrip("/")}}), reply(document={})]


def is_sentrys(text, there):
    scheme, host, port = there
    return (scheme, port) == ("https", 443) and f".{host}".endswith(".sentry.io")


def is_own(text, there):
    return there == server_of(OWN)


class Way(NamedTuple):
    """A way by which an address comes in."""

    use: Callable
    answers: Callable = lambda _: [reply(document={})]
    may_be_told: Callable = is_own
    """Whether a server may get the secrets that are sent."""


WAYS = {
    "redirect of a read": Way(read, redirect(302)),
    "redirect of a change": Way(change, redirect(307)),
    "redirect of a check-in": Way(lambda _: check_in(f"http://{KEY}@own.example/1"), redirect(308)),
    "redirect of a dispatcher": Way(lambda _: deliver(OWN), redirect(301)),
    "connection": Way(
        lambda text: read(text, text),
        may_be_told=lambda text, there: there == server_of(text or SAAS),
    ),
    "DSN": Way(
        lambda text: check_in(dsn_of(text)),
        may_be_told=lambda text, there: there == server_of(dsn_of(text)),
    ),
    "dispatcher": Way(deliver, may_be_told=lambda text, there: there == server_of(text)),
    "JupiterOne": Way(
        upload,
        may_be_told=lambda text, there: there == server_of(text.strip() or operator.JUPITERONE),
    ),
    "region": Way(lambda text: read(text, SAAS), regions, is_sentrys),
    "next page": Way(list_pages, pages),
    "issue": Way(look_up),
    "permalink": Way(learn_the_organization),
    "path": Way(call),
}


def told(way, text):
    """Give who was told which secret, when an address came in one way."""
    with Wire(way.answers(text)) as wire:
        # What is no address raises a ValueError where nothing was sent yet.
        with contextlib.suppress(PluginError):
            way.use(text)
        return wire.told()


def check(way, text):
    assert [each for each in told(way, text) if not way.may_be_told(text, each[1])] == []


@pytest.mark.parametrize("name", WAYS)
def test_a_plain_address_gets_what_belongs_to_it(name):
    text = {"region": "https://us.sentry.io/", "JupiterOne": "https://own.example/"}.get(name, OWN)
    text = "organizations/" if name == "path" else text
    got = told(WAYS[name], text)
    assert got
    assert all(WAYS[name].may_be_told(text, there) for _, there in got)


FOREIGN = [
    "http://evil.example\\@own.example/x",
    "http://evil.example\\.own.example/",
    "http://own.example@evil.example/",
    "http://own.example:80@evil.example/",
    "http://own.example.@evil.example\\own.example/",
    "http://own.example\t.evil.example/",
    "http://own.example\0.evil.example/",
    "http://own\u3002example/",
    "http://own\uff0eexample./",
    "http://own.example\u2044.evil.example/",
    "http://own.example\uff0f.evil.example/",
    "http://own.example%5c@evil.example/",
    "http://own.example./",
    "http://own.example:8080/",
    "http://[::ffff:1.2.3.4%25own.example]/",
    "http://xn--own-example-/",
    "https://own.example/",
    "https://evil.example\\.sentry.io/",
    "https://evil.example\\@us.sentry.io",
    "https://us.sentry.io:8443",
    "https://us.sentry.io\n",
    "http://us.sentry.io",
    "http://sentry.io/",
    "//evil.example/",
    "\\\\evil.example/",
    "/\\evil.example/",
]


@pytest.mark.parametrize("text", FOREIGN)
@pytest.mark.parametrize("name", WAYS)
def test_a_secret_reaches_no_other_server_by_a_known_trick(name, text):
    check(WAYS[name], text)


HOSTS = ["own.example", "OWN.example", "own", "evil.example", "us.sentry.io", "127.0.0.1"]
HOSTS += ["[::1]", "[fe80::1%25lo]", "[::ffff:127.0.0.1]", "xn--bcher-kva.example", "b\u00fccher"]
SIGNS = ["\\", "@", "\t", "\r", "\n", "\0", "%5c", "%2f", "%40", "%00", ".", " ", ";", ",", "\x7f"]
SIGNS += ["\u3002", "\uff0e", "\uff61", "\u2024", "\u2044", "\uff0f", "\uff20", "\uff1a", "\u2100"]
SIGNS += ["\u212a", "\u017f", "\u00ad", "\u200b", "\u00a0", "\u2028", "user:password@", "*"]
PORTS = ["", "", ":80", ":443", ":8080", ":0080", ":", ":0", ":65536"]
ENDS = ["/", "/", "", "?", "#", "/x/../", "/organizations/acme/issues/1/", "/api/0/"]
SCHEMES = [
    "http://",
    "http://",
    "https://",
    "HTTP://",
    "//",
    "/",
    "\\\\",
    "http:/",
    "http:\\\\",
    "",
]
PARTS = st.sampled_from([*HOSTS, *SIGNS, *PORTS, *ENDS, *SCHEMES])
JOINTS = ["\\@", "\\", "@", "%5c@", "%40", "\t@", "\r\n@", "\0@", "/@", "?@", "#@", "\uff0f@", "."]
joined = st.sampled_from([*JOINTS, *SIGNS, *PORTS])
ADDRESSES = st.one_of(
    st.lists(PARTS, max_size=8).map("".join),
    st.builds(
        "{}{}{}{}{}{}".format,
        st.sampled_from(SCHEMES),
        st.sampled_from(HOSTS),
        st.lists(joined, max_size=3).map("".join),
        st.sampled_from(HOSTS),
        st.sampled_from(PORTS),
        st.sampled_from(ENDS),
    ),
    st.builds("http://{}{}own.example/".format, st.sampled_from(HOSTS), st.sampled_from(JOINTS)),
)


@pytest.mark.parametrize("name", WAYS)
@settings(
    derandomize="CI" in os.environ,
    database=None,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # `waits` is emptied for each
)
@given(text=ADDRESSES)
def test_a_secret_reaches_no_other_server_however_an_address_is_spelt(name, text, waits):
    waits.clear()
    check(WAYS[name], text)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("HTTPS://Own.Example", Origin("https", "own.example", None)),
        ("https://own.example:443/x", Origin("https", "own.example", None)),
        ("http://own.example:443?x", Origin("http", "own.example", 443)),
        ("http://own.example:0080#x", Origin("http", "own.example", None)),
        ("http://own.example./", Origin("http", "own.example.", None)),
        ("http://[2001:DB8::1]:9000/@", Origin("http", "[2001:db8::1]", 9000)),
    ],
)
def test_a_place_is_the_same_however_it_is_spelt(url, found):
    assert origin_of(url) == found
    assert origin_of(found.url) == found


@pytest.mark.parametrize("url", ["http://evil.example/", "http://own.example\\/", "", None])
def test_credentials_are_set_on_no_request_to_another_place(url):
    request = requests.Request("GET", OWN).prepare()
    request.url = url
    assert not has_origin(url, origin_of(OWN))
    with pytest.raises(ApiError, match=r"would not have gone to own\.example.*was not sent"):
        Credentials({"Authorization": TOKEN}, OWN)(request)
    assert "Authorization" not in request.headers
