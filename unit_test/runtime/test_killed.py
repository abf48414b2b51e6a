"""submit_event is killed at every point of its exchange, and the same message is run again.

With an `event_id` in it there is then one event, never two and never none; without, at least one.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
import uuid

import pytest

from unit_test import outside

# What the server does meanwhile, and how many requests it has got when the process is killed.
POINTS = {
    "before anything is sent": (None, 0),
    "while the server has not answered": ("latency", 1),
    "while the answer comes": ("slow_bytes", 1),
    "while it waits to send again what was not taken": ("server_error", 1),
    "while it waits to send again what was taken": ("reset_after", 1),
}


@pytest.fixture
def message(sandbox, start):
    """Make a message that submits an event with these words, and more in it."""

    def make(words, **more):
        event = {"logentry": {"formatted": words}, "fingerprint": [words], **more}
        connection = {"url": sandbox.base, "token": {"token": sandbox.known["token"]}}
        return start("submit_event", connection, dsn=sandbox.known["dsn"], event_json=event)

    return make


@contextlib.contextmanager
def begun(message):
    """Start the process on a message; it is killed at the end."""
    process = subprocess.Popen(
        [*outside.PLUGIN, "run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=outside.unmeasured(),  # what measures would be killed while it writes
    )
    process.stdin.write(json.dumps(message).encode())
    process.stdin.flush()
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()


def posts(sandbox):
    return [entry for entry in sandbox.asked() if entry["method"] == "POST"]


def kept(sandbox, words):
    """Count the events with these words that the sandbox has."""
    issues = sandbox.get("projects/acme/sandbox/issues/", params={"query": words}).json()
    return sum(int(issue["count"]) for issue in issues)


@pytest.mark.parametrize("has_id", [True, False])
@pytest.mark.parametrize("point", POINTS)
def test_an_event_is_there_after_a_kill_and_once_if_it_has_an_id(point, has_id, sandbox, message):
    words, (fault, arrived) = uuid.uuid4().hex, POINTS[point]
    whole = message(words, **({"event_id": uuid.uuid4().hex} if has_id else {}))
    if fault:
        sandbox.fault(fault, seconds=20, path="/api/[1-9]*")
    with begun(whole) as process:
        if arrived:
            process.stdin.close()
            # It may have sent again before we look.
            outside.eventually(lambda: len(posts(sandbox)) >= arrived)
    sandbox.http.delete(f"{sandbox.base}/_sandbox/faults")
    body = outside.answer(whole)
    assert body["status"] == "ok"
    count = outside.eventually(lambda: kept(sandbox, words))
    assert count == 1 if has_id else count >= 1


def test_a_message_that_is_run_again_after_it_worked_counts_once(sandbox, message):
    words = uuid.uuid4().hex
    whole = message(words, event_id=uuid.uuid4().hex)
    assert outside.answer(whole)["output"] == outside.answer(whole)["output"]
    assert kept(sandbox, words) == 1


@pytest.mark.live
@pytest.mark.needs("ingest")
def test_a_real_sentry_has_an_event_once_whenever_its_process_was_killed():
    names = ("URL", "TOKEN", "ORG", "PROJECT", "DSN")
    url, token, organization, project, dsn = outside.named(*(f"SENTRY_LIVE_{n}" for n in names))

    def message(action, **given):
        connection = {"url": url, "token": {"token": token}}
        body = {"action": action, "meta": {}, "connection": connection, "input": given}
        return {"version": "v1", "type": "action_start", "body": body}

    def submitted(words):
        event = {"event_id": uuid.uuid4().hex, "logentry": {"formatted": words}}
        return message("submit_event", dsn=dsn, event_json={**event, "fingerprint": [words]})

    def count(words):
        place = {"organization_slug": organization, "project_slug": project}
        body = outside.answer(message("list_project_issues", query=words, **place))
        return sum(int(issue["count"]) for issue in body["output"]["issues"])

    start = time.monotonic()
    outside.answer(submitted(f"killed-{uuid.uuid4().hex[:12]}"))
    whole = time.monotonic() - start
    for tenth in range(1, 11):
        words = f"killed-{uuid.uuid4().hex[:12]}"
        again = submitted(words)
        with begun(again) as process:
            process.stdin.close()
            time.sleep(whole * tenth / 10)  # the point at which it is killed
        assert outside.answer(again)["status"] == "ok"
        assert outside.eventually(lambda words=words: count(words)) == 1
