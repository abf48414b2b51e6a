"""The test of a connection to GlitchTip, whose root answers whatever the token is."""

from __future__ import annotations

import pytest

from unit_test.conftest import TOKEN
from unit_test.glitchtip import ORGANIZATION, URL, answers, recording

pytestmark = pytest.mark.usefixtures("shared")


@pytest.fixture
def connection_test(start, run, requests_mock):
    """Test a connection against recorded answers."""

    def send(*names, **connection):
        answers(requests_mock, *names)
        return run(start("list_issues", {"url": URL, **connection}), "test")

    return send


@pytest.mark.parametrize("name", ["a01_root_bad_token", "a01_root_no_token"])
def test_a_token_that_the_root_answers_as_nobodys_is_not_accepted(name, connection_test):
    body = connection_test(name)
    assert (body["status"], body["exception"]["code"]) == ("error", "unauthorized")
    assert "does not accept the token" in body["error"]


def test_a_token_without_scopes_has_none(connection_test):
    body = connection_test("a01_root_token_without_scopes")
    assert body["exception"]["code"] == "forbidden"
    assert "its scopes: none" in body["log"]


def test_a_good_token_is_accepted(connection_test):
    body = connection_test("a01_root_good_token", "l02_organization", **ORGANIZATION)
    assert body["status"] == "ok"


def test_the_token_that_the_root_tells_is_not_shown(start, run, requests_mock):
    told = recording("a01_root_good_token").body.replace("(token)", TOKEN)
    requests_mock.get(URL, text=told)
    body = run(start("call_api", {"url": URL}, method="GET", path="/"))
    assert body["status"] == "ok"
    assert TOKEN not in str(body)
