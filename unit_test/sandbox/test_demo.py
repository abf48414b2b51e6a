"""The demo: everything on one machine, from a start to nothing left running."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys

import pytest
import requests

from sentry_plugin.sandbox import demo
from unit_test import outside

pytestmark = pytest.mark.measured
FAILED = {"version": "v1", "type": "action_event", "body": {"status": "error", "error": "no"}}


def test_the_demo_runs_its_actions_hides_the_token_and_leaves_nothing_running():
    program = [sys.executable, "-m", "sentry_plugin.sandbox.demo"]
    done = subprocess.run(
        program, capture_output=True, text=True, timeout=outside.PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    titles = re.findall(r"^== (.*)", done.stdout, re.MULTILINE)
    assert titles[1:-1:2] == [
        *["To the plugin: submit_event"] * 3,
        "To the plugin: list_project_issues",
        "To the plugin: list_issue_events",
        "To the plugin: update_issue",
        "To the plugin: add_comment",
        "To the plugin: list_project_issues",
        "To the plugin: query_inventory",
        "To the plugin: check_inventory",
    ]
    assert set(titles[2:-1:2]) == {"From the plugin, exit status 0"}
    assert titles[-1] == "The sandbox is stopped; nothing is left running."
    assert '"status": "resolved"' in done.stdout
    assert "This is NOT Sentry." in done.stderr
    assert "(the sandbox's token)" in done.stdout
    assert "sntryu_" not in done.stdout
    address = re.search(r'"url": "([^"]+)"', done.stdout)[1]
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=outside.PATIENCE)


def test_the_demo_fails_where_the_sandbox_does_not_start(monkeypatch):
    monkeypatch.setattr(demo, "SANDBOX", (sys.executable, "-c", "raise SystemExit(1)"))
    assert asyncio.run(demo.main()) == 1


def test_the_demo_fails_where_an_action_fails(monkeypatch, capsys):
    script = f"import sys; sys.stdin.read(); print('''{json.dumps(FAILED)}'''); sys.exit(1)"
    monkeypatch.setattr(demo, "PLUGIN", (sys.executable, "-c", script))
    assert asyncio.run(demo.main()) == 1
    assert "From the plugin, exit status 1" in capsys.readouterr().out
