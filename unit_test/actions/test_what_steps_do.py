"""What each action says that it does, held against what it asks a sandbox for.

An action is asked with the examples of the spec; where the sandbox has something in place of an
example, by the name of the input.
"""

from __future__ import annotations

import uuid

import pytest

from sentry_plugin import settings
from sentry_plugin.errors import IN_DOUBT
from sentry_plugin.steps import step
from sentry_plugin.steps.step import Does
from tools import generate
from unit_test.inventory.jupiterone import StandIn
from unit_test.runtime.faults import ACTIONS
from unit_test.sandbox.running import Running

SPEC = generate.load((generate.ROOT / "plugin.spec.yaml").read_text())["actions"]
# What an action needs beside its required inputs to be of use.
MORE = {
    "delete_inventory": {"scope"},
    "delete_issues": {"issue_ids"},
    "get_event": {"issue_id"},
    "query_inventory": {"sql"},
    "update_issue": {"status"},
    "update_issues": {"issue_ids", "status"},
    "upload_inventory": {"scope"},
}
LACKS = "this server does not have what was asked for"
FAULTS = {"rate_limit": {"seconds": "1"}, "server_error": {"status": "503"}, "reset_after": {}}
DO_MORE = (
    "The action fails on the sandbox. If it needs more than its required inputs, name it in MORE, "
    "here; if the sandbox has something else than the spec's example, in `inputs`."
)
UNMET = (
    "The fault matrix asks for nothing that does this. Let ACTIONS in unit_test/runtime/faults.py "
    "name an action that stands for it, and give unit_test/samples/faults.txt a column for it."
)
SAY_MORE = "It asked for {0}, and its class says `does = {1}`: correct that, or the action."


@pytest.fixture(scope="module")
def served():
    """A sandbox for all of them: nothing that is asked here depends on what was asked before."""
    running = Running(None)
    running.event(release="my-project@1.0.0", environment="production")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def jupiterone():
    """A stand-in for JupiterOne, for the actions that go there."""
    stand_in = StandIn()
    yield stand_in
    stand_in.stop()


@pytest.fixture
def ask(served, jupiterone, start, run, monkeypatch):
    """Run an action while a fault strikes its first request; what came of it, what was asked."""
    monkeypatch.setenv(settings.JUPITERONE_URL, jupiterone.url)
    connection = {
        "url": served.base,
        "token": {"token": served.known["token"]},
        "organization": served.known["organization"],
        "jupiterone": {"secretKey": "not-a-real-key"},
        "jupiterone_account": "account",
    }

    def send(name, fault=None):
        message = start(name, connection, **inputs(served, name))
        _delete(served, "requests")
        jupiterone.requests.clear()
        if fault:
            served.fault(fault, path="*", times=1, **FAULTS[fault])
        body = run(message)
        _delete(served, "faults")
        asked = [(each["method"], "X-Sentry-Auth" in each["headers"]) for each in served.asked()]
        return body, asked + [(each.method, False) for each in jupiterone.requests]

    return send


def _delete(served, what):
    served.http.delete(f"{served.base}/_sandbox/{what}")


def inputs(served, name):
    """Give what an action cannot do without."""
    issues = [served.issue(message=uuid.uuid4().hex, environment="production") for _ in "ab"]
    there = {
        "dsn": served.known["dsn"],
        "issue_id": issues[0]["id"],
        "issue_ids": [each["id"] for each in issues],
        "organization_slug": served.known["organization"],
        "path": "organizations/acme/projects/",
        "project_slug": "sandbox",
        "projects": ["sandbox"],
    }
    return {
        field: there.get(field, about["example"])
        for field, about in SPEC[name]["input"].items()
        if about["required"] or field in MORE.get(name, ())
    }


@pytest.mark.parametrize("name", SPEC)
def test_an_action_asks_for_what_it_says_and_for_no_more(name, ask, state):
    does = step.load("action", name).does
    body, asked = ask(name)
    assert body["status"] == "ok" or LACKS in body["error"], DO_MORE
    seen = Does(0)
    for method, is_to_dsn in asked:
        seen |= Does.SENDS if is_to_dsn else Does.READS if method == "GET" else Does.WRITES
    may = does | Does.READS if Does.WRITES in does else does
    assert seen in may, SAY_MORE.format(asked, does)
    assert seen & does, SAY_MORE.format(asked, does)
    if Does.LOOKS_FIRST in does:
        assert asked[0][0] == "GET", SAY_MORE.format(asked, does)
    assert state.exists() <= (Does.KEEPS in does), SAY_MORE.format("a file to be kept", does)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", SPEC)
def test_a_fault_that_passes_spoils_nothing_but_a_change_that_is_then_in_doubt(name, fault, ask):
    body, _ = ask(name, fault)
    if body["status"] == "error" and LACKS not in body["error"]:
        assert fault != "rate_limit"
        assert Does.WRITES in step.load("action", name).does
        assert IN_DOUBT in body["error"]
        assert body["exception"]["retryable"] is False


def test_the_fault_matrix_asks_for_each_thing_that_an_action_can_do():
    # What is sent side by side has no order to count: unit_test/inventory meets faults.
    met = Does.AT_ONCE | Does.KEEPS
    for name in ACTIONS.values():
        met |= step.load("action", name).does
    assert met == ~Does(0), UNMET
