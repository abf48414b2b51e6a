"""What is forked is the plugin's process in all but its start."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess

import pytest

from unit_test import outside
from unit_test.nursery import Nursery

pytestmark = pytest.mark.measured


@pytest.fixture
def nursery():
    """One whose coverage is measured, where that of the tests is."""
    started = Nursery(dict(os.environ))
    yield started
    started.close()


@pytest.mark.parametrize("words", [["run"], ["info"], ["sample", "nope"], ["nope"]], ids=" ".join)
def test_what_is_forked_answers_as_the_process_does(words, nursery):
    environment = {**os.environ, "SENTRY_PLUGIN_TIMEOUT": "soon"}
    message = '{"version": "v1", "type": "action_start", "body": {"action": "get_issue"}}'
    done = subprocess.run(
        [*outside.PLUGIN, *words],
        input=message,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    told = nursery.start(words, message, environment).result()
    assert told == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(("number", "told"), [(signal.SIGTERM, 1), (signal.SIGKILL, -9)])
def test_what_is_forked_takes_signals_as_a_process_of_its_own(number, told, nursery, start):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        message = json.dumps(start("get_issue", {"url": url}, issue_id="1"))
        child = nursery.start(["run"], message, outside.unmeasured())
        with server.accept()[0]:  # it waits for an answer
            child.send_signal(number)
            status, out, _ = child.result()
    assert (status, '"stopped"' in out) == (told, number == signal.SIGTERM)
    child.send_signal(number)  # reaches nobody
