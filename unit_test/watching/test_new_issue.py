"""What is told of issues, and what is not."""

from __future__ import annotations

import uuid

from .conftest import soon


def submitted(sandbox, words=None, **more):
    words = words or uuid.uuid4().hex
    return sandbox.issue(logentry={"formatted": words}, fingerprint=[words], **more)


def resolve(sandbox, issue):
    assert sandbox.put(f"issues/{issue['id']}/", {"status": "resolved"}).ok


def looks(sandbox):
    return [each for each in sandbox.asked() if "/organizations/acme/issues/" in each["path"]]


def looked(sandbox, times):
    """Tell whether the sandbox was asked for its issues so often."""
    return len(looks(sandbox)) >= times


def test_issues_are_told_once_each_from_the_start_on(sandbox, trigger, watch, dispatcher):
    submitted(sandbox)
    new = []

    def story():
        soon(lambda: looked(sandbox, 2))
        new.extend(submitted(sandbox) for _ in range(3))
        soon(lambda: len(dispatcher.events) >= 3)

    done = watch(trigger("new_issue", kinds=["new"]), story)
    assert (done.status, done.type, done.body["status"]) == (0, "trigger_event", "ok")
    assert done.body["output"] is None
    assert dispatcher.told() == [("new", each["id"]) for each in new]
    for event in dispatcher.events:
        assert (event["version"], event["type"]) == ("v1", "trigger_event")
        assert event["body"]["meta"] == {"step": 7}


def test_a_regression_is_told_each_time(sandbox, trigger, watch, dispatcher):
    words = uuid.uuid4().hex

    def story():
        soon(lambda: looked(sandbox, 2))
        issue = submitted(sandbox, words)
        for times in (1, 2, 3):
            resolve(sandbox, issue)
            submitted(sandbox, words)
            soon(lambda times=times: dispatcher.told().count(("regressed", issue["id"])) >= times)

    watch(trigger("new_issue", kinds=["regressed"]), story)
    assert [kind for kind, _ in dispatcher.told()] == ["regressed"] * 3
    assert len({each["occurrence"] for each in dispatcher.outputs()}) == 3
