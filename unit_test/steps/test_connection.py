"""The connection: what it may hold, where its token goes, and its test."""

from __future__ import annotations

import pytest

from sentry_plugin.steps import schema
from unit_test.conftest import TOKEN, URL

pytestmark = pytest.mark.versions

EVENTS = "issues/1/events/"


def events(start, **connection):
    return start("list_issue_events", connection=connection, issue_id="1")


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://sentry.example/api/0/", "https://sentry.example/api/0/"),
        ("https://sentry.example/api/0", "https://sentry.example/api/0/"),
        ("https://sentry.example/", "https://sentry.example/api/0/"),
        ("https://Sentry.Example", "https://sentry.example/api/0/"),
        (" https://sentry.example\n", "https://sentry.example/api/0/"),
        ("HTTPS://sentry.example", "https://sentry.example/api/0/"),
        ("https://sentry.example:443/api/0/", "https://sentry.example/api/0/"),
        ("http://sentry.example:0080", "http://sentry.example/api/0/"),
        ("https://sentry.example:8443/errors/", "https://sentry.example:8443/errors/api/0/"),
        ("https://sentry.example/errors/api/0", "https://sentry.example/errors/api/0/"),
        ("http://[::1]:9000", "http://[::1]:9000/api/0/"),
        ("", "https://sentry.io/api/0/"),
        (None, "https://sentry.io/api/0/"),
    ],
)
def test_the_url_is_brought_to_the_root_of_the_api(url, root, start, run, requests_mock):
    requests_mock.get(f"{root}{EVENTS}", json=[])
    message = events(start, url=url)
    if url is None:
        del message["body"]["connection"]["url"]
    assert run(message)["status"] == "ok"
    assert requests_mock.last_request.url == f"{root}{EVENTS}"


SCHEME = "it does not begin with http:// or https://"
BEFORE = "it holds an @, which ends a user's name, before its host"
BELOW = "what follows its host holds a space, an @, a ? or a #"
LETTERS = "it holds a backslash or a control character"
HOST = "its host or its port is not valid"
XN = "its host holds a space or a letter beyond a to z, whose ASCII form (xn--...) is needed"


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("sentry.example", SCHEME),
        ("ftp://sentry.example", SCHEME),
        ("nonsense", SCHEME),
        ("https://", HOST),
        ("https:///api/0/", HOST),
        ("https://sentry.example:99999", HOST),
        ("https://sentry.example:0", HOST),
        ("https://sentry.example:x", HOST),
        ("https://sentry.example:", HOST),
        ("https://.sentry.example", HOST),
        ("https://*.sentry.example", HOST),
        ("https://[::1", HOST),
        ("https://[:::1]", HOST),
        ("https://[::1]9000", HOST),
        ("https://user@sentry.example", BEFORE),
        ("https://own.example:80@sentry.example/", BEFORE),
        ("https://sentry.example/a@b", BELOW),
        ("https://sentry.example/a b", BELOW),
        ("https://sentry.example?x=1", BELOW),
        ("https://sentry.example/#x", BELOW),
        ("https://sentry example", XN),
        ("https://s\u00e9ntry.example", XN),
        ("https://sentry\u3002example", XN),
        ("https://sentry.example\uff0fx", XN),
        ("https://sentry.example%5c.evil.example", "its host holds a percent sign"),
        ("https://[fe80::1%25eth0]/", "its host holds a percent sign"),
        ("https://sentry.example\\@evil.example", LETTERS),
        ("https://sentry.example/\\", LETTERS),
        ("https://sen\ttry.example", LETTERS),
        ("https://sentry.example\r\n.evil.example", LETTERS),
        ("https://sentry.example\0", LETTERS),
    ],
)
def test_a_url_that_is_none_is_refused(url, fault, start, run, requests_mock):
    body = run(events(start, url=url))
    assert f"The connection's `url` is not the address of a server: {fault}. " in body["error"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("connection", "complaint"),
    [
        ({"token": None}, "`token` is not of type object"),
        ({"token": {}}, "`token.token` is required"),
        ({"token": {"token": ""}}, "`token.token` is empty"),
        ({"token": {"token": None}}, "`token.token` is not of type string"),
        ({"token": {"token": "two words"}}, "`token.token` is empty, or holds a space"),
        ({"token": {"token": "line\n"}}, "`token.token` is empty, or holds a space"),
        ({"token": {"token": "\u00fcber"}}, "`token.token` is empty, or holds a space"),
        ({"url": None}, "`url` is not of type string"),
        ({"timeout": "60"}, "`timeout` is not of type integer"),
        ({"timeout": True}, "`timeout` is not of type integer"),
        ({"timeout": 0}, "`timeout` is not between 1 and 86400"),
        ({"timeout": 10**30}, "`timeout` is not between 1 and 86400"),
        ({"ssl_verify": "no"}, "`ssl_verify` is not of type boolean"),
        ({"organization": 5}, "`organization` is not of type string"),
        ({"headers": {"Bad Name": "x"}}, "`headers` name one that is not valid"),
        ({"headers": {"authorization": "x"}}, "`headers` name one that is not valid"),
        ({"headers": {"X-A": "x\r\nX-B: y"}}, "`headers` hold a value that is not plain text"),
        ({"headers": {"X-A": 5}}, "`headers` hold a value that is not plain text"),
        ({"ca_certificate": "nonsense"}, "`ca_certificate` is not a certificate in PEM form"),
        ({"ca_certificate": "\N{LOCK}"}, "`ca_certificate` is not a certificate in PEM form"),
        ({"client_certificate": {"privateKey": "nonsense"}}, "`client_certificate` is not a cert"),
        ({"jupiterone": {}}, "`jupiterone.secretKey` is required"),
        (
            {"jupiterone": {"secretKey": "line\n"}},
            "`jupiterone.secretKey` is empty, or holds a space",
        ),
        ({"jupiterone_account": "two words"}, "`jupiterone_account` is empty, or holds a space"),
    ],
)
def test_a_connection_that_cannot_work_is_refused(connection, complaint, start, run, requests_mock):
    body = run(events(start, **connection))
    assert complaint in body["error"]
    assert body["exception"]["code"] == "bad_input"
    assert requests_mock.call_count == 0


def test_fields_that_a_form_left_empty_are_as_good_as_absent(start, run, requests_mock):
    requests_mock.get(f"{URL}{EVENTS}", json=[])
    empty = {
        "organization": "",
        "ca_certificate": "",
        "client_certificate": {"privateKey": ""},
        "headers": {},
        "jupiterone": {"secretKey": ""},
        "jupiterone_account": "",
    }
    assert run(events(start, **empty))["status"] == "ok"


def test_a_connection_of_1_0_2_is_told_where_the_key_went(start, run):
    message = events(start)
    message["body"]["connection"] = {"api_key": {"secretKey": TOKEN}, "url": URL}
    body = run(message)
    assert "has the form of version 1.0.2" in body["exception"]["cause"]
    assert "Move the key from `api_key.secretKey` to `token.token`." in body["error"]


def test_an_unknown_field_is_warned_of_by_name(start, run, requests_mock):
    requests_mock.get(f"{URL}{EVENTS}", json=[])
    log = run(events(start, organisation="acme-corp"))["log"]
    assert "WARNING The connection's field organisation is not known and has no effect." in log


def test_the_domain_of_the_token_is_ignored(start, run, requests_mock):
    requests_mock.get(f"{URL}{EVENTS}", json=[])
    token = {"token": TOKEN, "domain": "sentry.example"}
    assert "sentry.example" in run(events(start, token=token))["log"]


def test_the_token_is_a_bearer_and_no_netrc_replaces_it(
    start, run, requests_mock, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine sentry.example login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    requests_mock.get(f"{URL}{EVENTS}", json=[])
    run(events(start))
    assert requests_mock.last_request.headers["Authorization"] == f"Bearer {TOKEN}"


def test_extra_headers_go_to_the_connections_origin_only(start, run, requests_mock):
    requests_mock.get(f"{URL}{EVENTS}", json=[])
    requests_mock.post("https://ingest.example/api/1/envelope/", json={"id": "a"})
    requests_mock.post("https://sentry.example/api/1/envelope/", json={"id": "a"})
    headers = {"X-Sso": "let me in"}
    run(events(start, headers=headers))
    for host in ("ingest.example", "sentry.example"):
        given = {"dsn": f"https://abcdef@{host}/1", "event_json": {}}
        run(start("submit_event", connection={"headers": headers}, **given))
    sent = [request.headers.get("X-Sso") for request in requests_mock.request_history]
    assert sent == ["let me in", None, "let me in"]


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("http://sentry.example/", True),
        ("http://127.evil.example/", True),
        ("http://localhost./", True),
        ("http://localhost.evil.example/", True),
        ("http://localhost:9000/", False),
        ("http://127.0.0.1/", False),
        ("http://127.8.9.10/", False),
        ("http://[::1]/", False),
    ],
)
def test_plain_http_beyond_loopback_is_warned_of(url, warned, start, run, requests_mock):
    requests_mock.get(f"{url}api/0/{EVENTS}", json=[])
    assert ("plain http" in run(events(start, url=url))["log"]) is warned


def test_certificates_that_are_not_verified_are_warned_of(start, run, requests_mock):
    requests_mock.get(f"{URL}{EVENTS}", json=[])
    assert "not verified" in run(events(start, ssl_verify=False))["log"]
    assert requests_mock.last_request.verify is False


def test_the_time_of_a_message_is_the_connections(start, run, requests_mock):
    requests_mock.get(f"{URL}{EVENTS}", json=[])
    run(events(start, timeout=7))
    assert all(0 < seconds <= 7 for seconds in requests_mock.last_request.timeout)
    run(events(start))
    assert schema.load("connection", "input")["properties"]["timeout"]["default"] == 60
    assert requests_mock.last_request.timeout == (10, 30)


def test_the_operators_time_is_stronger_than_the_connections(
    start, run, requests_mock, monkeypatch
):
    requests_mock.get(f"{URL}{EVENTS}", json=[])
    monkeypatch.setenv("SENTRY_PLUGIN_TIMEOUT", "5")
    run(events(start, timeout=7))
    assert all(0 < seconds <= 5 for seconds in requests_mock.last_request.timeout)


@pytest.mark.parametrize("value", ["x", "0", "-1", "1.5", "99999999"])
def test_a_time_of_the_operator_that_is_none_is_an_error_that_names_it(
    value, start, run, monkeypatch
):
    monkeypatch.setenv("SENTRY_PLUGIN_TIMEOUT", value)
    assert "SENTRY_PLUGIN_TIMEOUT is not a number of seconds" in run(events(start))["error"]


# --- its test

ROOT = {"version": "0", "auth": {"scopes": ["event:read", "event:write", "org:read"]}}


@pytest.mark.parametrize(
    ("kind", "command"),
    [("action_start", "test"), ("connection_test", "test"), ("connection_test", "run")],
)
def test_the_test_asks_who_the_token_is(kind, command, start, answer, requests_mock):
    requests_mock.get(URL, json=ROOT)
    message = {**events(start), "type": kind}
    status, event, _ = answer(message, command)
    assert (status, event["body"]["output"]) == (0, {"success": True})
    assert event["type"] == ("action_event" if kind == "action_start" else "connection_test")
    assert [request.url for request in requests_mock.request_history] == [URL]


def test_the_test_of_an_unknown_action_is_an_error(start, run):
    assert "no action of the name" in run(start("nope"), "test")["error"]


@pytest.mark.parametrize(
    ("answered", "code", "complaint"),
    [
        ({"text": "<!DOCTYPE html><p>Hi"}, "api_error", "a web page instead of JSON"),
        ({"status_code": 404, "text": ""}, "not_found", "Check that the connection's `url`"),
        ({"status_code": 204}, "api_error", "no content"),
        ({"json": []}, "api_error", "not the root of a Sentry API"),
        ({"json": {"issues": "elsewhere"}}, "api_error", "not the root of a Sentry API"),
        ({"text": '{"version": '}, "server_error", "not with JSON"),
        (
            {"status_code": 401, "json": {"detail": "Invalid token"}},
            "unauthorized",
            "Invalid token",
        ),
        ({"json": {"version": "0", "auth": {"scopes": ["org:ci"]}}}, "forbidden", "event:read"),
        ({"status_code": 503, "text": "<html>"}, "server_error", "Try again later"),
    ],
)
def test_the_test_says_what_is_wrong(answered, code, complaint, start, run, requests_mock):
    requests_mock.get(URL, **answered)
    body = run(events(start), "test")
    assert body["exception"]["code"] == code
    assert complaint in body["error"]


@pytest.mark.parametrize("auth", [5, [], {"scopes": 5}, {"scopes": [5, None]}])
def test_the_test_accepts_a_token_whose_scopes_are_not_told(auth, start, run, requests_mock):
    requests_mock.get(URL, json={"version": "0", "auth": auth, "user": None})
    assert run(events(start), "test")["status"] == "ok"


def test_the_test_warns_of_a_token_that_can_only_read(start, run, requests_mock):
    requests_mock.get(URL, json={"version": "0", "auth": {"scopes": ["event:read"]}})
    assert "WARNING The token may not update issues" in run(events(start), "test")["log"]


@pytest.mark.parametrize(
    ("scopes", "status", "code"),
    [
        (["event:admin", "org:read"], 200, None),
        (["event:admin", "org:read"], 404, "not_found"),
        (["event:admin", "org:admin"], 403, "forbidden"),
        ([], 403, "forbidden"),
        (["event:admin"], 403, None),
    ],
)
def test_the_test_looks_for_the_organization(scopes, status, code, start, run, requests_mock):
    requests_mock.get(URL, json={"version": "0", "auth": {"scopes": scopes}})
    requests_mock.get(f"{URL}organizations/acme/", json={"detail": "words"}, status_code=status)
    body = run(events(start, organization="acme"), "test")
    assert body.get("exception", {}).get("code") == code
    if status == 403 and code is None:
        assert "that needs org:read" in body["log"]
    if status == 404:
        assert "`organization` does not exist: acme" in body["error"]
