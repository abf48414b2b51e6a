"""What is told of events."""

from __future__ import annotations

import pytest

from .conftest import soon
from .test_new_issue import submitted


def asked(sandbox, times):
    """Tell whether the sandbox was asked for events so often."""
    lists = [each for each in sandbox.asked() if each["path"].partition("?")[0].endswith("events/")]
    return len([each for each in lists if each["method"] == "GET"]) >= times


@pytest.mark.parametrize("by", ["issue", "project"])
def test_events_are_told_once_each_from_the_start_on(by, sandbox, trigger, watch, dispatcher):
    words = "the same words"
    issue = submitted(sandbox, words)
    given = {"issue_ids": [issue["shortId"]]} if by == "issue" else {"projects": ["sandbox"]}
    sent = []

    def story():
        soon(lambda: asked(sandbox, 2))
        sent.extend(sandbox.event(logentry={"formatted": words}, fingerprint=[words]) for _ in "ab")
        soon(lambda: len(dispatcher.events) >= 2)

    watch(trigger("new_event", **given), story)
    outputs = dispatcher.outputs()
    assert sorted(each["occurrence"] for each in outputs) == sorted(sent)
    assert {each["event"]["groupID"] for each in outputs} == {issue["id"]}
    assert not any("contexts" in each["event"] for each in outputs)


def test_events_since_a_time_are_told_whole_if_asked_for(sandbox, trigger, watch, dispatcher):
    issue = submitted(sandbox)
    message = trigger("new_event", issue_ids=[issue["id"]], since="2026-01-01T00:00:00Z", full=True)
    watch(message, lambda: soon(lambda: dispatcher.events))
    (output,) = dispatcher.outputs()
    assert "entries" in output["event"]


def test_neither_issues_nor_projects_are_refused(trigger, answer):
    _, event, _ = answer(trigger("new_event"))
    assert "names neither `issue_ids` nor `projects`" in event["body"]["error"]


def test_the_example_is_the_event_that_came_last(sandbox, trigger, answer):
    submitted(sandbox)
    last = sandbox.event(logentry={"formatted": "last"})
    _, event, _ = answer(trigger("new_event", projects=["sandbox"]), "test")
    assert event["body"]["output"]["occurrence"] == last


def test_more_events_than_a_page_holds_are_all_told_once(sandbox, trigger, watch, dispatcher):
    sent = {sandbox.event(logentry={"formatted": str(number)}) for number in range(120)}
    message = trigger("new_event", projects=["sandbox"], since="2026-01-01T00:00:00Z")

    def told():
        return [each["occurrence"] for each in dispatcher.outputs()]

    watch(message, lambda: soon(lambda: sent <= {*told()}))
    assert len(told()) == len({*told()})
