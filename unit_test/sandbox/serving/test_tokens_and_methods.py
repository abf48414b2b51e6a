"""Who may do what, and what is answered to the wrong method, path or body."""

from __future__ import annotations

import pytest

ISSUES = "projects/acme/sandbox/issues/"
REFUSED = {
    "Bearer": "Invalid token header. No credentials provided.",
    "Bearer a b": "Invalid token header. Token string should not contain spaces.",
    "Bearer nope": "Invalid token",
    "Basic Zm9vOmJhcg==": "Authentication credentials were not provided.",
    "DSN http://key@host/1": "Authentication credentials were not provided.",
    "": "Authentication credentials were not provided.",
}


@pytest.mark.parametrize(("header", "words"), REFUSED.items())
def test_credentials_that_are_none_are_refused(sandbox, header, words):
    response = sandbox.get(ISSUES, token=None, headers={"Authorization": header})
    assert (response.status_code, response.json()) == (401, {"detail": words})
    assert response.headers["WWW-Authenticate"] == 'xBasic realm="api"'


def test_the_index_tells_who_asks_and_needs_no_token(sandbox):
    assert sandbox.get("", token=None).json() == {"version": "0", "auth": None, "user": None}
    known = sandbox.get("", token=sandbox.known["readonly_token"]).json()
    assert known["version"] == "0"
    assert "event:read" in known["auth"]["scopes"]
    assert "event:write" not in known["auth"]["scopes"]
    assert known["user"]["id"] == "900000"
    assert sandbox.get("", token="nope").status_code == 401


def test_a_token_without_the_scope_is_forbidden_and_told_which_it_lacks(sandbox):
    token = sandbox.known["readonly_token"]
    response = sandbox.put(ISSUES, {"status": "resolved"}, token=token)
    detail = {"detail": "You do not have permission to perform this action."}
    assert (response.status_code, response.json()) == (403, detail)
    assert 'scope="event:write event:admin"' in response.headers["WWW-Authenticate"]


def test_a_token_can_be_made_with_chosen_scopes(sandbox):
    made = sandbox.http.post(f"{sandbox.base}/_sandbox/tokens", json={"scopes": ["org:read"]})
    assert made.status_code == 201
    token = made.json()["token"]
    assert sandbox.get("organizations/acme/", token=token).status_code == 200
    assert sandbox.get(ISSUES, token=token).status_code == 403
    for scopes in ("org:read", ["everything"]):
        refused = sandbox.http.post(f"{sandbox.base}/_sandbox/tokens", json={"scopes": scopes})
        assert refused.status_code == 400


@pytest.mark.parametrize(
    ("method", "token", "status"),
    [("POST", "", 405), ("PATCH", "", 403), ("POST", None, 401), ("OPTIONS", None, 200)],
)
def test_another_method_is_refused_as_sentry_does(sandbox, method, token, status):
    response = sandbox.ask(method, f"/api/0/{ISSUES}", token=token)
    assert response.status_code == status
    assert response.headers["Allow"] == "GET, PUT, DELETE, HEAD, OPTIONS"
    if status == 405:
        assert response.json() == {"detail": 'Method "POST" not allowed.'}


def test_a_method_that_the_index_does_not_have_is_refused(sandbox):
    assert sandbox.ask("POST", "/api/0/").status_code == 405


def test_head_is_get_without_a_body(sandbox):
    response = sandbox.ask("HEAD", f"/api/0/{ISSUES}")
    assert (response.status_code, response.content) == (200, b"")
    assert "Link" in response.headers


@pytest.mark.parametrize(
    "path", ["/api/0/nope/", f"/api/0/{ISSUES[:-1]}", "/api/0/issues/1%2F2/", "/", "/x.ico"]
)
def test_an_unknown_path_is_an_empty_404_in_html(sandbox, path):
    response = sandbox.ask("GET", path)
    assert (response.status_code, response.content) == (404, b"")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_bug_is_answered_as_sentry_answers_its_own(sandbox, caplog, monkeypatch):
    monkeypatch.setattr("sentry_plugin.sandbox.endpoints.issues._limit", lambda _call: 1 / 0)
    response = sandbox.get(ISSUES)
    assert response.status_code == 500
    assert response.json()["detail"] == "Internal Error"
    assert response.json()["errorId"] in caplog.text


def test_a_body_over_all_limits_is_cut_off(sandbox):
    body = b"x" * (100 * 1024 * 1024 + 1)
    response = sandbox.send("envelope/", body)
    assert (response.status_code, response.text) == (413, "length limit exceeded")
