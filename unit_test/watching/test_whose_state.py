"""A trigger's memory is its own, and what waits in it is delivered only for who may see it."""

from __future__ import annotations

import contextlib
import json
import sqlite3

import pytest
import requests

from sentry_plugin.address import api_root
from sentry_plugin.errors import Unauthorized
from sentry_plugin.triggers.new_issue import NewIssue
from sentry_plugin.watching import loop
from sentry_plugin.watching.triggerstate import Owner, TriggerState, file_of
from unit_test.conftest import TOKEN, URL
from unit_test.inventory import conftest as inventories

from .conftest import soon
from .test_new_issue import looked

world = inventories.world

DISPATCHER = "https://dispatcher.example/"
ISSUES = f"{URL}organizations/acme/issues/"
WAITING = [json.dumps([{"waited": number}, ""]) for number in (1, 2)]


@pytest.fixture
def file(state):
    return state / "triggers/one.sqlite3"


@pytest.fixture
def waiting(file):
    """Have events wait for a trigger, and tell which do."""

    def wait(step="new_issue", server=URL, organizations=("acme",), events=WAITING):
        with TriggerState(file, Owner(step, server, organizations)) as kept:
            kept.commit(events)

    return wait


def left(file):
    with contextlib.closing(sqlite3.connect(file)) as database:
        return [text for (text,) in database.execute("SELECT event FROM queue ORDER BY number")]


@pytest.fixture
def message():
    """Make the start message of a trigger that has the id `one`."""

    def make(name="new_issue", connection=None, **given):
        whole = {"url": URL, "token": {"token": TOKEN}, "organization": "acme"}
        body = {
            "trigger": name,
            "meta": {"triggerId": "one"},
            "input": given,
            "dispatcher": {"url": DISPATCHER},
            "connection": {**whole, **(connection or {})},
        }
        return {"version": "v1", "type": "trigger_start", "body": body}

    return make


@pytest.fixture
def delivered(requests_mock):
    """Give what a dispatcher gets."""
    events = []
    requests_mock.post(DISPATCHER, text=lambda asked, _: events.append(asked.json()) or "")
    return events


@pytest.mark.parametrize(
    ("name", "connection", "given"),
    [
        ("new_event", {}, {"projects": ["web"]}),
        ("inventory_changed", {}, {}),
        ("new_issue", {"organization": "other"}, {}),
        ("new_issue", {"organization": ""}, {"organization_slug": "other"}),
        ("new_issue", {}, {"organization_slug": "other"}),
        ("new_issue", {"url": "https://elsewhere.example"}, {}),
        ("new_issue", {"url": "http://sentry.example"}, {}),
        ("new_issue", {"url": "https://sentry.example:8443"}, {}),
    ],
)
def test_a_memory_is_refused_to_another_step_server_or_organization(
    name, connection, given, message, waiting, answer, file, delivered, requests_mock
):
    waiting()
    body = answer(message(name, connection, **given))[1]["body"]
    assert body["exception"]["code"] == "bad_input"
    assert "The state of this `meta.triggerId` belongs to another trigger" in body["error"]
    assert f"Give another `meta.triggerId` (`--id`); or remove {file}" in body["error"]
    assert requests_mock.call_count == 0
    assert left(file) == WAITING


@pytest.mark.parametrize(
    ("owned", "given"),
    [
        (["1"], {"issue_ids": ["2"]}),
        (["1"], {"issue_ids": ["1", "2"]}),
        ([], {"issue_ids": ["1"]}),
    ],
)
def test_where_no_organization_is_named_the_issues_tell_whose_a_memory_is(
    owned, given, message, waiting, answer, delivered
):
    waiting("new_event", organizations=owned)
    body = answer(message("new_event", {"organization": ""}, **given))[1]["body"]
    assert "belongs to another trigger" in body["error"]


def test_another_input_of_the_same_trigger_finds_its_memory(
    sandbox, trigger, watch, dispatcher, waiting, file
):
    waiting(server=api_root(sandbox.base))
    message = trigger("new_issue", kinds=["new"], interval=30, meta={"triggerId": "one"})
    watch(message, lambda: soon(lambda: len(dispatcher.events) >= 2))
    assert [each["waited"] for each in dispatcher.outputs()] == [1, 2]
    assert left(file) == []


def test_a_memory_of_an_older_version_is_whose_who_opens_it_first(
    message, waiting, answer, file, delivered, requests_mock
):
    waiting()
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("DELETE FROM value WHERE name = 'owner'")
    requests_mock.get(ISSUES, status_code=401, json={})
    assert answer(message())[1]["body"]["exception"]["code"] == "unauthorized"
    assert left(file) == WAITING
    other = answer(message(connection={"organization": "other"}))[1]["body"]
    assert "belongs to another trigger" in other["error"]


CODES = {401: "unauthorized", 403: "forbidden", 404: "not_found"}


@pytest.mark.parametrize("status", CODES)
@pytest.mark.parametrize(
    ("name", "given", "place"),
    [
        ("new_issue", {}, ISSUES),
        ("new_event", {"projects": ["web"]}, f"{URL}projects/acme/web/events/"),
        ("inventory_changed", {}, f"{URL}organizations/acme/"),
        ("inventory_changed", {"organizations": ["acme"]}, f"{URL}organizations/acme/"),
    ],
)
def test_nothing_that_waits_is_delivered_for_a_token_that_is_refused(
    name, given, place, status, message, waiting, answer, file, delivered, requests_mock
):
    waiting(name)
    requests_mock.get(place, status_code=status, json={"detail": "No."})
    body = answer(message(name, **given))[1]["body"]
    assert body["exception"]["code"] == CODES[status]
    assert "2 events wait, and stay until Sentry accepts the token for them." in body["log"]
    assert delivered == []
    assert left(file) == WAITING


def test_of_all_organizations_those_are_asked_for_that_were_told_of(
    world, message, waiting, answer, file, delivered, requests_mock
):
    waiting("inventory_changed", organizations=())
    with TriggerState(file, Owner("inventory_changed", URL, ())) as kept:
        kept.put("snapshots", {"acme": [1, "2026-01-01"], "other": [1, "2026-01-01"]})
        kept.commit()
    everything = message("inventory_changed", {"organization": ""}, polling_interval="DISABLED")
    requests_mock.get(f"{URL}organizations/other/", status_code=403, json={})
    requests_mock.get(f"{URL}organizations/", json=[{"id": "1", "slug": "acme"}])
    assert answer(everything)[1]["body"]["exception"]["code"] == "forbidden"
    assert left(file) == WAITING
    requests_mock.get(f"{URL}organizations/other/", json={"id": "2", "slug": "other"})
    assert answer(everything)[1]["body"]["status"] == "ok"
    assert [each["body"]["output"]["waited"] for each in delivered] == [1, 2]


def test_where_nothing_waits_nothing_is_asked_before_the_first_look(
    world, message, answer, delivered, requests_mock
):
    assert answer(message("inventory_changed", polling_interval="DISABLED"))[0] == 0
    places = [each.path for each in requests_mock.request_history]
    assert places.count("/api/0/organizations/acme/") == 1


def test_what_waits_stays_while_sentry_is_down_and_is_delivered_once_it_is_back(
    sandbox, trigger, watch, dispatcher, waiting, file
):
    waiting(server=api_root(sandbox.base))
    sandbox.fault("server_error", path="/api/0/*", method="GET", status=500)
    message = trigger("new_issue", kinds=["new"], meta={"triggerId": "one"})

    def story():
        soon(lambda: looked(sandbox, 3))
        assert dispatcher.requests == []
        # It is new: the trigger was there, and only Sentry's answers were not.
        sandbox.event(logentry={"formatted": "meanwhile"}, fingerprint=["meanwhile"])
        sandbox.http.delete(f"{sandbox.base}/_sandbox/faults")
        soon(lambda: len(dispatcher.events) >= 3)

    done = watch(message, story)
    assert "2 events wait, and stay until Sentry accepts the token for them." in done.err
    outputs = dispatcher.outputs()
    assert [each.get("waited") for each in outputs] == [1, 2, None]
    assert outputs[2]["issue"]["title"] == "meanwhile"


def test_what_waits_stays_over_a_start_without_sentry(
    message, waiting, answer, file, delivered, requests_mock, monkeypatch
):
    waiting()
    requests_mock.get(ISSUES, exc=requests.exceptions.ConnectionError)
    monkeypatch.setattr(loop, "backoff", lambda _: 1 / 0)  # the wait after it ends the test
    assert answer(message())[1]["body"]["exception"]["code"] == "bug"
    assert delivered == []
    assert left(file) == WAITING


def test_a_full_queue_is_delivered_too(
    sandbox, trigger, watch, dispatcher, waiting, file, monkeypatch
):
    monkeypatch.setattr(loop, "MOST_WAITING", 2)
    waiting(server=api_root(sandbox.base))
    message = trigger("new_issue", kinds=["new"], meta={"triggerId": "one"})
    watch(message, lambda: soon(lambda: len(dispatcher.events) >= 2))
    assert left(file) == []


def test_a_token_that_is_refused_later_delivers_nothing_more(
    message, answer, file, delivered, requests_mock, monkeypatch, waits
):
    def look(*_):
        yield [{"waited": 1}]
        waits.append(1000)  # the next delivery is due
        raise Unauthorized("No.")

    requests_mock.post(DISPATCHER, [{"status_code": 500}, {"status_code": 200}])
    monkeypatch.setattr(NewIssue, "poll", look)
    monkeypatch.setattr(NewIssue, "fit_output", lambda _, output: output)
    assert answer(message())[1]["body"]["exception"]["code"] == "unauthorized"
    assert requests_mock.call_count == 1
    assert left(file) == WAITING[:1]


BROKEN = "[" * 100_000
DAMAGED = ["", "no JSON", "{}", "[]", "[{}, 5]", "null", BROKEN, b"\xff\x00", None]


@pytest.mark.parametrize("damage", DAMAGED)
def test_an_event_that_is_damaged_ends_the_trigger_with_words(
    damage, world, message, waiting, answer, file, delivered
):
    waiting("inventory_changed")
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE queue SET event = ? WHERE number = 2", (damage,))
    body = answer(message("inventory_changed", polling_interval="DISABLED"))[1]["body"]
    assert body["exception"]["code"] == "bad_state"
    assert f"The state {file} is damaged: an event that waits is not" in body["error"]
    assert "what waited in it to be delivered is not delivered" in body["error"]
    assert [each["body"]["output"]["waited"] for each in delivered] == [1]
    assert left(file) == [damage]


def test_a_text_that_is_none_is_not_shown(world, message, waiting, answer, file, delivered):
    waiting("inventory_changed")
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE queue SET event = CAST(x'70726976617465ff' AS TEXT)")
    body = answer(message("inventory_changed", polling_interval="DISABLED"))[1]["body"]
    assert body["exception"]["code"] == "bad_state"
    assert "private" not in str(body)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *(("inventory_changed", each) for each in ("no JSON", "[1]", "7")),
        *(("new_issue", each) for each in ("no JSON", "[1]", "7", '{"odd": 1}')),
    ],
)
def test_a_place_that_is_damaged_ends_the_trigger_with_words(
    name, damage, world, message, answer, file, delivered, requests_mock
):
    requests_mock.get(ISSUES, json=[])
    TriggerState(file, Owner(name, URL, ["acme"])).__exit__()
    feed = "issues:acme/?query=&sort=date"
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        for each in ("snapshots", feed):
            database.execute("INSERT INTO value VALUES (?, ?)", (each, damage))
    given = {"polling_interval": "DISABLED"} if name == "inventory_changed" else {}
    body = answer(message(name, **given))[1]["body"]
    assert body["exception"]["code"] == "bad_state"
    assert "is damaged" in body["error"]


def test_what_was_known_and_is_damaged_is_said(file):
    with TriggerState(file, Owner("new_issue", URL, ["acme"])) as kept:
        kept.remember("issue:1", 1, 0)
        kept.commit()
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE known SET value = 'no JSON'")
    with (
        TriggerState(file, Owner("new_issue", URL, ["acme"])) as kept,
        pytest.raises(loop.PluginError, match="what was known is not"),
    ):
        kept.recall("issue:1")


@pytest.mark.parametrize("odd", ["a" * 300, "a\0b", "a/b", "../up", "\ud800", "ä", ".", "a b"])
def test_an_odd_id_is_a_state_like_any_other(odd, state):
    file = file_of(odd, None)
    assert file.parent == state / "triggers"
    assert file != file_of(f"{odd}?", None)
    with TriggerState(file, Owner("new_issue", URL, ["acme"])) as kept:
        assert kept.waiting == 0


def test_ids_that_no_text_can_hold_are_not_one(state):
    assert file_of("\ud800", None) != file_of("\ud801", None)
    assert file_of("\ud800", None) != file_of("?", None)
