"""Sandboxes to collect, and a way to do it as an orchestrator does."""

from __future__ import annotations

import pytest

EVERYTHING = ["roles", "service", "findings", "repositories", "keys", "settings"]


@pytest.fixture
def ask(start, run):
    """Run an action on a sandbox and give the body of its event."""

    def send(action, sandbox, connection=None, **given):
        known = sandbox.known
        whole = {"url": known["url"], "token": {"token": known["token"]}, "timeout": 600}
        whole |= {"organization": known["organization"]} | (connection or {})
        return run(start(action, whole, **given))

    return send


@pytest.fixture
def collect(ask):
    """Collect a sandbox and give the output."""

    def send(sandbox, connection=None, **given):
        body = ask("collect_inventory", sandbox, connection, **given)
        assert body["status"] == "ok", body["error"]
        return body["output"]

    return send
