"""Changes by the web API that make and delete things: what is sent once, and what is said of it."""

from __future__ import annotations

import pytest
from urllib3.exceptions import NewConnectionError

from sentry_plugin.client.routes import Route
from sentry_plugin.errors import IN_DOUBT, ApiError, ServerError
from sentry_plugin.ledger import Ledger
from sentry_plugin.steps.connection import Connection
from unit_test.conftest import TOKEN, URL

pytestmark = pytest.mark.versions

ROUTES = [Route("things/"), Route("old/")]
THINGS, OLD = f"{URL}things/", f"{URL}old/"


@pytest.fixture
def client():
    connection = Connection({"token": {"token": TOKEN}, "url": URL}, Ledger())
    connection.check()
    yield connection.client
    connection.close()


def test_a_thing_is_made_with_what_is_given(client, requests_mock):
    requests_mock.post(THINGS, status_code=201, json={"id": "7"})
    assert client.post(ROUTES, {"name": "é"}, "thing:write") == {"id": "7"}
    sent = requests_mock.last_request
    assert (sent.json(), sent.headers["Content-Type"]) == ({"name": "é"}, "application/json")


@pytest.mark.parametrize(
    "missing",
    [{"status_code": 405}, {"status_code": 404}, {"status_code": 404, "text": "<html>"}],
)
def test_a_thing_is_made_by_the_first_way_that_the_server_has(missing, client, requests_mock):
    requests_mock.post(THINGS, **missing)
    requests_mock.post(OLD, json={"id": "7"})
    assert client.post(ROUTES, {}, "thing:write") == {"id": "7"}


@pytest.mark.parametrize(("repeatable", "sent"), [({}, 1), ({"repeatable": True}, 6)])
def test_a_thing_is_made_again_only_where_twice_is_the_same_as_once(
    repeatable, sent, client, requests_mock
):
    requests_mock.post(THINGS, status_code=503)
    with pytest.raises(ServerError) as raised:
        client.post(ROUTES, {}, "thing:write", **repeatable)
    assert raised.value.cause.endswith(IN_DOUBT)
    assert requests_mock.call_count == sent


def test_a_thing_that_is_made_and_not_shown_is_in_doubt(client, requests_mock):
    requests_mock.post(THINGS, json=[])
    with pytest.raises(ApiError) as raised:
        client.post(ROUTES, {}, "thing:write")
    assert raised.value.cause.endswith(IN_DOUBT)


def test_a_change_without_an_answer_is_good_only_where_that_is_expected(client, requests_mock):
    for method in ("POST", "PUT"):
        requests_mock.register_uri(method, THINGS, status_code=204)
    assert client.post(ROUTES, {}, "thing:write", may_be_empty=True) == {}
    assert client.put(ROUTES, {}, "thing:write", may_be_empty=True) == {}
    with pytest.raises(ApiError, match="no content"):
        client.post(ROUTES, {}, "thing:write")


@pytest.mark.parametrize("given", [{"status_code": 204}, {"status_code": 202, "json": {}}])
def test_a_deletion_needs_no_content_in_its_answer(given, client, requests_mock):
    requests_mock.delete(THINGS, **given)
    assert client.delete(ROUTES, "thing:admin") == {}
    assert requests_mock.last_request.body is None


def test_a_deletion_is_sent_again_and_a_404_after_a_lost_try_leaves_doubt(client, requests_mock):
    answers = [{"status_code": 502}, {"status_code": 404, "json": {"detail": "None."}}]
    requests_mock.delete(THINGS, answers)
    with pytest.raises(ApiError) as raised:
        client.delete(ROUTES, "thing:admin")
    assert raised.value.cause.endswith(IN_DOUBT)
    assert requests_mock.call_count == 2


@pytest.mark.parametrize(
    "second",
    [{"status_code": 400}, {"exc": NewConnectionError(None, "")}, {"status_code": 429}],
)
def test_a_try_that_may_have_been_carried_out_leaves_doubt_also_by_the_second_way(
    second, client, requests_mock
):
    requests_mock.put(THINGS, [{"status_code": 502}, {"status_code": 405}])
    requests_mock.put(OLD, **second)
    with pytest.raises(ApiError) as raised:
        client.put(ROUTES, {}, "thing:write")
    assert raised.value.cause.count(IN_DOUBT) == 1
    requests_mock.put(THINGS, status_code=405)
    with pytest.raises(ApiError) as raised:
        client.put(ROUTES, {}, "thing:write")
    assert IN_DOUBT not in raised.value.cause


def test_a_change_that_is_answered_by_a_web_page_is_not_sent_by_another_way(client, requests_mock):
    requests_mock.put(THINGS, text="<html>")
    with pytest.raises(ApiError, match="a web page instead of JSON") as raised:
        client.put(ROUTES, {}, "thing:write")
    assert raised.value.cause.endswith(IN_DOUBT)
    assert requests_mock.call_count == 1
