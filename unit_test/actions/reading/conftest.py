"""Fixtures for what reads: a connection to the sandbox, and what an action answers there."""

from __future__ import annotations

import pytest


@pytest.fixture
def body(sandbox, start, run):
    """Run an action on the sandbox and give the body of its event."""

    def ask(action, organization="acme", **given):
        token = {"token": sandbox.known["token"]}
        connection = {"token": token, "url": sandbox.base, "organization": organization}
        return run(start(action, connection, **given))

    return ask


@pytest.fixture
def output(body):
    """Run an action that has to succeed, and give its output."""

    def ask(action, **given):
        answered = body(action, **given)
        assert answered["status"] == "ok", answered
        return answered["output"]

    return ask


@pytest.fixture
def queries(sandbox):
    """Give the paths and queries that the sandbox was asked for."""

    def asked():
        return [f"{each['path']}?{each['query']}" for each in sandbox.asked()]

    return asked
