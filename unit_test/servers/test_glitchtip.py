"""What each step does on a real GlitchTip, by recordings of it; docs/servers.md says the same."""

from __future__ import annotations

import pytest

from tools import generate
from tools.document import servers, steps
from unit_test.conftest import TOKEN
from unit_test.servers.replay import Replay
from unit_test.watching.conftest import during, soon

KINDS = {name: generate.KINDS[kind] for kind, name, _ in steps.spec().components()}
TRIED = [
    pytest.param(step, scenario, id=f"{step}: {first['does']} {number}")
    for step, about in servers.scenarios().items()
    if not isinstance(about, str)
    for first in about
    for number, scenario in enumerate([first, *first.get("also", ())])
]
URL = "http://127.0.0.1:8177"
MOST = 50
"""Requests after which a trigger that told too little will tell no more."""
DISPATCHER = "http://dispatcher.example/"


def message(step, scenario):
    """Give the start message of a scenario."""
    connection = {"url": URL, "token": {"token": TOKEN}, "organization": "rec-org"}
    body = {
        KINDS[step]: step,
        "meta": {"step": 7},
        "connection": connection | scenario.get("connection", {}),
        "input": scenario.get("input", {}),
        "dispatcher": {"url": DISPATCHER, "webhook_url": ""},
        "state": {},
    }
    return {"version": "v1", "type": f"{KINDS[step]}_start", "body": body}


@pytest.fixture
def play(answer, requests_mock, shared):
    """Play a scenario; give the body of the event, all that was told, and the server."""

    def run(step, scenario):
        replay = Replay(requests_mock, shared / "recordings/glitchtip", scenario["answers"])
        told = requests_mock.post(DISPATCHER)
        if "tells" not in scenario:
            return answer(message(step, scenario))[1]["body"], replay

        def is_over():
            return told.call_count >= len(scenario["tells"]) or requests_mock.call_count > MOST

        with during(lambda: soon(is_over)):
            _, event, _ = answer(message(step, scenario))
        found = [each.json()["body"]["output"] for each in told.request_history]
        assert fits(scenario["tells"], found[: len(scenario["tells"])])
        return event["body"], replay

    return run


def fits(wanted, found):
    """Tell whether what was found is as wanted; of objects the fields that are wanted."""
    if isinstance(wanted, dict):
        return all(name in found and fits(each, found[name]) for name, each in wanted.items())
    if isinstance(wanted, list):
        return len(wanted) == len(found) and all(map(fits, wanted, found))
    return wanted == found


@pytest.mark.parametrize(("step", "scenario"), TRIED)
def test_a_step_does_on_glitchtip_what_the_table_says(step, scenario, play):
    body, replay = play(step, scenario)
    assert replay.unknown == [], body
    assert replay.used == {*scenario["answers"]}
    assert body.get("exception", {}).get("code") == scenario.get("code"), body
    assert scenario.get("says", "") in f"{body['log']} {body.get('error')}"
    assert fits(scenario.get("gives", {}), body.get("output")), body["output"]


def test_every_step_is_in_the_table_of_glitchtip():
    assert servers.scenarios().keys() == KINDS.keys(), (
        f"Bring them together in {servers.SCENARIOS}."
    )


def test_what_was_not_recorded_is_told_and_not_made_up(play):
    scenario = {"does": "", "input": {"issue_id": "7"}, "answers": []}
    body, replay = play("get_issue", scenario)
    assert replay.unknown[-1] == "GET /api/0/organizations/rec-org/issues/7/"
    assert "There is no recording." in body["error"]
