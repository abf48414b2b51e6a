"""What tasks collect, with their state in the messages only."""

from __future__ import annotations

import re
import time

import pytest

from sentry_plugin.watching.occurrences import timestamp

from .test_new_issue import submitted


@pytest.fixture
def collect(sandbox, answer):
    """Run a task; give the body of its event."""

    def run(task, state, *, token=None, **given):
        connection = {"url": sandbox.base, "token": {"token": token or sandbox.known["token"]}}
        body = {"task": task, "meta": {}, "input": given, "state": state}
        body["connection"] = {**connection, "organization": "acme"}
        status, event, _ = answer({"version": "v1", "type": "task_start", "body": body})
        assert (status, event["type"]) == (int(event["body"]["status"] == "error"), "task_event")
        return event["body"]

    return run


@pytest.fixture
def everything(collect):
    """Run a task until it has nothing more; give all that it gave, and its state."""

    def run(task, state, **given):
        items, has_more = [], True
        while has_more:
            body = collect(task, state, **given)
            items += body["output"]
            state, has_more = body["state"], body["has_more_pages"]
            assert body["status_code"] == 200
        return items, state

    return run


def test_issues_are_collected_once_and_again_when_they_get_events(sandbox, everything):
    first = [submitted(sandbox, words)["id"] for words in ("one", "two")]
    items, state = everything("collect_issues", {}, projects=["sandbox"])
    assert [each["id"] for each in items][-2:] == first
    items, state = everything("collect_issues", state, projects=["sandbox"])
    assert items == []
    submitted(sandbox, "one")
    items, state = everything("collect_issues", state, projects=["sandbox"])
    assert [each["id"] for each in items] == first[:1]


def test_more_than_a_page_is_collected_page_by_page(sandbox, everything, collect):
    sent = {sandbox.event(logentry={"formatted": str(number)}) for number in range(120)}
    given = {"projects": ["sandbox"], "since": "2026-01-01T00:00:00Z"}
    body = collect("collect_events", {}, **given)
    assert (len(body["output"]), body["has_more_pages"]) == (100, True)
    items, state = everything("collect_events", body["state"], **given)
    found = [each["eventID"] for each in (*body["output"], *items)]
    assert len(found) == len(set(found))
    assert sent <= set(found)
    assert everything("collect_events", state, **given)[0] == []


def test_several_lists_are_collected_one_after_the_other(sandbox, everything):
    issues = [submitted(sandbox) for _ in range(3)]
    given = {"issue_ids": [each["id"] for each in issues]}
    items, state = everything("collect_events", {}, **given)
    assert {each["groupID"] for each in items} == {each["id"] for each in issues}
    assert everything("collect_events", state, **given)[0] == []


def test_a_time_without_a_zone_is_one_of_utc_wherever_the_plugin_runs(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert timestamp("2026-08-16T17:41:36") == timestamp("2026-08-16T17:41:36Z")
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("items", [[1], [{}]])
def test_a_list_of_something_else_leaves_the_state_as_it_was(items, collect, requests_mock):
    requests_mock.get(re.compile("/issues/"), json=items)
    body = collect("collect_issues", {"left": []})
    assert (body["output"], body["state"]) == ([], {"left": []})
    assert body["exception"]["code"] == "api_error"


def test_a_failure_of_sentry_leaves_the_state_as_it_was(collect):
    body = collect("collect_issues", {"left": []}, token="not-a-real-token")
    assert (body["status"], body["status_code"], body["output"]) == ("ok", 401, [])
    assert (body["state"], body["has_more_pages"]) == ({"left": []}, False)
    assert body["exception"]["code"] == "unauthorized"


@pytest.mark.parametrize(
    "state",
    [
        {"lists": 5},
        {"left": "odd"},
        *(
            {"lists": {"issues:acme/?query=&sort=date": kept}}
            for kept in ({}, 5, {"sweep": {"odd": 1}, "seen": {}})
        ),
    ],
)
def test_a_state_of_something_else_is_refused(state, collect):
    assert collect("collect_issues", state)["exception"]["code"] == "bad_message"


@pytest.mark.parametrize("state", [None, [], "x"])
def test_a_task_needs_a_state(state, collect):
    body = collect("collect_issues", state)
    assert body["exception"]["code"] == "bad_message"
    assert "`body.state`" in body["error"]


def test_a_cursor_that_sentry_does_not_take_any_more_begins_the_list_anew(sandbox, collect):
    for number in range(101):
        sandbox.event(logentry={"formatted": str(number)})
    given = {"projects": ["sandbox"], "since": "2026-01-01T00:00:00Z"}
    state = collect("collect_events", {}, **given)["state"]
    (kept,) = state["lists"].values()
    kept["sweep"]["cursor"] = "odd"
    body = collect("collect_events", state, **given)
    assert "The list is begun anew" in body["log"]
    assert body["status_code"] == 200


def test_a_sentry_that_is_down_keeps_the_cursor(sandbox, collect):
    for number in range(101):
        sandbox.event(logentry={"formatted": str(number)})
    given = {"projects": ["sandbox"], "since": "2026-01-01T00:00:00Z"}
    state = collect("collect_events", {}, **given)["state"]
    sandbox.fault("rate_limit", seconds=500)
    body = collect("collect_events", state, **given)
    assert (body["status_code"], body["state"]) == (429, state)
