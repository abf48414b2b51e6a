"""Organization tokens, which say themselves whose they are: what a connection makes of that."""

from __future__ import annotations

import base64
import json

import pytest
from requests_mock import ANY

from sentry_plugin.client import orgtoken
from unit_test.conftest import URL

MINE = "https://mine.example"
SAAS = {"url": "https://sentry.io", "region_url": "https://us.sentry.io"}


def token(payload=None, **more):
    """Make a token as Sentry does; *more* goes into its payload."""
    told = {"iat": 1.5, "url": MINE, "region_url": MINE, "org": "acme", **more}
    text = json.dumps(told) if payload is None else payload
    return f"sntrys_{base64.b64encode(text.encode()).decode()}_{'random' * 7}"


@pytest.fixture
def asked(requests_mock):
    requests_mock.register_uri(ANY, ANY, json=[])
    return requests_mock.request_history


@pytest.fixture
def releases(start, run):
    """List the releases with a token and more of a connection; give the body of the answer."""

    def send(secret, **connection):
        message = start("list_releases", {"token": {"token": secret}, **connection})
        given = message["body"]["connection"]
        message["body"]["connection"] = {k: v for k, v in given.items() if v is not None}
        return run(message)

    return send


@pytest.mark.parametrize("url", [None, ""])
@pytest.mark.parametrize("organization", [None, ""])
@pytest.mark.parametrize(
    ("more", "root"),
    [
        ({}, MINE),
        ({"url": "http://127.0.0.1:9000", "region_url": None}, "http://127.0.0.1:9000"),
        ({"url": None}, MINE),
        ({"url": ""}, MINE),
        ({"url": "mine.example"}, MINE),
        ({"url": f"{MINE}/sentry/"}, f"{MINE}/sentry"),
        ({"url": None, "region_url": None}, "https://sentry.io"),
        (SAAS, "https://sentry.io"),
    ],
)
def test_what_a_connection_leaves_empty_its_organization_token_tells(
    more, root, url, organization, releases, asked
):
    assert releases(token(**more), url=url, organization=organization)["status"] == "ok"
    assert asked[-1].url.startswith(f"{root}/api/0/organizations/acme/releases/")
    assert {each.hostname for each in asked} == {asked[-1].hostname}


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ({}, "https://sentry.io/api/0/"),
        ({}, "https://sentry.io"),
        ({}, f"{MINE}:8443"),
        ({}, "http://mine.example"),
        ({}, "http://mine.internal:9000"),
        ({"url": "http://mine.example:9000", "region_url": ""}, "https://mine.example:9000"),
        ({"url": None}, "https://other.example"),
        (SAAS, MINE),
        (SAAS, "http://sentry.io"),
        (SAAS, "https://sentry.io.mine.example"),
        (SAAS, "https://sentry.io:8443"),
    ],
)
def test_a_server_that_did_not_make_the_token_does_not_get_it(more, url, releases, asked):
    body = releases(token(**more), url=url)
    assert (body["exception"]["code"], asked) == ("bad_input", [])
    made_by = more.get("url", MINE) or MINE
    assert f"token was made by {made_by}, and its `url` names another server" in body["error"]
    assert "Leave `url` empty, or give a token of the server that it names." in body["error"]


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ({}, f"{MINE}/api/0/"),
        ({}, "https://Mine.Example:443/"),
        ({}, f"{MINE}/sentry/api/0/"),
        ({"url": "http://mine.example", "region_url": None}, MINE),
        ({"region_url": "https://region.mine.example"}, "https://region.mine.example"),
        (SAAS, "https://sentry.io/api/0/"),
        (SAAS, "https://us.sentry.io/api/0/"),
        (SAAS, "https://acme.sentry.io"),
    ],
)
def test_another_address_of_the_same_server_is_no_contradiction(more, url, releases, asked):
    assert releases(token(**more), url=url)["status"] == "ok"
    assert asked


@pytest.mark.parametrize(("given", "fits"), [("other", False), ("Acme", True), ("4507", True)])
def test_an_organization_that_the_token_is_not_of_is_refused(given, fits, releases, asked):
    body = releases(token(), url=MINE, organization=given)
    assert (body["status"] == "ok", bool(asked)) == (fits, fits)
    if not fits:
        assert (
            "made for the organization acme, and its `organization` names another one"
            in (body["error"])
        )


JUST_TOKENS = {
    "of a user": "sntryu_0123456789abcdef",
    "no payload": "sntrys_",
    "no end": token().rpartition("_")[0][:-3],
    "no base64": "sntrys_x_y",
    "no text": f"sntrys_{base64.b64encode(bytes([255, 0])).decode()}_x",
    "no JSON": token("not json"),
    "no object": token("[1]"),
    "too deep": token("[" * 5000 + "]" * 5000),
    "nothing known": token("{}"),
    "numbers": token(url=5, region_url=[], org={}),
    "no addresses": token(url="ftp://mine.example", region_url="https://a@b", org=None),
}


@pytest.mark.parametrize("secret", JUST_TOKENS.values(), ids=JUST_TOKENS)
def test_a_token_that_tells_nothing_is_just_a_token(secret, releases, asked):
    assert orgtoken.issuer(secret) == ((), "")
    assert releases(secret, organization="o")["status"] == "ok"
    assert asked[-1].url.startswith(f"{URL}organizations/o/releases/")
    assert asked[-1].headers["Authorization"] == f"Bearer {secret}"
