"""Sentry's own clients deliver to the sandbox."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

from unit_test import outside

EXCEPTION = """
import os
import sentry_sdk

sentry_sdk.init(os.environ["SENTRY_DSN"], release="shop@1.0", environment="lab")
with sentry_sdk.isolation_scope() as scope:
    scope.set_tag("colour", "red")
    try:
        raise ValueError("bad value")
    except ValueError as error:
        print(sentry_sdk.capture_exception(error))
sentry_sdk.flush(10)
"""
ISSUES = "projects/acme/sandbox/issues/"


def run(sandbox, *program):
    clean = {
        name: value for name, value in os.environ.items() if not name.lower().endswith("proxy")
    }
    result = subprocess.run(
        program,
        env=clean | {"SENTRY_DSN": sandbox.known["dsn"], "SENTRY_LOG_LEVEL": "warn"},
        capture_output=True,
        text=True,
        timeout=outside.PATIENCE,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_sdk_delivers_an_exception(sandbox):
    event_id = run(sandbox, sys.executable, "-c", EXCEPTION).strip()
    (issue,) = sandbox.get(ISSUES, params={"query": "colour:red"}).json()
    assert (issue["title"], issue["platform"]) == ("ValueError: bad value", "python")
    event = sandbox.get(f"issues/{issue['id']}/events/latest/").json()
    assert event["eventID"] == event_id
    assert event["sdk"]["name"].startswith("sentry.python")
    assert event["errors"] == []
    (asked,) = [one for one in sandbox.asked() if one["method"] == "POST"]
    assert (asked["path"].endswith("/envelope/"), asked["status"]) == (True, 200)


def test_the_command_line_client_sends_an_event(sandbox):
    program = pathlib.Path(sys.executable).with_name("sentry-cli")
    out = run(sandbox, program, "send-event", "-m", "hello from a shell", "-l", "warning")
    assert "Event dispatched" in out
    (issue,) = sandbox.get(ISSUES).json()
    assert (issue["title"], issue["level"]) == ("hello from a shell", "warning")
