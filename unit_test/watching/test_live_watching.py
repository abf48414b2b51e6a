"""Triggers on a real Sentry, any version: what happens there arrives at a dispatcher."""

from __future__ import annotations

import json
import subprocess
import uuid

import pytest

from unit_test import outside

pytestmark = pytest.mark.live
NAMES = ("URL", "TOKEN", "ORG", "PROJECT", "DSN")


@pytest.fixture
def sentry():
    values = outside.named(*(f"SENTRY_LIVE_{name}" for name in NAMES))
    return dict(zip(NAMES, values, strict=True))


@pytest.fixture
def act(sentry):
    """Run an action."""

    def send(action, **given):
        connection = {"url": sentry["URL"], "token": {"token": sentry["TOKEN"]}}
        body = {"action": action, "meta": {}, "connection": connection, "input": given}
        answered = outside.answer({"version": "v1", "type": "action_start", "body": body})
        assert answered["status"] == "ok", answered
        return answered["output"]

    return send


@pytest.fixture
def submit(sentry, act):
    def send(words):
        event = {"logentry": {"formatted": words}, "fingerprint": [words], "level": "error"}
        return act("submit_event", dsn=sentry["DSN"], event_json=event)["id"]

    return send


@pytest.fixture
def watched(sentry, dispatcher, tmp_path):
    """Start triggers; they end with the test."""
    running = []
    log = tmp_path / "log"

    def start(trigger, **given):
        body = {
            "trigger": trigger,
            "meta": {"triggerId": uuid.uuid4().hex},
            "connection": {"url": sentry["URL"], "token": {"token": sentry["TOKEN"]}},
            "input": {
                "organization_slug": sentry["ORG"],
                "interval": 5,
                "longest_interval": 5,
                **given,
            },
            "dispatcher": {"url": dispatcher.url, "webhook_url": ""},
        }
        with log.open("w") as stderr:
            process = subprocess.Popen(
                [*outside.PLUGIN, "run"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        running.append(process)
        message = {"version": "v1", "type": "trigger_start", "body": body}
        process.stdin.write(json.dumps(message))
        process.stdin.close()
        # Its first look tells where it begins.
        outside.eventually(lambda: ": 200 in" in log.read_text())

    yield start
    for process in running:
        with process:
            process.terminate()
            assert json.load(process.stdout)["body"]["status"] == "ok"


@pytest.mark.needs("ingest", "activity", "flags")
def test_what_happens_to_an_issue_arrives_at_the_dispatcher(
    sentry, act, submit, watched, dispatcher
):
    watched("new_issue", projects=[sentry["PROJECT"]], level="error")
    words = f"watched-{uuid.uuid4().hex[:12]}"

    def told(kind, times=1):
        mine = [each for each in dispatcher.outputs() if words in each["issue"]["title"]]
        found = [each for each in mine if each["kind"] == kind]
        return found if len(found) >= times else None

    submit(words)
    (first,) = outside.eventually(lambda: told("new"))
    issue = first["issue"]["id"]
    for times in (1, 2):
        # The second time, it is resolved and regresses between two looks.
        act("update_issue", issue_id=issue, status="resolved")
        if times == 1:
            outside.eventually(lambda: told("resolved"))
        submit(words)
        outside.eventually(lambda times=times: told("regressed", times))
    act("update_issue", issue_id=issue, status="ignored")
    act("update_issue", issue_id=issue, status="unresolved")
    outside.eventually(lambda: told("unignored"))
    member = act("update_issue", issue_id=issue, isBookmarked=True)
    assert member
    names = [each["occurrence"] for each in dispatcher.outputs()]
    assert len(names) == len(set(names))


@pytest.mark.needs("ingest")
def test_the_events_of_a_project_arrive_at_the_dispatcher(sentry, submit, watched, dispatcher):
    watched("new_event", projects=[sentry["PROJECT"]])
    sent = {submit(f"watched-{uuid.uuid4().hex[:12]}") for _ in range(2)}

    def found():
        return sent <= {each["occurrence"] for each in dispatcher.outputs()}

    outside.eventually(found)
