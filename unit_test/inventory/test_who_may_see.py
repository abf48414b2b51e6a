"""What is stored belongs to who may see it: given only where the server accepts the token now."""

from __future__ import annotations

import ast
import pathlib

import pytest
import requests

from sentry_plugin import settings
from unit_test.conftest import URL

ACME, OTHER = (f"{URL}organizations/{slug}/" for slug in ("acme", "other"))
LISTS = {"entities": [], "relationships": []}
READING = [
    ("check_inventory", {"snapshot": "latest"}),
    ("query_inventory", {"snapshot": "latest", "sql": "SELECT * FROM entity"}),
    ("draw_inventory", {"snapshot": "latest"}),
    ("draw_inventory", {**LISTS, "compare_with": "latest"}),
    ("export_inventory", {"snapshot": "latest"}),
    ("upload_inventory", {"snapshot": "latest", "scope": "s", "dry_run": True}),
    ("compare_inventories", {"snapshot": "latest"}),
    ("compare_inventories", {"before_snapshot": "1"}),
    ("compare_inventories", {"before_snapshot": "1", "snapshot": "2"}),
    ("compare_inventories", {"before_snapshot": "1", **LISTS}),
    ("compare_inventories", LISTS),
    ("compare_inventories", {}),
    ("delete_inventory", {}),
    ("delete_inventory", {"dry_run": True}),
]
REFUSALS = {401: "unauthorized", 403: "forbidden", 404: "not_found"}


@pytest.fixture
def kept(world, collected):
    """Store acme twice and another one."""
    world.members.append(world.member(1))
    collected(organizations=["acme", "other"])
    collected()


@pytest.fixture
def asked(requests_mock):
    """Return a function that counts the requests for an organization since then."""
    before = requests_mock.call_count

    def count(place=ACME):
        urls = [each.url.partition("?")[0] for each in requests_mock.request_history[before:]]
        return urls.count(place)

    return count


def everything(state):
    return {each: each.read_bytes() for each in (state / "inventory").iterdir()}


@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize(("action", "given"), READING)
def test_nothing_stored_is_given_or_deleted_where_the_server_refuses_the_token(
    action, given, status, kept, ask_world, requests_mock, state
):
    before = everything(state)
    requests_mock.get(ACME, status_code=status, json={"detail": "No."})
    body = ask_world(action, **given)
    assert (body["status"], body["exception"]["code"]) == ("error", REFUSALS[status])
    assert "output" not in body
    assert "partial" not in body
    assert "user1@example.com" not in str(body)
    assert everything(state) == before


@pytest.mark.parametrize("trouble", ["nobody", "fails", "a web page", "something else"])
@pytest.mark.parametrize(("action", "given"), READING)
def test_where_the_server_cannot_be_asked_that_is_said_and_nothing_given(
    action, given, trouble, kept, ask_world, requests_mock, state
):
    before = everything(state)
    answers = {
        "nobody": {"exc": requests.exceptions.ConnectionError},
        "fails": {"status_code": 500},
        "a web page": {"text": "<html>", "headers": {"Content-Type": "text/html"}},
        "something else": {"json": []},
    }
    requests_mock.get(ACME, **answers[trouble])
    body = ask_world(action, **given)
    assert "Whether the token may see what is stored of acme is not known" in body["error"]
    assert body["exception"]["retryable"] is (trouble in {"nobody", "fails"})
    assert "user1@example.com" not in str(body)
    assert everything(state) == before


@pytest.mark.parametrize(("action", "given"), READING)
def test_a_token_that_is_accepted_is_given_what_is_stored(action, given, kept, ask_world, asked):
    assert ask_world(action, **given)["status"] == "ok"
    # What is collected is asked for besides.
    collects = action == "compare_inventories" and given in ({}, {"before_snapshot": "1"})
    assert asked() == (2 if collects else 1)


def test_who_just_collected_an_organization_is_not_asked_of_it_again(kept, ask_world, asked):
    assert ask_world("compare_inventories", include=[])["status"] == "ok"
    assert asked() == 1


def test_who_collected_without_the_organization_itself_is_asked_for_it(
    world, kept, ask_world, requests_mock, asked
):
    requests_mock.get(ACME, [{"status_code": 410}, {"status_code": 403, "json": {}}])
    world.projects.append({"id": "5", "slug": "web", "name": "Web"})
    body = ask_world("compare_inventories", include=[])
    assert body["exception"]["code"] == "forbidden"
    assert asked() == 2
    assert "user1@example.com" not in str(body)


def test_of_all_organizations_those_are_given_that_the_token_may_see(
    kept, ask_world, requests_mock
):
    everybody = {"connection": {"organization": ""}, "snapshot": "latest"}

    def found():
        body = ask_world("query_inventory", sql="SELECT key FROM organization", **everybody)
        hidden = "1 more are stored that the token may not see." in body["log"]
        return {each["key"][-1] for each in body["output"]["rows"]}, hidden

    assert found() == ({"1", "2"}, False)
    requests_mock.get(OTHER, status_code=403, json={})
    assert found() == ({"1"}, True)
    requests_mock.get(ACME, status_code=404, json={})
    body = ask_world("check_inventory", **everybody)
    assert body["exception"]["code"] in {"forbidden", "not_found"}
    requests_mock.get(ACME, status_code=401, json={})
    assert ask_world("check_inventory", **everybody)["exception"]["code"] == "unauthorized"


def test_one_refused_organization_of_several_that_are_named_refuses_all(
    kept, ask_world, requests_mock, state
):
    before = everything(state)
    requests_mock.get(OTHER, status_code=403, json={})
    both = {"organizations": ["acme", "other"]}
    for action, given in (("check_inventory", {"snapshot": "1"}), ("delete_inventory", {})):
        assert ask_world(action, **both, **given)["exception"]["code"] == "forbidden"
    assert everything(state) == before


def test_an_upload_is_not_removed_where_what_is_stored_may_not_be(
    kept, ask_world, requests_mock, asked
):
    requests_mock.get(ACME, status_code=401, json={})
    connection = {"jupiterone": {"secretKey": "not-a-real-key"}, "jupiterone_account": "mine"}
    body = ask_world("delete_inventory", connection, scope="mine")
    assert body["exception"]["code"] == "unauthorized"
    assert {each.hostname for each in requests_mock.request_history} == {"sentry.example"}


def test_where_nothing_is_stored_nobody_is_asked(ask_world, world, asked):
    assert "Nothing is stored yet" in ask_world("check_inventory", snapshot="latest")["error"]
    assert asked() == 0


def test_what_an_operator_keeps_offline_is_given_without_a_server(
    kept, ask_world, requests_mock, asked, monkeypatch
):
    monkeypatch.setenv(settings.OFFLINE, "1")
    requests_mock.get(ACME, exc=requests.exceptions.ConnectionError)
    assert ask_world("check_inventory", snapshot="latest")["status"] == "ok"
    assert ask_world("delete_inventory")["output"]["removed"]
    assert asked() == 0


@pytest.mark.parametrize(
    ("value", "code"), [("yes", "bad_input"), ("0", "forbidden"), ("", "forbidden")]
)
def test_offline_is_1_or_0(value, code, kept, ask_world, requests_mock, monkeypatch):
    monkeypatch.setenv(settings.OFFLINE, value)
    requests_mock.get(ACME, status_code=403, json={})
    body = ask_world("check_inventory", snapshot="latest")
    assert body["exception"]["code"] == code
    assert (settings.OFFLINE in body["error"]) is (code == "bad_input")


def test_what_is_stored_of_an_organization_that_is_gone_is_reached_by_the_operator(
    kept, ask_world, requests_mock
):
    requests_mock.get(ACME, status_code=404, json={})
    assert f"{settings.OFFLINE}=1" in ask_world("delete_inventory")["error"]


def test_only_one_module_opens_the_store():
    package = pathlib.Path(settings.__file__).parent

    def opens(file):
        names = [
            f"{node.module}.{each.name}"
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom)
            for each in node.names
        ]
        return any(each.endswith(("store.database", "database.opened")) for each in names)

    found = {each.stem for each in package.rglob("*.py") if opens(each)}
    assert found == {"snapshots"}
